"""Disturbed examples: only what was meant changes, and all features of a body change together."""

import numpy as np
import pytest

from laban.core.clock import WindowSpec
from laban.core.sequence import PoseSequence
from laban.core.skeleton import skeleton
from laban.errors import InvalidValueError
from laban.features.spec import FeatureSpec
from laban.models.card import Task
from laban.models.evaluation.robustness import (
    DISTURBANCES,
    disturbed,
    double_frame_rate,
    half_frame_rate,
    jitter,
    joint_dropout,
    kept_sets,
    low_resolution,
    mirrored,
)
from laban.models.examples import Clip, Examples

COUNT, ROWS = 6, 10


def body(seed: int) -> PoseSequence:
    rng = np.random.default_rng(seed)
    times_s = np.arange(ROWS) / 30
    still = rng.normal(size=(1, 33, 3))
    moving = still + 0.2 * np.sin(4 * times_s[:, None, None] + still)
    return PoseSequence(
        times_s,
        skeleton("blazepose33"),
        visibility=np.ones((ROWS, 33), dtype=np.float32),
        image_px=(300 + 80 * moving[..., :2]).astype(np.float32),
        world_m=(0.4 * moving).astype(np.float32),
    )


def shown(*sets: str) -> Examples:
    spec = FeatureSpec(sets)
    values = np.stack([spec.compute(body(seed)).values for seed in range(COUNT)])
    return Examples(
        spec,
        WindowSpec(length_s=ROWS / 30, hop_s=0.1),
        (Task("move", ("a", "b")),),
        (Clip("x", "g"),),
        values,
        np.zeros((COUNT, 1)),
        np.zeros(COUNT),
        np.zeros(COUNT),
        np.zeros(COUNT),
    )


def test_a_dropped_joint_is_gone_with_all_that_is_measured_at_it() -> None:
    found = joint_dropout(shown("world", "angles"), share=0.3).values
    gone = np.isnan(found).all(axis=1)
    assert (np.isnan(found).any(axis=1) == gone).all()
    elbow = skeleton("blazepose33").index("left_elbow")
    angle = FeatureSpec(("world", "angles")).names.index("angle_left_elbow")
    assert (gone[:, 3 * elbow] == gone[:, angle]).all()
    assert gone[:, :99:3].mean() == pytest.approx(0.3, abs=0.1)


def test_jitter_is_as_large_as_asked_and_velocities_follow_it() -> None:
    before, after = shown("xy", "velocity"), jitter(shown("xy", "velocity"), torso=0.01)
    wrist = FeatureSpec().names.index("left_wrist_x")
    moved = (after.values - before.values)[..., wrist]
    assert 0.005 < moved.std() < 0.02
    change = (after.values - before.values)[:, :, 66 + wrist]
    slopes = np.gradient(moved.astype(np.float64), 1 / 30, axis=1)
    assert np.allclose(change[:, 1:-1], slopes[:, 1:-1], atol=0.02)


@pytest.mark.parametrize("sets", [("xy",), ("scene", "velocity"), ("stage", "angles"), ("world", "bones")])
def test_a_disturbance_of_nothing_changes_nothing(sets: tuple[str, ...]) -> None:
    examples = shown(*sets)
    assert np.array_equal(disturbed(examples, lambda points, *_: points).values, examples.values)


def test_half_the_rate_keeps_every_other_row_and_bridges_the_rest() -> None:
    before, after = shown("scene").values, half_frame_rate(shown("scene")).values
    assert np.abs(after[:, 0::2] - before[:, 0::2]).mean() < np.abs(after[:, 1::2] - before[:, 1::2]).mean()
    assert 0 < np.abs(after - before).max() < 0.1


def test_twice_the_rate_smooths_and_a_line_stays_a_line() -> None:
    before, after = shown("scene").values, double_frame_rate(shown("scene")).values
    assert 0 < np.abs(after - before).max() < 0.1


def test_a_small_person_stands_on_a_grid_of_pixels() -> None:
    found = low_resolution(shown("xy"), height_px=60).values
    fine = low_resolution(shown("xy"), height_px=6000).values
    before = shown("xy").values
    assert np.abs(fine - before).max() < 0.01 < np.abs(found - before).max()


def test_mirroring_twice_is_nothing() -> None:
    examples = shown("xy", "angles")
    once = mirrored(examples)
    assert not np.array_equal(once.values, examples.values)
    assert np.array_equal(mirrored(once).values, examples.values)


def test_the_same_seed_shakes_alike_and_gaps_stay_gaps() -> None:
    examples = shown("xy")
    values = np.array(examples.values)
    values[0, 3] = np.nan
    holed = Examples(**{**examples.__dict__, "values": values})
    for name, disturb in DISTURBANCES.items():
        found = disturb(holed).values
        assert np.isnan(found[0, 3]).all() or name == "half frame rate"
        assert np.array_equal(found, disturb(holed).values, equal_nan=True)


def test_what_cannot_be_measured_anew_is_named_or_refused() -> None:
    assert kept_sets(FeatureSpec(("xy", "pair", "bones", "angles"))) == ("pair", "bones", "angles")
    assert kept_sets(FeatureSpec(("scene", "confidence", "motion"))) == ("confidence",)
    with pytest.raises(InvalidValueError, match="none of the features angles"):
        jitter(shown("angles"))
