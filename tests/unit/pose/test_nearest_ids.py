"""Ids by distance: kept while people stay apart, new after a while, never given twice."""

import numpy as np

from laban.core.pose import Pose
from laban.core.skeleton import COCO17
from laban.pose.nearest_ids import NearestIds

BODY = np.random.default_rng(5).uniform(-40, 40, size=(17, 2))


def pose_at(x: float, y: float = 100.0) -> Pose:
    return Pose(COCO17, BODY + np.array([x, y]), np.ones(17))


def ids(poses: list[Pose]) -> list[int | None]:
    return [pose.person for pose in poses]


def test_ids_follow_people_whatever_their_order():
    namer = NearestIds()
    assert ids(namer.assign([pose_at(100), pose_at(400)], time_s=0.0)) == [0, 1]
    assert ids(namer.assign([pose_at(395), pose_at(105)], time_s=0.1)) == [1, 0]


def test_the_nearest_pair_is_settled_first():
    namer = NearestIds(reach=10.0)
    namer.assign([pose_at(100), pose_at(130)], time_s=0.0)
    assert ids(namer.assign([pose_at(120), pose_at(131)], time_s=0.1)) == [0, 1]


def test_far_away_is_somebody_else():
    namer = NearestIds()
    namer.assign([pose_at(100)], time_s=0.0)
    assert ids(namer.assign([pose_at(600)], time_s=0.1)) == [1]


def test_an_id_is_kept_for_a_second_and_then_never_used_again():
    namer = NearestIds(memory_s=1.0)
    namer.assign([pose_at(100)], time_s=0.0)
    assert ids(namer.assign([pose_at(100)], time_s=0.9)) == [0]
    assert ids(namer.assign([pose_at(100)], time_s=3.0)) == [1]


def test_missing_joints_do_not_hide_a_person():
    points = BODY + 100
    points[3:] = np.nan
    namer = NearestIds()
    namer.assign([Pose(COCO17, points, np.ones(17))], time_s=0.0)
    assert ids(namer.assign([Pose(COCO17, points + 1, np.ones(17))], time_s=0.1)) == [0]
