"""People are followed where some of their landmarks are missing, and by other skeletons than BlazePose's."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33, COCO17, SKELETONS, map_skeleton
from laban.errors import InvalidValueError
from laban.pose.replay import ReplayEstimator
from laban.pose.tracking import Observation, Tracker
from laban.sources.synthetic import SyntheticScene

RATE_HZ = 10
TIMES_S = np.arange(6 * RATE_HZ) / RATE_HZ
LEGS = [BLAZEPOSE33.index(f"{side}_{name}") for side in ("left", "right") for name in ("knee", "ankle")]
HIPS = [BLAZEPOSE33.index(f"{side}_hip") for side in ("left", "right")]
SHOULDERS = [BLAZEPOSE33.index(f"{side}_shoulder") for side in ("left", "right")]
_NO_IMAGE = np.zeros((2, 2, 3), dtype=np.uint8)


@cache
def frames(seed=4):
    """(time, poses) of two people who walk and meet; whoever is hidden is left out."""
    truth = ReplayEstimator(SyntheticScene(people=2, seconds=6.0, seed=seed).recording(TIMES_S))
    shown = [
        truth.update(Frame.from_rgb(_NO_IMAGE, index=index, time_s=float(time_s)))
        for index, time_s in enumerate(TIMES_S)
    ]
    seen = [[one for one in poses if one.visibility.mean() > 0.5] for poses in shown]
    return list(zip(TIMES_S.tolist(), seen, strict=True))


def losing(pose, joints):
    image_px, visibility = pose.image_px.copy(), pose.visibility.copy()
    image_px[joints], visibility[joints] = np.nan, 0.0
    world_m = None if pose.world_m is None else pose.world_m.copy()
    if world_m is not None:
        world_m[joints] = np.nan
    return replace(pose, image_px=image_px, visibility=visibility, world_m=world_m)


def converted(pose, skeleton):
    mapping = map_skeleton(pose.skeleton, skeleton)
    return Pose(
        skeleton, mapping.apply(pose.image_px), mapping.apply_visibility(pose.visibility), score=pose.score
    )


def share_kept(change, *, seed=4, order_kept=True):
    """The share of sightings with the id that their person mostly has; nobody shares an id."""
    tracker, counts = Tracker(), ({}, {})
    for time_s, poses in frames(seed):
        given = [change(one) for one in poses]
        for one in tracker.update([Observation(pose) for pose in given], time_s=time_s):
            person = poses[one.observation].person
            counts[person][one.person] = counts[person].get(one.person, 0) + 1
            if order_kept:
                np.testing.assert_array_equal(one.pose.image_px, given[one.observation].image_px)
    assert not set(counts[0]) & set(counts[1])
    return sum(max(one.values()) for one in counts) / sum(len(poses) for _, poses in frames(seed))


@pytest.mark.parametrize("joints", [LEGS, HIPS, SHOULDERS, LEGS + HIPS, HIPS[:1] + SHOULDERS[:1]], ids=str)
def test_joints_that_are_never_seen_change_nobody(joints):
    assert share_kept(lambda pose: losing(pose, joints)) >= 0.95


@pytest.mark.parametrize("seed", [4, 5, 6])
def test_seventeen_of_33_landmarks_that_change_from_frame_to_frame_will_do(seed):
    rng = np.random.default_rng(seed)
    kept = share_kept(lambda pose: losing(pose, rng.permutation(33)[:16]), seed=seed, order_kept=False)
    assert kept >= 0.95


def test_seventeen_of_33_landmarks_will_do_where_there_are_no_metres():
    rng = np.random.default_rng(7)
    kept = share_kept(
        lambda pose: replace(losing(pose, rng.permutation(33)[:16]), world_m=None), order_kept=False
    )
    assert kept >= 0.95


@pytest.mark.parametrize("name", sorted(set(SKELETONS) - {"blazepose33"}))
def test_people_are_followed_by_the_joints_of_any_skeleton(name):
    assert share_kept(lambda pose: converted(pose, SKELETONS[name])) >= 0.95


def test_a_pose_of_too_few_landmarks_is_left_out_and_the_others_keep_their_place():
    (_, poses), *_ = [one for one in frames() if len(one[1]) == 2]
    empty = losing(poses[0], list(range(33)))
    tracked = Tracker().update([Observation(empty), Observation(poses[1])], time_s=0.0)
    assert [(one.person, one.observation) for one in tracked] == [(0, 1)]
    two_known = losing(poses[0], [j for j in range(33) if j not in (0, 11)])
    assert Tracker().update([Observation(two_known)], time_s=0.0) == []
    three_known = losing(poses[0], [j for j in range(33) if j not in (0, 11, 12)])
    assert len(Tracker().update([Observation(three_known)], time_s=0.0)) == 1


def test_visibility_that_is_not_told_is_no_reason_to_doubt():
    def untold(pose):
        return replace(pose, visibility=np.full(33, np.nan, np.float32))

    assert share_kept(untold) >= 0.95


def test_a_stream_that_changes_its_skeleton_is_refused_in_one_line():
    (time_s, poses), *_ = frames()
    tracker = Tracker()
    tracker.update([Observation(poses[0])], time_s=time_s)
    with pytest.raises(InvalidValueError, match=r"has poses of blazepose33, got coco17: convert"):
        tracker.update([Observation(converted(poses[0], COCO17))], time_s=time_s + 0.1)
