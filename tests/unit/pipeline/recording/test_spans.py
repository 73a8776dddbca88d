"""Cutting a source into spans."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from laban.pipeline.recording.spans import plan_spans

NO_KEYS = np.array([], dtype=np.int64)


def test_a_short_source_is_one_span() -> None:
    (span,) = plan_spans(np.arange(100) / 30, keyframes=NO_KEYS, span_s=20, overlap_s=0.5)
    assert (span.warm, span.start, span.stop) == (0, 0, 100)


def test_no_frames_no_spans() -> None:
    assert plan_spans(np.array([]), keyframes=NO_KEYS, span_s=20, overlap_s=0.5) == ()


def test_cuts_are_moved_to_keyframes_so_that_reading_begins_there() -> None:
    times_s = np.arange(18_000) / 30
    spans = plan_spans(times_s, keyframes=np.arange(0, 18_000, 250), span_s=20, overlap_s=0.5)
    assert all(span.warm % 250 == 0 for span in spans)
    assert all(span.start - span.warm == 15 for span in spans[1:])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0.005, 3.0), min_size=1, max_size=400),
    st.floats(0.5, 30.0),
    st.floats(0.0, 0.5),
    st.integers(1, 50),
)
def test_spans_are_all_frames_once(steps: list[float], span_s: float, overlap_s: float, every: int) -> None:
    times_s = np.cumsum(steps)
    keys = np.arange(0, len(times_s), every)
    spans = plan_spans(times_s, keyframes=keys, span_s=span_s, overlap_s=overlap_s)
    own = [index for span in spans for index in range(span.start, span.stop)]
    assert own == list(range(len(times_s)))
    assert all(0 <= span.warm <= span.start < span.stop for span in spans)
