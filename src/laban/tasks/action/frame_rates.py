"""Whether a recording or stream has the frame rate that a model was trained on, and the warning if not."""

from collections import deque
from collections.abc import Mapping

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.clock import Clock, WindowSpec
from laban.models.card import ModelCard, Task
from laban.models.frame_rates import least_fps

_ENOUGH = (
    0.79  # of the lowest: 24 frames a second are enough for a model of 30, and measured rates vary a little
)
_MOST_SLOW = 0.1  # of the windows: occasional dropped frames are no reason for a warning
_NEARLY_ALL = 0.9
_LEAST_FRAMES = 2
_CHECK_EVERY_S = 10.0
_REMEMBERED_S = 60.0


def frame_rate_warnings(
    card: ModelCard, times_s: Float64Array, *, task: str | None = None, what: str = "this recording"
) -> tuple[str, ...]:
    """One sentence for each task, or for ``task`` alone, that was trained on more frames per second than a tenth
    or more of the windows have.

    ``times_s`` (T,) are the times of all frames. There is no warning where the card names no rate, or for fewer
    than two frames.
    """
    rates = window_rates(times_s, clock=card.clock)
    asked = [one for one in card.tasks if task in (None, one.name)]
    sentences = (_sentence(one, least_fps(card, one.name), rates, what=what) for one in asked)
    return tuple(one for one in sentences if one is not None)


def slow_clips_warnings(card: ModelCard, clips_fps: Mapping[int, float]) -> tuple[str, ...]:
    """One sentence for each task that was trained on more frames per second than some of these clips have."""
    sentences = []
    for task in card.tasks:
        least = least_fps(card, task.name)
        slow = [fps for fps in clips_fps.values() if least is not None and is_slow(fps, least)]
        if least is not None and slow:
            many = f"{len(slow)} of these {len(clips_fps)} clips have fewer, down to {min(slow):.1f}"
            sentences.append(_warning(task, least, many))
    return tuple(sentences)


def is_slow(fps: float, least: float) -> bool:
    """Whether ``fps`` is clearly below the ``least`` that a model was trained on."""
    return fps < _ENOUGH * least


def window_rates(times_s: Float64Array, *, clock: Clock) -> Float64Array:
    """(N,) the frames per second in half-overlapping windows as long as the model's; one for the whole where that
    is shorter, or for a model of whole clips. Empty for fewer than two frames."""
    if len(times_s) < _LEAST_FRAMES:
        return np.zeros(0)
    whole_s = float(times_s[-1] - times_s[0])
    length_s = clock.length_s if isinstance(clock, WindowSpec) else whole_s
    count = int(2 * whole_s / length_s + 1e-9) - 1
    if count < 1:
        return np.array([(len(times_s) - 1) / whole_s])
    starts = times_s[0] + np.arange(count) * length_s / 2
    rows = np.arange(len(times_s))
    passed = np.interp(starts + length_s, times_s, rows) - np.interp(starts, times_s, rows)
    return np.asarray(passed / length_s)


class FrameRateMonitor:
    """The streaming twin of ``frame_rate_warnings``: each sentence once."""

    def __init__(self, card: ModelCard) -> None:
        self._card = card
        self._unwarned = [one.name for one in card.tasks if least_fps(card, one.name) is not None]
        self._times_s: deque[float] = deque()
        self._check_s: float | None = None

    def add(self, time_s: float) -> tuple[str, ...]:
        """Adds the time of the next frame; every ten seconds the last minute is checked."""
        if not self._unwarned:
            return ()
        self._times_s.append(time_s)
        while time_s - self._times_s[0] > _REMEMBERED_S:
            self._times_s.popleft()
        if self._check_s is None:
            self._check_s = time_s + _CHECK_EVERY_S
        if time_s < self._check_s:
            return ()
        self._check_s = time_s + _CHECK_EVERY_S
        return self.finish()

    def finish(self) -> tuple[str, ...]:
        """The warnings so far; also for a short stream at its end."""
        times_s = np.array(self._times_s)
        said: list[str] = []
        for task in list(self._unwarned):
            found = frame_rate_warnings(self._card, times_s, task=task, what="this stream")
            if found:
                self._unwarned.remove(task)
                said += found
        return tuple(said)


def _sentence(task: Task, least: float | None, rates: Float64Array, *, what: str) -> str | None:
    if least is None or not len(rates):
        return None
    slow = rates[rates < _ENOUGH * least]
    share = len(slow) / len(rates)
    if share < _MOST_SLOW:
        return None
    part = "" if share >= _NEARLY_ALL else f" for {share:.0%} of its time"
    return _warning(task, least, f"{what} has {np.median(slow):.1f}{part}")


def _warning(task: Task, least: float, what: str) -> str:
    return (
        f"{task.name} was trained on {least:g} frames a second or more; {what}: {_consequence(task)}; "
        "give it more frames a second"
    )


def _consequence(task: Task) -> str:
    events = [label for label in task.labels if label != task.background]
    if task.background is None:
        return "its answers may be wrong"
    return f"{events[0]!r} may be missed" if len(events) == 1 else "its events may be missed"
