"""Movements through keyframes, and the measures that rules are written in."""

from collections.abc import Callable

import numpy as np
import pytest

from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33
from laban.core.space import Space
from laban.errors import UnknownNameError
from laban.features.angles import compute_joint_angles
from laban.tasks.coaching.exercise_file import load_exercise
from laban.tasks.coaching.form_measures import form_measure, form_measures, measure_names, other_side
from laban.tasks.coaching.keyframes import KEY_JOINTS, between_keyframes, chosen_keyframes, key_points

Trainee = Callable[..., PoseSequence]


def points_of(sequence: PoseSequence) -> np.ndarray:
    assert sequence.body is not None
    return key_points(sequence.body.astype(np.float64), sequence.skeleton.names)


def squat() -> np.ndarray:
    return points_of(load_exercise("squat").reference)


def test_limbs_keep_their_length_on_the_way() -> None:
    points = squat()
    knee, ankle = (KEY_JOINTS.index(f"left_{name}") for name in ("knee", "ankle"))
    lengths = np.linalg.norm(points[:, knee] - points[:, ankle], axis=1)
    assert np.ptp(lengths) < 0.02
    assert np.ptp(np.linalg.norm(points[:, KEY_JOINTS.index("left_shoulder")], axis=1)) < 0.02


def test_angles_change_evenly_between_keyframes() -> None:
    knees = compute_joint_angles(load_exercise("squat").reference, space=Space.BODY, names=("left_knee",))
    steps = np.diff(knees.values[:36, 0])
    assert (steps < 0).all()
    assert steps.min() > 2.5 * steps.max()


def test_keyframes_themselves_are_kept() -> None:
    points = squat()[[0, 36, 72]]
    made = points_of(between_keyframes([0.0, 1.2, 2.4], points))
    np.testing.assert_allclose(made[[0, 36, 72]], points, atol=1e-6)
    assert len(between_keyframes([0.0], points[:1])) == 1


def test_two_that_are_the_same_or_opposite_have_no_seam() -> None:
    points = np.repeat(squat()[:1], 2, axis=0)
    np.testing.assert_allclose(points_of(between_keyframes([0.0, 1.0], points))[5], points[0], atol=1e-6)
    flipped = points.copy()
    flipped[1, KEY_JOINTS.index("left_knee")] = (
        2 * points[0, KEY_JOINTS.index("left_hip")] - points[0, KEY_JOINTS.index("left_knee")]
    )
    assert np.isfinite(points_of(between_keyframes([0.0, 1.0], flipped))).all()


def test_chosen_keyframes_are_few_and_near_enough() -> None:
    reference = load_exercise("overhead_reach").reference
    points = points_of(reference)
    rows = chosen_keyframes(reference.times_s, points, tolerance=0.05)
    assert rows[0] == 0
    assert rows[-1] == len(points) - 1
    assert len(rows) <= 6
    made = points_of(between_keyframes(reference.times_s[rows].tolist(), points[rows]))
    assert np.nanmax(np.linalg.norm(made - points, axis=2)) <= 0.06


def test_missing_joints_stay_missing() -> None:
    points = squat()[[0, 36]]
    points[:, KEY_JOINTS.index("nose")] = np.nan
    made = between_keyframes([0.0, 1.0], points)
    assert made.body is not None
    assert np.isnan(made.body[:, BLAZEPOSE33.index("nose")]).all()
    assert np.isfinite(made.body[:, BLAZEPOSE33.index("left_wrist")]).all()


def test_measures_by_name(trainee: Trainee) -> None:
    sequence = trainee(load_exercise("lunge"), repetitions=1)
    both = [form_measure(f"{side}_knee", sequence, space=Space.WORLD) for side in ("left", "right")]
    np.testing.assert_allclose(form_measure("mean_knee", sequence, space=Space.WORLD), np.mean(both, axis=0))
    np.testing.assert_allclose(form_measure("least_knee", sequence, space=Space.WORLD), np.min(both, axis=0))
    np.testing.assert_allclose(form_measure("most_knee", sequence, space=Space.WORLD), np.max(both, axis=0))
    for name in measure_names():
        assert form_measure(name, sequence, space=Space.WORLD).shape == (len(sequence),)
    with pytest.raises(UnknownNameError, match="did you mean 'mean_knee'"):
        form_measure("mean_kne", sequence, space=Space.WORLD)


def test_one_side_is_enough_for_both(trainee: Trainee) -> None:
    sequence = trainee(load_exercise("squat"), repetitions=1)
    assert sequence.world_m is not None
    world = sequence.world_m.copy()
    world[:, BLAZEPOSE33.index("left_knee")] = np.nan
    hidden = sequence.replace(world_m=world)
    right = form_measure("right_knee", sequence, space=Space.WORLD)
    np.testing.assert_allclose(form_measure("mean_knee", hidden, space=Space.WORLD), right)


@pytest.mark.parametrize(("lift", "sign"), [(0.4, 1), (-0.4, -1)])
def test_the_hip_line_knows_up_from_down(lift: float, sign: int) -> None:
    reference = load_exercise("plank").reference
    assert reference.body is not None
    body = reference.body.copy()
    hips = [BLAZEPOSE33.index(f"{side}_hip") for side in ("left", "right")]
    body[:, hips, 1] -= lift  # y points down
    value = form_measure("hip_line", reference.replace(body=body), space=Space.BODY)[0]
    assert np.sign(value) == sign
    assert 25 < abs(value) < 60


def test_widths_do_not_depend_on_the_turn(trainee: Trainee) -> None:
    squat_ = load_exercise("squat")
    front, turned = (trainee(squat_, repetitions=1, turn_deg=turn) for turn in (0.0, 60.0))
    for name in ("knees_to_feet", "feet_to_shoulders"):
        np.testing.assert_allclose(
            form_measure(name, front, space=Space.WORLD),
            form_measure(name, turned, space=Space.WORLD),
            atol=1e-3,
        )


@pytest.mark.parametrize("name", ["left_knee", "right_shank_inclination", "mean_knee", "hip_line", "trunk"])
def test_the_other_side_of_the_other_side_is_the_same(name: str) -> None:
    assert other_side(other_side(name)) == name


def test_measures_taken_together_are_those_taken_alone(trainee: Callable[..., PoseSequence]) -> None:
    sequence = trainee(load_exercise("squat"), noise=0.02, repetitions=1)
    for space in (Space.WORLD, Space.PIXEL):
        points = sequence.coordinates(space).astype(np.float64)
        together = form_measures(points, sequence.skeleton, names=measure_names())
        for column, name in enumerate(measure_names()):
            np.testing.assert_array_equal(together[:, column], form_measure(name, sequence, space=space))
    assert form_measures(points, sequence.skeleton, names=()).shape == (len(sequence), 0)
