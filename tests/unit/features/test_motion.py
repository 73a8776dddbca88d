"""Speeds and carriage of a body whose movement is known by hand."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from laban.core.sequence import PoseSequence
from laban.core.skeleton import COCO17, SKELETONS
from laban.core.space import Space
from laban.features.motion import compute_confidence, compute_motion
from laban.features.scene import body_size
from laban.features.spec import FeatureSpec

TIMES_S = np.arange(12) / 10


def standing(*, seed: int = 0) -> np.ndarray:
    points = np.random.default_rng(seed).normal(size=(1, 17, 2)) * 40 + 200
    return np.repeat(points, 12, axis=0)


def sequence(points: np.ndarray, visibility: np.ndarray | None = None) -> PoseSequence:
    seen = (np.ones((12, 17)) if visibility is None else visibility).astype(np.float32)
    return PoseSequence(TIMES_S, COCO17, seen, image_px=points)


def test_who_stands_still_has_no_speed_and_who_walks_has_that_of_all_parts() -> None:
    still = compute_motion(sequence(standing()))
    speeds = [name for name in still.names if name.endswith(("speed", "acceleration"))]
    assert len(speeds) == 24
    assert all(np.nanmax(np.abs(still[name])) == pytest.approx(0, abs=1e-4) for name in speeds)
    points = standing()
    points[..., 0] += 50 * TIMES_S[:, None]
    walking = sequence(points)
    features, rate = compute_motion(walking), np.log1p(50 / body_size(walking, Space.PIXEL))
    for part in ("wrist", "knee", "hips", "head"):
        assert_allclose(features[f"motion_{part}_speed"], rate, rtol=1e-4)
        assert_allclose(features[f"motion_{part}_slow_speed"][3:-3], rate, rtol=1e-4)
    assert_allclose(features["motion_wrist_of_body_speed"], 0, atol=1e-4)
    assert_allclose(features["motion_wrist_acceleration"], 0, atol=1e-3)


def test_the_faster_side_counts_and_a_hidden_one_hides_nothing() -> None:
    points = standing()
    left, right = COCO17.index("left_wrist"), COCO17.index("right_wrist")
    points[:, right, 1] -= 80 * TIMES_S
    both = sequence(points)
    speed = compute_motion(both)["motion_wrist_speed"]
    assert_allclose(speed, np.log1p(80 / body_size(both, Space.PIXEL)), rtol=1e-4)
    points[:, left] = np.nan
    assert np.isfinite(compute_motion(sequence(points))["motion_wrist_speed"]).all()
    points[:, right] = np.nan
    assert np.isnan(compute_motion(sequence(points))["motion_wrist_speed"]).all()


def test_neither_place_size_nor_side_matters() -> None:
    points = standing() + np.random.default_rng(1).normal(size=(12, 17, 2)) * 5
    mirrored = points[:, COCO17.flip] * (-1, 1)
    own, other = (compute_motion(sequence(one)) for one in (points, mirrored * 3 + 90))
    assert_allclose(other.values, own.values, atol=1e-4)
    order, sign = FeatureSpec(("motion", "confidence"), "coco17").mirror
    assert order.tolist() == list(range(len(order)))
    assert (sign == 1).all()


def test_a_raised_hand_is_above_the_shoulders() -> None:
    points = standing()
    shoulders = points[0, [COCO17.index("left_shoulder"), COCO17.index("right_shoulder")]].mean(axis=0)
    points[:, COCO17.index("left_wrist")] = shoulders - np.array([0, 300])
    one = sequence(points)
    raised = compute_motion(one)["motion_wrist_raised"]
    assert_allclose(raised, 300 / body_size(one, Space.PIXEL), rtol=1e-4)


def test_confidence_is_the_mean_of_both_sides_where_somebody_is_seen() -> None:
    visibility, points = np.ones((12, 17)), standing()
    visibility[:, COCO17.index("left_knee")] = 0.2
    points[5] = np.nan
    confidence = compute_confidence(sequence(points, visibility))
    assert_allclose(np.delete(confidence["confidence_knee"], 5), 0.6, rtol=1e-6)
    assert np.isnan(confidence.values[5]).all()
    assert FeatureSpec(("confidence",), "kinect20").width == len(confidence.names)


def test_every_skeleton_has_the_same_columns() -> None:
    specs = [FeatureSpec(("motion",), name) for name in SKELETONS]
    assert len({spec.names for spec in specs}) == 1


def test_seven_rows_are_enough_for_one_slow_speed() -> None:
    points = standing()
    points[..., 0] += 50 * TIMES_S[:, None]
    for rows, known in ((6, 0), (7, 1), (8, 2)):
        one = sequence(points).take(slice(0, rows))
        assert np.isfinite(compute_motion(one)["motion_hips_slow_speed"]).sum() == known
