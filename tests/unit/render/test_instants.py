"""Who is there at an instant, and which frame a time belongs to."""

import numpy as np
import pytest

from laban.core.sequence import Recording
from laban.errors import InvalidValueError
from laban.render.instants import nearest_frame, people_at, reach_of


def ids(recording: Recording, frame: int) -> list[int | None]:
    return [pose.person for pose in people_at(recording, frame=frame)]


def test_only_whoever_is_seen_is_there(two_walkers: Recording) -> None:
    # Person 2 comes with frame 15 and is lost from frame 45 to 54.
    assert ids(two_walkers, 14) == [1]
    assert ids(two_walkers, 15) == [1, 2]
    assert ids(two_walkers, 44) == [1, 2]
    assert ids(two_walkers, 45) == ids(two_walkers, 54) == [1]
    assert ids(two_walkers, 55) == [1, 2]


def test_a_pose_is_the_row_of_its_frame(two_walkers: Recording) -> None:
    pose = people_at(two_walkers, frame=60)[1]
    np.testing.assert_array_equal(pose.image_px, two_walkers.people[2].image_px[45])
    np.testing.assert_array_equal(pose.visibility, two_walkers.people[2].visibility[45])


@pytest.mark.parametrize("frame", [-1, 90])
def test_other_frames_are_refused(two_walkers: Recording, frame: int) -> None:
    with pytest.raises(InvalidValueError, match="from 0 to 89"):
        people_at(two_walkers, frame=frame)


def test_people_without_pixels_cannot_be_drawn(two_walkers: Recording) -> None:
    bare = {1: two_walkers.people[1].replace(image_px=None)}
    with pytest.raises(InvalidValueError, match="no pixel coordinates"):
        people_at(two_walkers.replace(people=bare), frame=3)


def test_each_time_finds_its_nearest_frame() -> None:
    recording = Recording("every second", np.array([0.0, 0.1, 0.2, 0.35]), {})
    reach = reach_of(recording)
    assert reach == pytest.approx(0.075)
    found = {
        time: nearest_frame(recording, time, within_s=reach)
        for time in (-0.05, 0.04, 0.06, 0.29, 0.4, 0.5, -1)
    }
    assert found == {-0.05: 0, 0.04: 0, 0.06: 1, 0.29: 3, 0.4: 3, 0.5: None, -1: None}
    assert nearest_frame(Recording("none", np.array([]), {}), 0.0, within_s=1.0) is None
