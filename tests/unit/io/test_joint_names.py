"""Joints by name, in whatever spelling."""

import numpy as np
import pytest

from laban.core.skeleton import COCO17, SKELETONS
from laban.errors import FormatError
from laban.io.joint_names import body_of_count, body_of_names, joint_named


@pytest.mark.parametrize(
    ("text", "joint"),
    [
        *(
            ("Left Shoulder", "left_shoulder"),
            ("left-shoulder", "left_shoulder"),
            ("leftShoulder", "left_shoulder"),
        ),
        *(
            ("LEFT_SHOULDER", "left_shoulder"),
            ("shoulder_left", "left_shoulder"),
            ("l_shoulder", "left_shoulder"),
        ),
        *(("LShoulder", "left_shoulder"), ("lshoulder", "left_shoulder"), ("R.Ankle", "right_ankle")),
        *(
            ("RBigToe", "right_big_toe"),
            ("MidHip", "mid_hip"),
            ("mouth (left)", "mouth_left"),
            ("NOSE", "nose"),
        ),
        *(
            ("left_eye_inner", "left_eye_inner"),
            ("right foot index", "right_foot_index"),
            ("top_head", "head_top"),
        ),
        *(("tail", None), ("elbow", None), ("", None), ("left", None), ("left_right_hip", None)),
    ],
)
def test_spellings(text: str, joint: str | None) -> None:
    assert joint_named(text) == joint


@pytest.mark.parametrize("skeleton", SKELETONS.values(), ids=SKELETONS)
def test_every_joint_of_ours_is_itself(skeleton) -> None:
    assert [joint_named(name) for name in skeleton.names] == list(skeleton.names)
    assert body_of_names(skeleton.names, form="x").skeleton == skeleton


def test_other_orders_are_put_right_and_missing_joints_are_nan() -> None:
    body = body_of_names(COCO17.names[:4:-1], form="x")
    assert body.skeleton is COCO17
    values = body.arrange(np.arange(12.0)[:, None])
    assert np.isnan(values[:5]).all()
    np.testing.assert_array_equal(values[5:, 0], np.arange(12)[::-1])


def test_other_animals_keep_their_names() -> None:
    assert body_of_names(["snout", "tail", "paw"], form="x").skeleton.names == ("snout", "tail", "paw")


@pytest.mark.parametrize(
    ("points", "name"),
    [
        (17, "coco17"),
        (18, "openpose18"),
        (25, "openpose25"),
        (26, "halpe26"),
        (133, "body23"),
        (136, "halpe26"),
    ],
)
def test_numbers_of_joints_that_programs_write(points: int, name: str) -> None:
    assert body_of_count(points).skeleton.name == name


def test_a_number_that_does_not_tell_asks_for_the_skeleton() -> None:
    with pytest.raises(FormatError, match=r"14 joints is not a known body.*--skeleton"):
        body_of_count(14)
    with pytest.raises(FormatError, match="have 17 joints, ntu25 has 25"):
        body_of_count(17, asked=SKELETONS["ntu25"])
