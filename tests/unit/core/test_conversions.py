"""Where poses and sequences do not become one another, and what is made of what is missing."""

import numpy as np
import pytest

from laban.core.conversions import pose_at, recording_of_frames, sequence_of_pose, sequence_of_poses
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33, COCO17
from laban.errors import InvalidValueError

J = len(COCO17)


def pose(place_px: float = 0.0, **changes: object) -> Pose:
    values = {"image_px": np.full((J, 2), place_px), "visibility": np.ones(J), "score": 0.5, **changes}
    return Pose(COCO17, **values)  # type: ignore[arg-type]


def test_a_sequence_without_pixels_gives_no_pose() -> None:
    deep = PoseSequence(np.zeros(1), COCO17, np.ones((1, J)), world_m=np.zeros((1, J, 3)))
    with pytest.raises(InvalidValueError, match="needs pixels and this sequence has only world coordinates"):
        pose_at(deep, 0)


def test_a_score_that_is_not_known_is_one() -> None:
    image_px = np.zeros((2, J, 2))
    without = PoseSequence(np.arange(2), COCO17, np.ones((2, J)), image_px=image_px)
    assert pose_at(without, 1).score == 1.0
    scored = without.replace(score=np.array([0.25, np.nan]))
    assert [pose_at(scored, row).score for row in (0, 1)] == [0.25, 1.0]


def test_what_only_some_poses_have_is_kept_of_them() -> None:
    deep = pose(1.0, world_m=np.ones((J, 3)), depth_px=np.ones(J))
    both = sequence_of_poses([pose(), deep], [0.0, 1.0])
    assert both.world_m is not None
    assert both.depth_px is not None
    assert np.isnan(both.world_m[0]).all()
    assert np.isnan(both.depth_px[0]).all()
    assert pose_at(both, 1) == deep
    assert sequence_of_poses([pose(), None], [0.0, 1.0]).world_m is None


def test_poses_of_nobody_and_of_two_skeletons_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="at least one pose"):
        sequence_of_poses([None], [0.0])
    other = Pose(BLAZEPOSE33, np.zeros((33, 2)), np.ones(33))
    with pytest.raises(InvalidValueError, match="one skeleton, got coco17, blazepose33"):
        sequence_of_poses([pose(), other], [0.0, 1.0])


def test_people_go_from_their_first_frame_to_their_last() -> None:
    frames = [
        (0.0, []),
        (0.1, [pose().as_person(3)]),
        (0.2, [pose()]),
        (0.3, [pose().as_person(3)]),
        (0.4, []),
    ]
    found = recording_of_frames(frames, source="five frames", metadata={"made": "here"})
    assert (found.source, found.metadata, list(found.people)) == ("five frames", {"made": "here"}, [3])
    assert found.times_s.tolist() == [0.0, 0.1, 0.2, 0.3, 0.4]
    assert found.people[3].times_s.tolist() == [0.1, 0.2, 0.3]
    assert found.people[3].seen.tolist() == [True, False, True]
    assert recording_of_frames([], source="nothing").people == {}


def test_an_instant_keeps_its_time_and_size() -> None:
    one = sequence_of_pose(pose(), time_s=2.5, size_wh=(640, 480))
    assert (one.times_s.tolist(), one.size_wh, one.score is not None) == ([2.5], (640, 480), True)
