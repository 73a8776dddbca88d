"""The streaming twin of ``predict``: from poses, frame by frame, to spans that begin and end."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from laban.core.arrays import Float32Array
from laban.core.clock import WholeClip, WindowSpec
from laban.core.conversions import sequence_of_poses
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.core.spans import Span
from laban.errors import InvalidValueError
from laban.models.protocol import SequenceModel
from laban.sequences.resample import resample
from laban.tasks.action.answers import Answers, Reader
from laban.tasks.action.frames import SeenFrame, is_seen, recording_of
from laban.tasks.action.gaps import MAX_STEP_S, sightings
from laban.tasks.action.timeline import ActionSettings, Change, Track
from laban.tasks.action.windows import (
    MAX_ABSENCE_S,
    ActionWindows,
    companions,
    grid_row_from,
    grid_row_until,
    known_share,
    least_known,
    windows_at,
)

_TOLERANCE_S = 1e-6


@dataclass(frozen=True)
class ActionEvent:
    """A span began or ended; ``time_s`` is when that was known, on the clock of the stream.

    At its beginning ``span`` ends at the latest known time; at its end it is complete.
    """

    kind: Literal["begin", "end"]
    time_s: float
    span: Span


class ActionWatcher:
    """Gives for a stream of poses what ``predict`` gives for its recording, as soon as it is known.

    The spans that end, taken together, are those of ``predict`` on the same frames, bit for bit. A person not
    seen for more than 5 s is forgotten, and only the frames that windows still need are kept. Raises
    InvalidValueError for a model of whole clips, which no stream can serve.
    """

    def __init__(self, model: SequenceModel, *, settings: ActionSettings | None = None) -> None:
        card = model.card
        if isinstance(card.clock, WholeClip):
            raise InvalidValueError(
                f"{card.name} looks at whole clips and cannot watch a stream; use `laban predict` on a file, "
                "or a model of windows"
            )
        chosen = settings or ActionSettings()
        self._model, self._clock = model, card.clock
        self._rules = tuple(chosen.rules(card, task) for task in card.tasks)
        self._frames: deque[SeenFrame] = deque()
        self._visits: dict[int, _Visit] = {}
        self._began_s = 0.0
        self._reader = Reader(model)
        self._answered = self._nothing = self._reader.answers(_asked(model, [], []))

    @property
    def answered(self) -> Answers:
        """The answers for the windows that the last call completed."""
        return self._answered

    @property
    def frames_kept(self) -> int:
        """The number of frames kept."""
        return len(self._frames)

    def update(self, time_s: float, poses: Sequence[Pose]) -> list[ActionEvent]:
        """Adds the people of the next frame; poses without an id are ignored.

        Raises InvalidValueError where the time is not later, or where the poses cannot serve the model.
        """
        if self._frames and time_s <= self._frames[-1].time_s:
            raise InvalidValueError(
                f"frames must come in order of time, got {time_s:.3f} s after {self._frames[-1].time_s:.3f} s"
            )
        if not self._frames:
            self._began_s = time_s
        gone = [one for one in self._visits.values() if time_s - one.last_s > MAX_ABSENCE_S]
        last = self._leave(gone)
        seen = {pose.person: pose for pose in poses if pose.person is not None and is_seen(pose)}
        self._frames.append(SeenFrame(time_s, seen))
        due = [window for person in sorted(seen) for window in self._due(person, time_s)]
        events = self._events([*last, *due], gone, time_s)
        self._forget()
        return events

    def finish(self) -> list[ActionEvent]:
        """Ends the stream and all open spans; the watcher can then be used again."""
        if not self._frames:
            return []
        gone = list(self._visits.values())
        events = self._events(self._leave(gone), gone, self._frames[-1].time_s)
        self._frames.clear()
        return events

    def _leave(self, gone: Sequence["_Visit"]) -> list["_Window"]:
        """Removes visits from the list; returns the one short window of a person who left before a whole one."""
        for visit in gone:
            del self._visits[visit.person]
        return [
            visit.next_window(self._clock)
            for visit in gone
            if visit.next_index == 0 and visit.last_row >= visit.first_row
        ]

    def _due(self, person: int, time_s: float) -> Iterator["_Window"]:
        """The windows of a person just seen that this frame completes."""
        visit = self._visits.get(person) or self._met(person, time_s)
        visit.last_s, visit.last_row = time_s, grid_row_until(time_s, fps=self._clock.fps)
        while visit.next_row(self._clock) + self._clock.length - 1 <= visit.last_row:
            yield visit.next_window(self._clock)

    def _met(self, person: int, time_s: float) -> "_Visit":
        row = grid_row_from(time_s, fps=self._clock.fps)
        tracks = tuple(Track(one, person=person, since_row=row, clock=self._clock) for one in self._rules)
        visit = self._visits[person] = _Visit(person, tracks, first_s=time_s, first_row=row)
        return visit

    def _events(
        self, windows: Sequence["_Window"], gone: Sequence["_Visit"], time_s: float
    ) -> list[ActionEvent]:
        """The changes from new ``windows``, and from people who are gone."""
        changes: list[Change] = []
        self._answered = self._nothing
        if windows:
            values = self._values(windows)
            least = least_known(self._began_s, time_s, self._clock)
            kept = known_share(values) >= least
            asked = [window for window, keep in zip(windows, kept, strict=True) if keep]
            told_of = _asked(self._model, asked, values[kept], fps=self._clock.fps)
            self._answered = self._reader.answers(told_of)
            places = np.where(kept, np.cumsum(kept) - 1, -1)
            for window, place in zip(windows, places.tolist(), strict=True):
                changes += _heard(window, None if place < 0 else place, self._answered)
        for visit in gone:
            changes += [change for track in visit.tracks for change in track.close()]
        return [ActionEvent(change.kind, time_s, change.span) for change in changes]

    def _values(self, windows: Sequence["_Window"]) -> Float32Array:
        """(N, L, F) by the same steps as in ``windows_of``, from the frames that are kept."""
        spec, fps = self._model.card.spec, self._clock.fps
        beside = {}
        if spec.needs_companion:
            due = {window.visit.person for window in windows}
            beside = companions(recording_of(self._frames), spec=spec, fps=fps, of=due)
        return np.concatenate([self._value(window, beside.get(window.visit.person)) for window in windows])

    def _value(self, window: "_Window", beside: PoseSequence | None) -> Float32Array:
        length, visit = self._clock.length, window.visit
        frames = [one for one in self._frames if one.time_s >= visit.first_s]
        sighted = sequence_of_poses(
            [one.poses.get(visit.person) for one in frames], [one.time_s for one in frames]
        )
        times_s = np.arange(window.row, window.row + length) / self._clock.fps
        grid = resample(sightings(sighted), times_s=times_s, max_gap_s=MAX_STEP_S)
        companion = None if beside is None else resample(beside, times_s=times_s, max_gap_s=MAX_STEP_S)
        start = np.zeros(1, dtype=np.int64)
        return windows_at(grid, start, length=length, spec=self._model.card.spec, companion=companion)

    def _forget(self) -> None:
        """Drops the frames that no later window can need; the last one stays, for its time."""
        needed_s = min((one.needed_s(self._clock) for one in self._visits.values()), default=np.inf)
        while len(self._frames) > 1 and self._frames[0].time_s < needed_s - _TOLERANCE_S:
            self._frames.popleft()


@dataclass
class _Visit:
    """A visit: where a person's windows begin, which is next, and when they were last seen."""

    person: int
    tracks: tuple[Track, ...]
    first_s: float
    first_row: int
    last_s: float = 0.0
    last_row: int = 0
    next_index: int = 0

    def next_row(self, clock: WindowSpec) -> int:
        return self.first_row + self.next_index * clock.hop

    def next_window(self, clock: WindowSpec) -> "_Window":
        """The next window, as far as the person was present."""
        row = self.next_row(clock)
        self.next_index += 1
        return _Window(self, row, min(row + clock.length - 1, self.last_row))

    def needed_s(self, clock: WindowSpec) -> float:
        """The earliest frame that the next window may need."""
        return max(self.first_s, self.next_row(clock) / clock.fps - MAX_STEP_S)


class _Window(NamedTuple):
    """A window from its first row to the last at which the person was present."""

    visit: _Visit
    row: int
    last_row: int


def _asked(
    model: SequenceModel, windows: Sequence[_Window], values: Float32Array | list[object], *, fps: float = 1.0
) -> ActionWindows:
    spec, clock = model.card.spec, model.card.clock
    return ActionWindows(
        np.asarray(values, dtype=np.float32).reshape(len(windows), clock.length, spec.width),
        np.array([one.visit.person for one in windows], dtype=np.int64),
        np.array([one.row for one in windows]) / fps,
        np.array([one.last_row for one in windows]) / fps,
        np.ones(len(windows)),
        np.array([one.visit.first_row for one in windows]) / fps,
    )


def _heard(window: _Window, place: int | None, answers: Answers) -> list[Change]:
    changes: list[Change] = []
    for track, answer in zip(window.visit.tracks, answers.tasks, strict=True):
        said = None if place is None else answer.said(place)
        changes += track.add(said, last_row=window.last_row)
    return changes
