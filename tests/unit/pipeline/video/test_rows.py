"""Which frames of a source a model of clips is shown."""

import numpy as np
import pytest

from laban.core.clock import WindowSpec
from laban.core.frame import Frame
from laban.pipeline.video.rows import FrameSampler, Row, SlowSource

IMAGE = np.zeros((4, 4, 3), np.uint8)


def rows_of(times_s: list[float], *, fps: float) -> list[Row]:
    sampler = FrameSampler(fps)
    frames = [Frame.from_rgb(IMAGE, index=index, time_s=time_s) for index, time_s in enumerate(times_s)]
    rows = [row for frame in frames for row in sampler.add(frame)]
    return [*rows, *sampler.finish()]


def told(times_s: list[float], *, fps: float) -> list[tuple[int, int, bool]]:
    return [(row.number, row.frame.index, row.known) for row in rows_of(times_s, fps=fps)]


def test_each_instant_has_its_nearest_frame() -> None:
    assert told([0.0, 0.2, 0.4, 0.5, 0.9, 1.0], fps=2) == [(0, 0, True), (1, 3, True), (2, 5, True)]


def test_frames_of_a_slow_source_come_again() -> None:
    shown = [frame for _, frame, _ in told([0.0, 0.5, 1.0], fps=8)]
    assert shown == [0, 0, 0, 1, 1, 1, 1, 2, 2]


def test_between_frames_of_a_slow_source_is_interpolated() -> None:
    rows = rows_of([0.0, 0.5, 1.0], fps=8)
    shares = [
        0 if row.other is None else (1 if row.other.index > row.frame.index else -1) * row.share
        for row in rows
    ]
    assert shares == pytest.approx([0, 0.25, 0.5, -0.25, 0, 0.25, 0.5, -0.25, 0])
    assert all(row.other is None for row in rows_of([0.0, 0.15, 0.3, 0.45], fps=8))
    assert all(row.other is None for row in rows_of([0.0, 0.8, 1.6], fps=8))


def test_a_row_is_told_once_its_frame_is_certain() -> None:
    sampler = FrameSampler(4)
    steps = [sampler.add(Frame.from_rgb(IMAGE, index=index, time_s=index * 0.25)) for index in range(3)]
    assert [[row.number for row in step] for step in steps] == [[0], [1], [2]]


def test_a_gap_is_unknown_but_next_to_its_frames() -> None:
    times_s = [0.0, 0.25, 0.5, 2.5, 2.75]
    found = told(times_s, fps=4)
    assert [number for number, _, _ in found] == list(range(12))
    assert [number for number, _, known in found if not known] == [3, 4, 5, 6, 7, 8, 9]


def test_after_a_break_rows_go_on_at_the_next_frame() -> None:
    found = told([0.0, 0.25, 1000.0, 1000.25], fps=4)
    assert [number for number, _, _ in found] == [0, 1, 4000, 4001]
    assert all(known for _, _, known in found)


def test_a_stream_may_begin_at_any_time() -> None:
    assert [number for number, _, _ in told([7.3, 7.5, 7.75], fps=4)] == [30, 31]
    assert told([], fps=4) == []


@pytest.mark.parametrize("fps", [2.0, 5.0, 12.5, 24.0, 30.0, 59.94, 120.0])
def test_any_rate_gives_the_same_rows(fps: float) -> None:
    times_s = (np.arange(round(10 * fps) + 1) / fps).tolist()
    found = rows_of(times_s, fps=4)
    assert [row.number for row in found][:39] == list(range(39))
    assert all(abs(row.frame.time_s - row.number / 4) <= 0.5 / fps + 1e-9 for row in found)


def test_a_slow_source_is_warned_about_once() -> None:
    clock = WindowSpec(2.0, 0.5, 10.0)
    slow = SlowSource(clock)
    said = [slow.add(5, 21) for _ in range(40)]
    (sentence,) = [one for one in said if one]
    assert "10 frames a second and the source has about 2:" in sentence
    assert slow.finish() is None
    nearly = SlowSource(clock)
    assert [nearly.add(frames, 20) for frames in (16, 17, 20, 16) * 10] == [None] * 40


def test_a_short_slow_source_is_warned_about_at_its_end() -> None:
    slow = SlowSource(WindowSpec(2.0, 0.5, 10.0))
    assert slow.add(4, 20) is None
    assert slow.finish() is not None
    assert slow.finish() is None
