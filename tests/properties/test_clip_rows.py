"""A model of clips is shown the nearest frames, in order, and none before it is certain, whatever their times."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from laban.core.frame import Frame
from laban.pipeline.video.rows import FrameSampler, Row
from laban.tasks.action.gaps import MAX_STEP_S

IMAGE = np.zeros((2, 2, 3), np.uint8)


@st.composite
def frames(draw: st.DrawFn) -> list[Frame]:
    """Uneven times from any instant on, with gaps."""
    steps = draw(st.lists(st.sampled_from([0.004, 0.02, 1 / 30, 0.11, 0.4, 0.9, 3.0, 40.0]), max_size=60))
    times_s = draw(st.floats(0, 100)) + np.cumsum([0.0, *steps])
    return [Frame.from_rgb(IMAGE, index=index, time_s=float(at)) for index, at in enumerate(times_s)]


def sampled(given: list[Frame], fps: float) -> list[list[Row]]:
    sampler = FrameSampler(fps)
    return [*(sampler.add(frame) for frame in given), sampler.finish()]


@settings(max_examples=200, deadline=None)
@given(shown=frames(), fps=st.sampled_from([0.3, 1.0, 4.0, 9.99, 25.0]))
def test_rows_are_the_nearest_frames_in_order(shown: list[Frame], fps: float) -> None:
    steps = sampled(shown, fps)
    rows = [row for step in steps for row in step]
    assert [row.number for row in rows] == sorted({row.number for row in rows})
    times_s = np.array([frame.time_s for frame in shown])
    for row in rows:
        away_s = np.abs(times_s - row.number / fps)
        assert abs(row.frame.time_s - row.number / fps) <= away_s.min() + 1e-9
        assert row.known or away_s.min() > 0.5 / fps - 1e-9
        assert 0 <= row.share <= 0.5 + 1e-9
        assert row.other is None or abs(row.other.time_s - row.frame.time_s) <= MAX_STEP_S
    for frame, step in zip(shown, steps, strict=False):
        assert all(row.frame.index <= frame.index for row in step)


@settings(max_examples=100, deadline=None)
@given(shown=frames(), at=st.integers(0, 60))
def test_the_future_changes_nothing(shown: list[Frame], at: int) -> None:
    assert sampled(shown[:at], 9.99)[:-1] == sampled(shown, 9.99)[: len(shown[:at])]
