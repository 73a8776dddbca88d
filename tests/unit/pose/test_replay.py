"""The replay gives back what the recording holds, and only at its times."""

import numpy as np
import pytest

from laban.core.frame import Frame
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import COCO17, SKELETONS
from laban.errors import InvalidValueError
from laban.pose.replay import ReplayEstimator

TIMES = np.array([0.0, 0.1, 0.25, 0.4])


def frame_at(time_s: float) -> Frame:
    return Frame.from_rgb(np.zeros((8, 8, 3), np.uint8), time_s=time_s)


def sequence(times_s, *, skeleton=COCO17, offset=0.0, **fields) -> PoseSequence:
    rows, joints = len(times_s), len(skeleton)
    values = np.arange(rows * joints * 2, dtype=np.float32).reshape(rows, joints, 2) + offset
    return PoseSequence(
        times_s, skeleton, np.full((rows, joints), 0.5), **({"image_px": values, "size_wh": (8, 8)} | fields)
    )


def recording(people) -> Recording:
    return Recording("clip", TIMES, people, size_wh=(8, 8))


def test_people_come_back_with_their_ids_and_values():
    first, second = sequence(TIMES), sequence(TIMES[1:3], offset=100.0)
    estimator = ReplayEstimator(recording({3: first, 7: second}))
    seen = [estimator.update(frame_at(time)) for time in TIMES]
    assert [[pose.person for pose in poses] for poses in seen] == [[3], [3, 7], [3, 7], [3]]
    assert np.array_equal(seen[2][1].image_px, second.image_px[1])


def test_every_field_is_given_back():
    depth, world = np.ones((4, 17)), np.full((4, 17, 3), 2.0)
    full = sequence(TIMES, depth_px=depth, world_m=world, score=[0.25, np.nan, 1.0, 1.0])
    estimator = ReplayEstimator(recording({0: full}))
    (pose,) = estimator.update(frame_at(0.0))
    assert pose.score == 0.25
    assert np.array_equal(pose.world_m, world[0])
    assert np.array_equal(pose.depth_px, depth[0])
    assert estimator.update(frame_at(0.1))[0].score == 1.0


def test_nobody_is_there_between_recorded_times():
    estimator = ReplayEstimator(recording({0: sequence(TIMES)}), tolerance_s=0.01)
    assert estimator.update(frame_at(0.05)) == []
    assert len(estimator.update(frame_at(0.108))) == 1
    assert estimator.update(frame_at(9.0)) == []


def test_the_nearer_of_two_instants_is_taken():
    one = sequence(TIMES)
    estimator = ReplayEstimator(recording({0: one}), tolerance_s=1.0)
    assert np.array_equal(estimator.update(frame_at(0.17))[0].image_px, one.image_px[1])
    assert np.array_equal(estimator.update(frame_at(0.18))[0].image_px, one.image_px[2])


def test_an_unseen_instant_gives_nobody():
    values = np.ones((4, 17, 2))
    values[1] = np.nan
    estimator = ReplayEstimator(recording({0: sequence(TIMES, image_px=values)}))
    assert [len(estimator.update(frame_at(time))) for time in TIMES] == [1, 0, 1, 1]


def test_an_empty_recording_is_a_scene_without_people():
    estimator = ReplayEstimator(recording({}))
    assert estimator.skeleton.name == "blazepose33"
    assert estimator.update(frame_at(0.0)) == []


def test_people_without_pixels_are_refused():
    world_only = PoseSequence(TIMES, COCO17, np.ones((4, 17)), world_m=np.zeros((4, 17, 3)), size_wh=(8, 8))
    with pytest.raises(InvalidValueError, match="person 2 has none"):
        ReplayEstimator(recording({2: world_only}))


def test_two_skeletons_are_refused():
    people = {0: sequence(TIMES), 1: sequence(TIMES, skeleton=SKELETONS["jhmdb15"])}
    with pytest.raises(InvalidValueError, match="coco17, jhmdb15"):
        ReplayEstimator(recording(people))
