"""How far apart frames are, and how many usual frames one stands for."""

import pytest

from laban.pose.tracking.pace import Pace, usual_frames


def pace_of(*steps_s):
    pace, time_s = Pace(), 1.0
    pace.note(time_s)
    for step_s in steps_s:
        time_s += step_s
        pace.note(time_s)
    return pace


@pytest.mark.parametrize(
    ("step_s", "frames"),
    [
        (0.016, 0.5),
        (0.032, 1.0),
        (0.036, 1.0),
        (0.041, 1.0),
        (0.082, 2.0),
        (0.41, 10.0),
        (0.0, 1.0),
        (-1.0, 1.0),
    ],
)
def test_a_step_stands_for_as_many_frames(step_s, frames):
    assert usual_frames(step_s) == pytest.approx(frames)


def test_before_the_second_frame_nothing_is_known():
    for pace in (Pace(), pace_of()):
        assert pace.step_s == 0.0
        assert pace.frames == 1.0
        assert pace.before_s == float("-inf")


def test_the_frame_before_is_the_last_but_one():
    assert pace_of(0.5).before_s == 1.0
    assert pace_of(0.5, 0.25).before_s == 1.5
    assert pace_of(0.5, 0.25).step_s == 0.5


def test_a_hole_is_no_step():
    assert pace_of(0.25, 0.25, 8.0, 0.25).step_s == 0.25
    assert pace_of(0.082, 0.082, 9.0).frames == pytest.approx(2.0)


def test_a_change_of_pace_counts_once_it_is_the_most_of_the_last_fifteen_steps():
    assert pace_of(*[0.25] * 20, *[0.5] * 7).step_s == 0.25
    assert pace_of(*[0.25] * 20, *[0.5] * 8).step_s == 0.5
