from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pytest

from laban.core.pose import Pose
from laban.core.skeleton import COCO17
from laban.errors import InvalidValueError

J = len(COCO17)


def pose(**changes: Any) -> Pose:
    values: dict[str, Any] = {
        "image_px": np.arange(J * 2).reshape(J, 2),
        "visibility": np.full(J, 0.5),
        "depth_px": np.arange(J),
        "world_m": np.zeros((J, 3)),
        "score": 0.9,
        "person": 1,
    }
    return Pose(COCO17, **{**values, **changes})


def test_all_arrays_are_float32_and_read_only() -> None:
    one = pose()
    for array in (one.image_px, one.visibility, one.depth_px, one.world_m):
        assert array is not None
        assert array.dtype == np.float32
        assert not array.flags.writeable
    with pytest.raises(FrozenInstanceError):
        one.person = 2  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("image_px", np.zeros((J, 3)), r"shape \(17, 2\), got \(17, 3\)"),
        ("visibility", np.zeros(J - 1), r"shape \(17\), got \(16,\)"),
        ("depth_px", np.zeros((J, 1)), r"shape \(17\), got \(17, 1\)"),
        ("world_m", np.zeros((J, 2)), r"shape \(17, 3\), got \(17, 2\)"),
        ("score", 1.5, "from 0 to 1, got 1.5"),
        ("score", np.nan, "from 0 to 1, got nan"),
    ],
)
def test_what_does_not_fit_the_skeleton_is_refused(name: str, value: Any, words: str) -> None:
    with pytest.raises(InvalidValueError, match=f"{name} must .*{words}"):
        pose(**{name: value})


def test_depth_and_world_may_be_absent() -> None:
    flat = pose(depth_px=None, world_m=None)
    assert (flat.depth_px, flat.world_m) == (None, None)
    assert flat == pose(depth_px=None, world_m=None)


@pytest.mark.parametrize(
    "changes", [{"person": 2}, {"score": 0.8}, {"world_m": None}, {"visibility": np.zeros(J)}]
)
def test_poses_are_equal_by_content(changes: dict[str, Any]) -> None:
    assert pose() == pose()
    assert pose() != pose(**changes)


def test_missing_joints_are_equal_to_missing_joints() -> None:
    assert pose(image_px=np.full((J, 2), np.nan)) == pose(image_px=np.full((J, 2), np.nan))


def test_a_name_changes_nothing_else() -> None:
    one = pose()
    named = one.as_person(7)
    assert (one.person, named.person) == (1, 7)
    assert named == replace(one, person=7)
    assert named.image_px is one.image_px


def test_poses_cannot_be_keys() -> None:
    with pytest.raises(TypeError, match="unhashable type: 'Pose'"):
        hash(pose())


def test_a_pose_is_sure_and_of_nobody_in_particular_unless_it_says_so() -> None:
    one = Pose(COCO17, np.zeros((J, 2)), np.ones(J))
    assert (one.score, one.person, one.depth_px, one.world_m) == (1.0, None, None, None)
