"""The main joints of bodies of any skeleton, guessed where they are missing."""

import numpy as np
import pytest

from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33, SKELETONS, Skeleton, map_skeleton
from laban.errors import InvalidValueError
from laban.pose.tracking.joints import MAIN, likely_torso_px, main_joints, shared_skeleton, with_guesses

STANDING = {
    "nose": (0, -145),
    "left_shoulder": (35, -100),
    "right_shoulder": (-35, -100),
    "left_elbow": (40, -35),
    "right_elbow": (-40, -35),
    "left_wrist": (40, 15),
    "right_wrist": (-40, 15),
    "left_hip": (20, 0),
    "right_hip": (-20, 0),
    "left_knee": (20, 85),
    "right_knee": (-20, 85),
    "left_ankle": (20, 170),
    "right_ankle": (-20, 170),
}
BODY = np.array([STANDING[name] for name in MAIN], dtype=float)[None]


def without(*names):
    body = BODY.copy()
    for name in names:
        body[0, MAIN.index(name)] = np.nan
    return body


def guessed(*names):
    return dict(zip(MAIN, with_guesses(without(*names))[0].tolist(), strict=True))


def test_the_main_joints_are_taken_by_name_from_every_skeleton():
    full = np.arange(66.0).reshape(1, 33, 2)
    own = main_joints(full, BLAZEPOSE33)
    np.testing.assert_array_equal(own[0], full[0, [BLAZEPOSE33.index(name) for name in MAIN]])
    for name in ("coco17", "openpose18", "openpose25", "halpe26"):
        other = SKELETONS[name]
        mapped = map_skeleton(BLAZEPOSE33, other).apply(full)
        np.testing.assert_array_equal(main_joints(mapped, other), own)


def test_a_missing_wrist_is_where_the_known_fingers_are():
    full = np.zeros((1, 33, 2))
    full[0, BLAZEPOSE33.index("left_wrist")] = np.nan
    full[0, BLAZEPOSE33.index("left_index")] = 10, 20
    full[0, BLAZEPOSE33.index("left_pinky")] = 30, 60
    full[0, BLAZEPOSE33.index("left_thumb")] = np.nan
    assert main_joints(full, BLAZEPOSE33)[0, MAIN.index("left_wrist")].tolist() == [20, 40]


def test_a_joint_without_known_neighbours_stays_unknown():
    full = np.zeros((1, 33, 2))
    full[0, BLAZEPOSE33.index("left_hip")] = np.nan
    joints = main_joints(full, BLAZEPOSE33)
    assert np.isnan(joints[0, MAIN.index("left_hip")]).all()
    assert np.isnan(joints).sum() == 2


def test_ntu_has_no_nose_and_its_head_stands_in():
    ntu = SKELETONS["ntu25"]
    points = np.zeros((1, 25, 2))
    points[0, ntu.index("head")] = 7, 9
    assert main_joints(points, ntu)[0, 0].tolist() == [7, 9]


def test_what_is_known_is_never_moved():
    for name in MAIN:
        body = without(name, "nose", "left_hip")
        known = np.isfinite(body)
        np.testing.assert_array_equal(with_guesses(body)[known], body[known])


def test_a_missing_hip_is_where_the_other_is():
    assert guessed("left_hip")["left_hip"] == list(STANDING["right_hip"])


def test_hidden_hips_are_a_trunk_below_the_shoulders():
    at = guessed("left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle")
    assert at["left_hip"] == pytest.approx([0, 0], abs=8)
    assert at["right_ankle"] == pytest.approx([0, 170], abs=8)


def test_hidden_shoulders_are_a_trunk_above_the_hips():
    at = guessed("nose", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow")
    assert at["left_shoulder"] == pytest.approx([0, -100], abs=8)
    assert at["nose"] == pytest.approx([0, -145], abs=8)


@pytest.mark.parametrize(
    "kept",
    [
        ("left_knee", "left_ankle", "right_ankle"),
        ("left_elbow", "left_wrist", "nose"),
        ("nose", "left_shoulder", "right_shoulder"),
        ("left_hip", "right_hip", "left_knee"),
    ],
)
def test_three_joints_tell_where_and_how_large_a_body_is(kept):
    body = 3 * without(*(name for name in MAIN if name not in kept)) + (400, 300)
    joints = with_guesses(body)[0]
    hip_px = joints[[MAIN.index("left_hip"), MAIN.index("right_hip")]].mean(axis=0)
    assert np.hypot(*(hip_px - (400, 300))) < 150  # half a trunk
    neck_px = joints[[MAIN.index("left_shoulder"), MAIN.index("right_shoulder")]].mean(axis=0)
    assert 180 < np.hypot(*(neck_px - hip_px)) < 400


def test_poses_of_two_skeletons_are_refused_by_name():
    poses = [
        Pose(one, np.zeros((len(one), 2), np.float32), np.ones(len(one), np.float32))
        for one in (SKELETONS["coco17"], SKELETONS["openpose25"])
    ]
    with pytest.raises(InvalidValueError, match="coco17 and openpose25: convert"):
        shared_skeleton(poses)


def test_a_skeleton_without_hips_is_refused_by_name():
    hand = Skeleton("hand", ("palm", "tip"), ())
    pose = Pose(hand, np.zeros((2, 2), np.float32), np.ones(2, np.float32))
    with pytest.raises(InvalidValueError, match="shoulders and hips, which the skeleton 'hand' lacks"):
        shared_skeleton([pose])


def test_shoulders_may_be_told_by_the_neck_and_hips_by_the_middle():
    stick = Skeleton("stick", ("neck", "mid_hip", "head"), ())
    pose = Pose(stick, np.zeros((3, 2), np.float32), np.ones(3, np.float32))
    assert shared_skeleton([pose]) == stick


@pytest.mark.parametrize("name", [name for name in MAIN if name != "nose"])
def test_each_joint_is_guessed_where_its_partner_is(name):
    side, joint = name.split("_")
    partner = f"{'right' if side == 'left' else 'left'}_{joint}"
    assert guessed(name)[name] == list(STANDING[partner])


def test_a_hidden_nose_is_above_the_shoulders():
    # As large as its longest bone says, here the thighs, which are as long as usual.
    assert guessed("nose")["nose"] == pytest.approx([0, -145], abs=6)


BONES = {
    ("left_shoulder", "right_shoulder"): 0.75,
    ("left_hip", "right_hip"): 0.65,
    ("nose", "left_shoulder"): 0.6,
    ("nose", "right_shoulder"): 0.6,
    **{
        (f"{side}_{one}", f"{side}_{other}"): usual
        for side in ("left", "right")
        for one, other, usual in (
            ("shoulder", "elbow", 0.65),
            ("elbow", "wrist", 0.5),
            ("shoulder", "hip", 1.0),
            ("hip", "knee", 0.85),
            ("knee", "ankle", 0.85),
        )
    },
}


@pytest.mark.parametrize(("bone", "usual"), BONES.items(), ids=str)
def test_every_bone_tells_how_long_the_trunk_is(bone, usual):
    joints = np.zeros((len(MAIN), 2))
    ends = [MAIN.index(name) for name in bone]
    joints[ends[1]] = 60, 80
    known = np.isin(np.arange(len(MAIN)), ends)
    assert likely_torso_px(joints, known) == pytest.approx(100 / usual)
    assert likely_torso_px(joints * 0, known) == 1.0


def test_without_a_bone_the_extent_tells_how_long_the_trunk_is():
    joints = np.zeros((len(MAIN), 2))
    joints[MAIN.index("right_ankle")] = 300, 400
    known = np.isin(np.arange(len(MAIN)), [MAIN.index("nose"), MAIN.index("right_ankle")])
    assert likely_torso_px(joints, known) == pytest.approx(0.28 * 500)


def test_where_no_hip_is_known_one_shoulder_says_where_the_hips_are():
    at = guessed(*(name for name in MAIN if name not in ("left_shoulder", "left_elbow", "left_wrist")))
    assert at["left_hip"] == at["right_hip"]
    assert at["left_hip"] == pytest.approx([35, 0.1], abs=1)  # the upper arm tells the trunk: 65.2 / 0.65
