"""From the frames of a video, in order of time, to spans that begin and end: the same for a file and a stream."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import NamedTuple, Protocol

import numpy as np

from laban.core.arrays import Float32Array
from laban.core.frame import Frame
from laban.pipeline.video.bars import BlackBars
from laban.pipeline.video.rows import FrameSampler, Row, SlowSource
from laban.pipeline.video.sampling import GrowingStrip, stretched
from laban.pipeline.video.streamed_model import ClipAnswer, StreamedModel
from laban.tasks.action.timeline import Change, HysteresisDetector, Track
from laban.tasks.action.windows import LEAST_KNOWN_SHARE

AT_ONCE = 1.5
"""A source that lasts at most this many windows is one clip, and is shown whole."""

Tell = Callable[[str], None]


class ClipStream(Protocol):
    """Takes frames in order of time. ``answered`` are the clips that the last call answered."""

    @property
    def answered(self) -> tuple[ClipAnswer, ...]: ...

    def add(self, frame: Frame) -> list[Change]:
        """What began or ended, as far as it is known with this frame."""
        ...

    def finish(self) -> list[Change]:
        """What became known at the end of the stream; all that goes on ends."""
        ...


def clip_stream(of: StreamedModel, *, lasts_s: float | None, name: str, tell: Tell) -> ClipStream:
    """For a source that ``lasts_s`` seconds, None where that is not known: a short one is one clip, a longer one is
    answered in windows. ``name`` is the source, and ``tell`` hears what makes answers worse."""
    if lasts_s is not None and lasts_s <= AT_ONCE * of.given.clock.length_s:
        return WholeStream(of, name=name)
    return WindowStream(of, tell=tell)


class WholeStream:
    """Shows all of a short stream as one clip, at its end."""

    def __init__(self, of: StreamedModel, *, name: str) -> None:
        self._of = of
        self._growing = GrowingStrip(of.given.size_wh, name=name)
        self.answered: tuple[ClipAnswer, ...] = ()

    def add(self, frame: Frame) -> list[Change]:
        """Nothing yet."""
        self._growing.add(frame)
        return []

    def finish(self) -> list[Change]:
        """The answer; raises SourceError for fewer than two frames."""
        strip = self._growing.strip()
        features = self._of.model.features(strip.images[strip.spread(self._of.given.clock.length)])
        found = self._of.answer(features, start_s=0.0, end_s=strip.length_s)
        self.answered = (found,)
        detector = HysteresisDetector(self._of.rules, person=None)
        return [*detector.add(0.0, strip.length_s, found.scores), *detector.close()]


class WindowStream:
    """Answers a stream in windows of the model's clock, one every hop, and sees each frame that it shows once.

    After a break of the stream everything begins again. A part of it that is shorter than a window is shown whole,
    unless it is shorter than ``LEAST_KNOWN_SHARE`` of one; of a window as much must be known.
    """

    def __init__(self, of: StreamedModel, *, tell: Tell) -> None:
        self._of, self._tell = of, tell
        self._sampler, self._slow = FrameSampler(of.given.clock.fps), SlowSource(of.given.clock)
        self._visit: _Visit | None = None
        self._recent: tuple[tuple[Frame, Float32Array], ...] = ()
        self._bars = BlackBars()
        self._last_s = self._step_s = 0.0
        self.answered: tuple[ClipAnswer, ...] = ()

    def add(self, frame: Frame) -> list[Change]:
        """Adds the next frame."""
        self.answered = ()
        self._step_s = max(0.0, frame.time_s - self._last_s)
        self._last_s = frame.time_s
        return self._taken(self._sampler.add(frame))

    def finish(self) -> list[Change]:
        """Ends the stream; another may follow."""
        self.answered = ()
        changes = [*self._taken(self._sampler.finish()), *self._left()]
        self._warn(self._slow.finish())
        over_s, self._last_s = self._last_s + self._step_s, 0.0
        return [_until(one, over_s) for one in changes]

    def _taken(self, rows: Iterable[Row]) -> list[Change]:
        changes: list[Change] = []
        for row in rows:
            if self._visit is None or row.number != self._visit.next_row:
                changes += self._left()
                self._visit = _Visit(self._of, row.number)
            changes += self._added(self._visit, row)
        return changes

    def _added(self, visit: "_Visit", row: Row) -> list[Change]:
        visit.add(_Shown(self._at(row), row.known, row.frame.index))
        if not visit.is_due:
            return []
        self._warn(self._slow.add(visit.frames, len(visit.shown)))
        return self._heard(visit.answer())

    def _left(self) -> list[Change]:
        """The remaining changes of the part of the stream that is over."""
        visit, self._visit = self._visit, None
        if visit is None:
            return []
        last = self._heard(visit.answer()) if visit.is_short else []
        return [*last, *visit.track.close()]

    def _heard(self, found: "tuple[ClipAnswer | None, list[Change]]") -> list[Change]:
        answer, changes = found
        self.answered += () if answer is None else (answer,)
        return changes

    def _at(self, row: Row) -> Float32Array:
        """The features (F,) at the instant of a row."""
        nearest = self._seen(row.frame)
        if row.other is None:
            return nearest
        return np.asarray(nearest + row.share * (self._seen(row.other) - nearest), dtype=np.float32)

    def _seen(self, frame: Frame) -> Float32Array:
        """The features (F,) of a frame; one of the last two that comes again is not seen again."""
        for held, features in self._recent:
            if held is frame:
                return features
        images = stretched(frame.image_rgb, self._of.given.size_wh)[None]
        self._bars.add(images)
        found: Float32Array = self._of.model.features(self._bars.removed(images))[0]
        self._recent = (*self._recent[-1:], (frame, found))
        return found

    def _warn(self, sentence: str | None) -> None:
        if sentence is not None:
            self._tell(sentence)


def _until(change: Change, over_s: float) -> Change:
    """A change whose span ends with the stream at the latest: the clock's last window may reach beyond it."""
    span = change.span
    end_s = max(span.start_s, min(span.end_s, over_s))
    return change if end_s == span.end_s else change._replace(span=replace(span, end_s=end_s))


class _Shown(NamedTuple):
    features: Float32Array
    known: bool
    frame: int


class _Visit:
    """A part of a stream without a break: its last rows, and what they came to."""

    def __init__(self, of: StreamedModel, first_row: int) -> None:
        self._of, self._clock = of, of.given.clock
        self._first_row = self.next_row = first_row
        self.shown: deque[_Shown] = deque(maxlen=self._clock.length)
        self.track = Track(of.rules, person=None, since_row=first_row, clock=self._clock)

    def add(self, row: _Shown) -> None:
        self.shown.append(row)
        self.next_row += 1

    @property
    def is_due(self) -> bool:
        """Whether the row just added completes a window."""
        over, at = divmod(self.next_row - self._first_row - self._clock.length, self._clock.hop)
        return over >= 0 and at == 0

    @property
    def is_short(self) -> bool:
        """Whether it is shorter than a window, and yet long enough for an answer."""
        least = max(2.0, LEAST_KNOWN_SHARE * self._clock.length)
        return least <= self.next_row - self._first_row < self._clock.length

    @property
    def frames(self) -> int:
        """How many different frames are shown."""
        return len({row.frame for row in self.shown})

    def answer(self) -> tuple[ClipAnswer | None, list[Change]]:
        """The answer for the last rows, spread over a window where they are fewer; none where too little is
        known."""
        count, length, last_row = len(self.shown), self._clock.length, self.next_row - 1
        if sum(row.known for row in self.shown) < LEAST_KNOWN_SHARE * count:
            return None, self.track.add(None, last_row=last_row)
        spread = np.linspace(0, count - 1, length).round().astype(int)
        start_s, end_s = (row / self._clock.fps for row in (self.next_row - count, self.next_row))
        features = np.stack([self.shown[row].features for row in spread])
        found = self._of.answer(features, start_s=start_s, end_s=end_s)
        return found, self.track.add(found.scores, last_row=last_row)
