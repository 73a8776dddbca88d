"""What holds of the tracker whatever is seen."""

from benchmarks.identity import follow_with_laban
from benchmarks.identity_scenes import make_scene
from hypothesis import given, settings
from hypothesis import strategies as st

scenes = st.builds(make_scene, st.integers(200, 260), people=st.integers(2, 4), seconds=st.just(3.0))


@settings(max_examples=8, deadline=None)
@given(scenes)
def test_no_id_twice_in_a_frame_and_no_body_for_two(scene):
    for frame in follow_with_laban(scene, True):
        people, bodies = [one[0] for one in frame], [one[1] for one in frame]
        assert people == sorted(set(people))
        assert len(set(bodies)) == len(bodies)


@settings(max_examples=8, deadline=None)
@given(scenes)
def test_an_id_unseen_for_longer_than_remembered_does_not_return(scene):
    last = {}
    for time_s, frame in zip(scene.times_s, follow_with_laban(scene, True), strict=True):
        for person, _, _ in frame:
            assert time_s - last.get(person, time_s) <= 2.0 + 1e-9
            last[person] = time_s


@settings(max_examples=5, deadline=None)
@given(scenes)
def test_the_same_scene_gives_the_same_ids(scene):
    first, again = (follow_with_laban(scene, True) for _ in range(2))
    assert [[one[:2] for one in frame] for frame in first] == [[one[:2] for one in frame] for frame in again]
