"""The frame interval of a stream, so that counts of frames mean the same at every rate.

The tracker's counts were chosen at 25 to 30 frames a second: such a frame is a *usual frame*. A frame of a slower
stream counts as several usual frames, one of a faster stream as a part of one.
"""

from collections import deque

_USUAL_STEPS_S = (0.032, 0.041)
_STEPS_KEPT = 15


class Pace:
    """Collects the times of frames."""

    def __init__(self) -> None:
        self._last_s: float | None = None
        self._steps_s: deque[float] = deque(maxlen=_STEPS_KEPT)

    def note(self, time_s: float) -> None:
        """Adds the time of the next frame."""
        if self._last_s is not None:
            self._steps_s.append(time_s - self._last_s)
        self._last_s = time_s

    @property
    def before_s(self) -> float:
        """The time of the frame before the last one added; minus infinity at the first."""
        if self._last_s is None or not self._steps_s:
            return float("-inf")
        return self._last_s - self._steps_s[-1]

    @property
    def step_s(self) -> float:
        """Seconds from one frame to the next: the median of the last few, so that a gap does not count; 0 at the
        first frame."""
        if not self._steps_s:
            return 0.0
        return sorted(self._steps_s)[len(self._steps_s) // 2]

    @property
    def frames(self) -> float:
        """How many usual frames one frame counts as; 1 from 25 to 30 frames a second, and at the first frame."""
        return usual_frames(self.step_s)


def usual_frames(step_s: float) -> float:
    """How many usual frames a step counts as.

    >>> [round(usual_frames(1 / fps), 2) for fps in (120, 60, 30, 25, 5, 2)]
    [0.26, 0.52, 1.0, 1.0, 4.88, 12.2]
    """
    least_s, most_s = _USUAL_STEPS_S
    if step_s <= 0:
        return 1.0
    return min(step_s / least_s, 1.0) if step_s < most_s else step_s / most_s
