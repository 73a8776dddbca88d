"""The landmarks of all bodies of a frame in one array."""

import numpy as np

from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33
from laban.pose.tracking.joints import MAIN
from laban.pose.tracking.landmarks import gather

ROWS = [BLAZEPOSE33.index(name) for name in MAIN]


def pose(seed, *, without=(), metres=True, visibility=0.75):
    rng = np.random.default_rng(seed)
    image_px, world_m = rng.normal(size=(33, 2)), rng.normal(size=(33, 3))
    gone = [BLAZEPOSE33.index(name) for name in without]
    image_px[gone] = world_m[gone] = np.nan
    return Pose(
        BLAZEPOSE33,
        image_px.astype(np.float32),
        np.full(33, visibility, np.float32),
        world_m=world_m.astype(np.float32) if metres else None,
    )


def test_pixels_metres_and_visibility_of_the_main_joints_are_taken_as_they_are():
    poses = [pose(1), pose(2)]
    found = gather(poses, BLAZEPOSE33)
    for row, one in enumerate(poses):
        np.testing.assert_array_equal(found.image_px[row], one.image_px)
        np.testing.assert_array_equal(found.joints_px[row], one.image_px[ROWS])
        np.testing.assert_array_equal(found.metres[row], one.world_m[ROWS, :2])
        np.testing.assert_array_equal(found.visibility[row], one.visibility[ROWS])
    assert found.is_whole
    assert found.has_all_metres
    assert found.known.all()


def test_poses_without_metres_have_none_and_one_without_them_has_nan():
    none = gather([pose(1, metres=False)], BLAZEPOSE33)
    assert none.metres is None
    assert none.is_whole
    assert not none.has_all_metres
    mixed = gather([pose(1), pose(2, metres=False)], BLAZEPOSE33)
    assert np.isnan(mixed.metres).all(axis=(1, 2)).tolist() == [False, True]
    assert mixed.is_whole
    assert not mixed.has_all_metres


def test_a_missing_joint_is_unknown_and_its_visibility_too():
    found = gather([pose(1), pose(2, without=("left_knee",))], BLAZEPOSE33)
    left_knee = MAIN.index("left_knee")
    assert np.argwhere(~found.known).tolist() == [[1, left_knee]]
    assert np.argwhere(np.isnan(found.visibility)).tolist() == [[1, left_knee]]
    assert not found.is_whole


def test_a_joint_that_decides_nothing_may_be_missing():
    assert gather([pose(1, without=("left_ear", "right_thumb"))], BLAZEPOSE33).is_whole


def test_visibility_that_is_not_told_is_one():
    found = gather([pose(1), pose(2, visibility=np.nan)], BLAZEPOSE33)
    np.testing.assert_array_equal(found.visibility[:, 0], [0.75, 1.0])


def test_what_is_taken_is_looked_at_anew():
    both = gather([pose(1, without=("nose", "left_eye", "right_eye")), pose(2)], BLAZEPOSE33)
    second = both.take([1])
    assert second.is_whole
    np.testing.assert_array_equal(second.joints_px, both.joints_px[1:])
    np.testing.assert_array_equal(second.metres, both.metres[1:])
