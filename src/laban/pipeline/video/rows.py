"""The frames of a stream that a model of clips is shown: those nearest to the instants of its clock."""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from laban.core.clock import WindowSpec
from laban.core.frame import Frame
from laban.tasks.action.gaps import MAX_STEP_S
from laban.tasks.action.windows import MAX_ABSENCE_S, grid_row_from

_SLOW = 0.79  # of the clock's steps, less one: as for poses, 24 frames a second serve a model of 30
_MOST_SLOW = 0.1  # of the windows
_REMEMBERED = 100
_ENOUGH = 10


class Row(NamedTuple):
    """The frame nearest to the instant ``number / fps``; ``known`` unless that lies in a gap of the source.

    Between frames that are clearly further apart than the clock's instants, ``other`` is the frame on the other
    side, and ``share``, at most a half, its share of what is seen at the instant.
    """

    number: int
    frame: Frame
    known: bool
    other: Frame | None = None
    share: float = 0.0


class FrameSampler:
    """From frames in order of time to the rows of a clock, each as soon as its nearest frame is certain.

    Between the frames of a source that is clearly slower than the clock what is seen is interpolated: with frames
    repeated instead, stillness and jumps would take turns that no clip for training has. An instant within a step
    of more than ``MAX_STEP_S`` is known only where a frame is as near as the clock is fine. After a step of more
    than ``MAX_ABSENCE_S`` the rows go on at the next frame, so that their numbers have a gap too.
    """

    def __init__(self, fps: float) -> None:
        self._fps = fps
        self._break_s = max(MAX_ABSENCE_S, 2 / fps)
        self._before: Frame | None = None
        self._due = 0

    def add(self, frame: Frame) -> list[Row]:
        """The rows that are certain with the next frame."""
        before, self._before = self._before, frame
        if before is None:
            self._due = grid_row_from(frame.time_s, fps=self._fps)
        elif frame.time_s - before.time_s > self._break_s:
            rows = list(self._last(before))
            self._due = max(self._due, grid_row_from(frame.time_s, fps=self._fps))
            return [*rows, *self._until(frame.time_s, before=None, frame=frame)]
        return list(self._until(frame.time_s, before=before, frame=frame))

    def finish(self) -> list[Row]:
        """The rows that are certain at the end of the stream; another may follow."""
        before, self._before = self._before, None
        return [] if before is None else list(self._last(before))

    def _until(self, time_s: float, *, before: Frame | None, frame: Frame) -> Iterator[Row]:
        """The rows due by ``time_s``, between two frames."""
        while self._due / self._fps <= time_s:
            yield self._row(before, frame)
            self._due += 1

    def _row(self, before: Frame | None, frame: Frame) -> Row:
        """The row that is due, between two frames."""
        due_s = self._due / self._fps
        if before is None:
            return Row(self._due, frame, True)
        step_s, since_s = frame.time_s - before.time_s, due_s - before.time_s
        nearest, other, away_s = frame, before, step_s - since_s
        if since_s <= step_s / 2:
            nearest, other, away_s = before, frame, since_s
        if step_s > MAX_STEP_S:
            return Row(self._due, nearest, abs(away_s) <= self._half_s)
        if away_s <= 0 or step_s * self._fps * _SLOW <= 1:
            return Row(self._due, nearest, True)
        return Row(self._due, nearest, True, other, away_s / step_s)

    def _last(self, frame: Frame) -> Iterator[Row]:
        """The rows after the last frame that it is near enough to."""
        while self._due / self._fps <= frame.time_s + self._half_s:
            yield Row(self._due, frame, True)
            self._due += 1

    @property
    def _half_s(self) -> float:
        return 0.5 / self._fps


class SlowSource:
    """Finds out once whether a source has clearly fewer frames a second than the clock of a model."""

    def __init__(self, clock: WindowSpec) -> None:
        self._clock = clock
        self._steps: deque[tuple[int, int]] = deque(maxlen=_REMEMBERED)
        self._warned = False

    def add(self, frames: int, rows: int) -> str | None:
        """Adds the next window, of ``rows`` rows that show so many different frames; the warning once it is due."""
        self._steps.append((frames - 1, rows - 1))
        return self.finish() if len(self._steps) >= _ENOUGH else None

    def finish(self) -> str | None:
        """The warning so far; also for a short stream at its end."""
        slow = [(new, of) for new, of in self._steps if new < _SLOW * of - 1]
        if self._warned or not slow or len(slow) < _MOST_SLOW * len(self._steps):
            return None
        self._warned = True
        fps = sum(new for new, _ in slow) / sum(of for _, of in slow) * self._clock.fps
        return (
            f"the model looks at {self._clock.fps:.3g} frames a second and the source has about {fps:.2g}: what "
            "lies between is interpolated, and answers may be wrong; give it more frames a second"
        )
