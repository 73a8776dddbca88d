"""What holds of comparisons whatever the bodies do."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33
from laban.core.space import Space
from laban.errors import InvalidValueError
from laban.tasks.comparison.alignment import align, band, warping_distance
from laban.tasks.comparison.measures import measure, mirrored
from laban.tasks.comparison.movements import compare_movements
from laban.tasks.comparison.poses import compare_poses
from laban.tasks.comparison.repetitions import find_repetitions
from laban.tasks.comparison.settings import ComparisonSettings

SEEDS = st.integers(0, 100_000)
FEW = settings(max_examples=25, deadline=None)


def body(seed: int, *, rows: int = 1, missing: float = 0.0) -> PoseSequence:
    """Somebody in an odd pose: an upright body with every joint moved at random."""
    rng = np.random.default_rng(seed)
    world = rng.normal(size=(1, 33, 3)) * 0.2 + np.cumsum(rng.normal(size=(rows, 33, 3)) * 0.02, axis=0)
    heights = {"shoulder": -0.5, "elbow": -0.25, "wrist": 0.0, "hip": 0.0, "knee": 0.4, "ankle": 0.8}
    for name, height in heights.items():
        for side, across in (("left", 0.15), ("right", -0.15)):
            world[:, BLAZEPOSE33.index(f"{side}_{name}")] += (across, height, 0.0)
    image = world[..., :2] * 250 + 300
    lost = rng.random(image.shape[:2]) < missing
    image[lost], world[lost] = np.nan, np.nan
    seen = rng.uniform(0.5, 1.0, image.shape[:2])
    return PoseSequence(np.arange(rows) / 30, BLAZEPOSE33, seen, image_px=image, world_m=world)


@FEW
@given(SEEDS, SEEDS, st.sampled_from(["pixel", "world"]), st.floats(0, 0.3))
def test_scores_are_symmetric(first: int, second: int, space: str, missing: float) -> None:
    one, other = body(first, missing=missing), body(second)
    chosen = ComparisonSettings(space=space)  # type: ignore[arg-type]
    there, back = compare_poses(one, other, settings=chosen), compare_poses(other, one, settings=chosen)
    assert there.mirrored == back.mirrored
    for name in ("coordinate_distance", "angle_distance"):
        np.testing.assert_allclose(getattr(there.scores, name), getattr(back.scores, name), atol=1e-6)
        np.testing.assert_allclose(getattr(there.mirror, name), getattr(back.mirror, name), atol=1e-6)


@FEW
@given(SEEDS, SEEDS, st.floats(0.2, 5.0), st.floats(-500, 500))
def test_scale_and_shift_change_nothing(first: int, second: int, scale: float, shift: float) -> None:
    one, other = body(first), body(second)
    assert one.image_px is not None
    assert one.world_m is not None
    moved = one.replace(image_px=one.image_px * scale + shift, world_m=one.world_m * scale + shift / 500)
    for space in ("pixel", "world"):
        chosen = ComparisonSettings(space=space)  # type: ignore[arg-type]
        before, after = (
            compare_poses(one, other, settings=chosen),
            compare_poses(moved, other, settings=chosen),
        )
        np.testing.assert_allclose(
            after.scores.coordinate_distance, before.scores.coordinate_distance, atol=2e-3
        )
        for was, now in zip(before.joints, after.joints, strict=True):
            np.testing.assert_allclose(now.difference_deg, was.difference_deg, atol=0.2)


@FEW
@given(SEEDS, st.sampled_from([Space.PIXEL, Space.WORLD]), st.floats(0, 0.4))
def test_mirroring_twice_is_identity(seed: int, space: Space, missing: float) -> None:
    found = measure(body(seed, rows=3, missing=missing), settings=ComparisonSettings(), space=space)
    again = mirrored(mirrored(found))
    for name in found.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(again, name), getattr(found, name))


@FEW
@given(SEEDS, st.floats(0, 0.3))
def test_a_pose_is_all_its_own(seed: int, missing: float) -> None:
    one = body(seed, missing=missing)
    found = compare_poses(one, one)
    assert not found.faults
    assert not found.mirrored
    for distance in (found.scores.coordinate_distance, found.scores.angle_distance):
        assert np.isnan(distance) or distance == 0.0


@FEW
@given(SEEDS, SEEDS)
def test_no_difference_below_the_floor_is_a_fault(first: int, second: int) -> None:
    for one in compare_poses(body(first), body(second)).joints:
        if one.verdict == "differs":
            assert abs(one.difference_deg) > max(10.0, one.uncertainty_deg - 1e-9)


@FEW
@given(SEEDS, st.integers(1, 60), st.integers(1, 60), st.one_of(st.none(), st.floats(0, 12)))
def test_paths_run_from_end_to_end_one_step_at_a_time(
    seed: int, rows: int, others: int, window: float
) -> None:
    rng = np.random.default_rng(seed)
    first, second = rng.normal(size=(rows, 4)), rng.normal(size=(others, 4))
    path = align(first, second, within=band(rows, others, window=window))
    steps = np.diff(np.stack([path.first, path.second], axis=1), axis=0)
    assert ((steps >= 0) & (steps <= 1)).all()
    assert steps.any(axis=1).all()
    assert (path.first[0], path.second[0], path.first[-1], path.second[-1]) == (0, 0, rows - 1, others - 1)


@FEW
@given(SEEDS, st.integers(2, 80))
def test_a_movement_beside_itself_costs_nothing(seed: int, rows: int) -> None:
    one = np.random.default_rng(seed).normal(size=(rows, 5)).cumsum(axis=0)
    assert align(one, one).mean_cost == 0.0
    assert warping_distance(one, one) < 1e-9 * rows * float((one**2).sum() + 1)


@FEW
@given(SEEDS, st.integers(2, 40), st.integers(2, 40))
def test_the_whole_search_costs_the_same_both_ways(seed: int, rows: int, others: int) -> None:
    rng = np.random.default_rng(seed)
    first, second = rng.normal(size=(rows, 3)), rng.normal(size=(others, 3))
    np.testing.assert_allclose(warping_distance(first, second), warping_distance(second, first), rtol=1e-9)


@settings(max_examples=30, deadline=None)
@given(
    SEEDS,
    st.integers(1, 60),
    st.sampled_from(["nothing", "joints", "instants", "visibility", "all"]),
    st.booleans(),
)
def test_whatever_is_missing_there_is_an_answer_or_a_plain_error(
    seed: int, rows: int, lost: str, flat: bool
) -> None:
    rng = np.random.default_rng(seed)
    one, other = body(seed, rows=rows), body(seed + 1, rows=60)
    assert one.image_px is not None
    assert one.world_m is not None
    image, world, seen = one.image_px.copy(), one.world_m.copy(), one.visibility.copy()
    joints, instants = rng.random(33) < 0.5, rng.random(rows) < 0.5
    if lost == "visibility":
        seen = rng.random(seen.shape)
    for values in (image, world):
        if lost in ("joints", "all"):
            values[:, joints if lost == "joints" else slice(None)] = np.nan
        if lost == "instants":
            values[instants] = np.nan
    one = one.replace(image_px=image, world_m=None if flat else world, visibility=seen)
    compare_poses(one.take(slice(0, 1)), other.take(slice(0, 1)))
    try:
        found = compare_movements(one, other)
    except InvalidValueError:
        pass
    else:
        assert np.isfinite(found.attempt_s).all()
        assert (np.diff(found.attempt_s) >= -1e-9).all()
    try:
        counted = find_repetitions(one)
    except InvalidValueError:
        return
    ends = [time_s for each in counted.repetitions for time_s in (each.start_s, each.turn_s, each.end_s)]
    assert ends == sorted(ends)
