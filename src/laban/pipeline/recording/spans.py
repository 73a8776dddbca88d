"""Cuts a source into spans that can be extracted separately."""

from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float64Array, IntArray

_LEAST_SHARED_FRAMES = 5


@dataclass(frozen=True)
class FrameSpan:
    """Frames ``start`` up to but without ``stop`` are this span's own; it reads from ``warm`` on.

    The frames from ``warm`` to ``start`` belong to the span before: both extract them, so that people can be
    recognised across the cut and landmarks have settled when the span's own frames begin.
    """

    warm: int
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.warm


def plan_spans(
    times_s: Float64Array, *, keyframes: IntArray, span_s: float, overlap_s: float, every: int = 1
) -> tuple[FrameSpan, ...]:
    """Spans of about ``span_s`` seconds that together are all frames.

    It depends on the source alone, never on the machine. A cut is moved to the latest keyframe that allows the
    overlap, where one lies within half a span, so that no frame is decoded in vain. Where only every
    ``every``th frame is used, or the source is slow, the overlap is longer, so that it holds a few used frames.
    """
    count = len(times_s)
    if count == 0:
        return ()
    if count > 1:
        overlap_s = max(
            overlap_s, min(_LEAST_SHARED_FRAMES * every * float(np.median(np.diff(times_s))), span_s)
        )
    wanted = np.arange(times_s[0] + span_s, times_s[-1] - span_s / 2, span_s)
    cuts = [_cut(times_s, keyframes, at_s=float(at_s), span_s=span_s, overlap_s=overlap_s) for at_s in wanted]
    starts = [0, *sorted(set(cuts) - {0})]
    stops = [*starts[1:], count]
    warm = [int(np.searchsorted(times_s, times_s[start] - overlap_s)) if start else 0 for start in starts]
    return tuple(FrameSpan(*span) for span in zip(warm, starts, stops, strict=True))


def _cut(times_s: Float64Array, keyframes: IntArray, *, at_s: float, span_s: float, overlap_s: float) -> int:
    near = (
        keyframes[np.abs(times_s[keyframes] + overlap_s - at_s) <= span_s / 2]
        if len(keyframes)
        else keyframes
    )
    if len(near) == 0:
        return int(np.searchsorted(times_s, at_s))
    key = near[np.argmin(np.abs(times_s[near] + overlap_s - at_s))]
    return int(np.searchsorted(times_s, times_s[key] + overlap_s))
