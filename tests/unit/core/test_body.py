import numpy as np
import pytest

from laban.core.body import mid_hip, mid_shoulder, midpoint, torso_length
from laban.core.skeleton import COCO17, skeleton
from laban.errors import UnknownNameError


def standing() -> np.ndarray:
    points = np.full((17, 3), np.nan)
    places = {
        "left_shoulder": (4, 0, 1),
        "right_shoulder": (0, 0, 1),
        "left_hip": (6, 3, 1),
        "right_hip": (4, 5, 1),
    }
    for joint, place in places.items():
        points[COCO17.index(joint)] = place
    return points


def test_the_middles_and_the_torso_by_hand() -> None:
    assert mid_shoulder(standing(), COCO17).tolist() == [2, 0, 1]
    assert mid_hip(standing(), COCO17).tolist() == [5, 4, 1]
    assert torso_length(standing(), COCO17) == 5.0


def test_any_number_of_joints_has_a_middle() -> None:
    one = midpoint(standing(), COCO17, "left_hip")
    four = midpoint(standing(), COCO17, "left_hip", "right_hip", "left_shoulder", "right_shoulder")
    assert one.tolist() == [6, 3, 1]
    assert four.tolist() == [3.5, 2, 1]


def test_leading_axes_stay() -> None:
    many = np.broadcast_to(standing()[:, :2].astype(np.float32), (2, 3, 17, 2))
    assert mid_hip(many, COCO17).shape == (2, 3, 2)
    assert mid_hip(many, COCO17).dtype == np.float64
    assert torso_length(many, COCO17).tolist() == [[5.0] * 3] * 2


@pytest.mark.parametrize("joint", ["left_hip", "right_shoulder"])
def test_a_missing_joint_leaves_no_length(joint: str) -> None:
    points = standing()
    points[COCO17.index(joint), 0] = np.nan
    assert np.isnan(torso_length(points, COCO17))


def test_a_skeleton_without_the_joint_is_told() -> None:
    with pytest.raises(UnknownNameError, match="unknown jhmdb15 joint 'left_ear'"):
        midpoint(np.zeros((15, 2)), skeleton("jhmdb15"), "left_ear")
