"""Poses and sequences become one another without losing a field, whichever of them there are."""

from dataclasses import fields

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from laban.core.conversions import pose_at, recording_of_frames, sequence_of_pose, sequence_of_poses
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.core.skeleton import SKELETONS

few = settings(max_examples=60, deadline=None)
sizes_wh = st.none() | st.tuples(st.integers(1, 8000), st.integers(1, 8000))
scores = st.floats(0, 1, width=32)


@st.composite
def poses(draw: st.DrawFn, *, like: Pose | None = None) -> Pose:
    """Any pose; ``like`` another, one of the same person as far as skeleton and kinds of coordinates go."""
    skeleton = SKELETONS[draw(st.sampled_from(sorted(SKELETONS)))] if like is None else like.skeleton
    has_depth, has_metres = draw(st.booleans()), draw(st.booleans())
    if like is not None:
        has_depth, has_metres = like.depth_px is not None, like.world_m is not None
    rng, joints = np.random.default_rng(draw(st.integers(0, 2**32 - 1))), len(skeleton)

    def some(*shape: int) -> np.ndarray:
        values = rng.normal(0, 300, shape)
        values[rng.random(shape) < draw(st.sampled_from((0.0, 0.3)))] = np.nan
        return values

    return Pose(
        skeleton,
        some(joints, 2),
        some(joints),
        depth_px=some(joints) if has_depth else None,
        world_m=some(joints, 3) if has_metres else None,
        score=draw(scores),
        person=draw(st.none() | st.integers(0, 9)) if like is None else like.person,
    )


@few
@given(pose=poses(), time_s=st.floats(0, 1e4), size_wh=sizes_wh)
def test_a_pose_is_the_same_after_having_been_a_sequence(
    pose: Pose, time_s: float, size_wh: tuple[int, int] | None
) -> None:
    one = sequence_of_pose(pose, time_s=time_s, size_wh=size_wh)
    assert pose_at(one, 0, person=pose.person) == pose
    assert (one.times_s.tolist(), one.size_wh) == ([time_s], size_wh)
    assert sequence_of_poses([pose], [time_s], size_wh=size_wh) == one


@few
@given(data=st.data(), seen=st.lists(st.booleans(), min_size=1, max_size=6), size_wh=sizes_wh)
def test_a_sequence_is_the_same_after_having_been_poses(
    data: st.DataObject, seen: list[bool], size_wh: tuple[int, int] | None
) -> None:
    first = data.draw(poses())
    times_s = np.cumsum(data.draw(st.lists(st.floats(0.01, 2), min_size=len(seen), max_size=len(seen))))
    given_poses = [first, *(data.draw(poses(like=first)) if is_seen else None for is_seen in seen[1:])]
    sequence = sequence_of_poses(given_poses, times_s, size_wh=size_wh)
    again = [
        None if pose is None else pose_at(sequence, row, person=first.person)
        for row, pose in enumerate(given_poses)
    ]
    assert again == given_poses
    assert sequence_of_poses(again, times_s, size_wh=size_wh) == sequence


@few
@given(data=st.data(), count=st.integers(1, 4), frames=st.integers(1, 6))
def test_frames_are_the_same_after_having_been_a_recording(
    data: st.DataObject, count: int, frames: int
) -> None:
    firsts = [data.draw(poses()).as_person(person) for person in range(count)]
    there = [
        [data.draw(poses(like=one)) for one in firsts if row == 0 or data.draw(st.booleans())]
        for row in range(frames)
    ]
    recording = recording_of_frames(enumerate(there), source="any", size_wh=(640, 480))
    for row, people in enumerate(there):
        for pose in people:
            assert pose_at(recording.people[pose.person or 0], row, person=pose.person) == pose
        absent = set(range(count)) - {pose.person for pose in people}
        for person in absent & {one for one in recording.people if row < len(recording.people[one])}:
            assert np.isnan(recording.people[person].visibility[row]).all()


def test_no_field_is_without_a_counterpart() -> None:
    """A new field of either has to be carried over by the conversions, and named here once it is."""
    held = {field.name for field in fields(Pose)}
    kept = {field.name for field in fields(PoseSequence)}
    assert held - kept == {"person"}  # a recording maps it to the sequence
    assert kept - held == {"times_s", "size_wh", "body"}  # of a frame, of a source, and computed
