"""Predicts what everybody in a recording does, and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.core.clock import WholeClip, WindowSpec
from laban.core.sequence import Recording
from laban.core.spans import Span, Timeline
from laban.models.card import ModelCard
from laban.models.protocol import SequenceModel
from laban.tasks.action.answers import Answers, Reader
from laban.tasks.action.frame_rates import frame_rate_warnings
from laban.tasks.action.timeline import ActionSettings, Change, HysteresisDetector, Rules, Track
from laban.tasks.action.windows import MAX_ABSENCE_S, closed_s, grid_row_until, windows_of

_TOLERANCE_S = 1e-9


@dataclass(frozen=True, eq=False)
class Predictions:
    """A model's predictions for a recording: scores of every window, and the resulting spans.

    Each span of ``timeline`` names its task, its person and its label, ``unknown`` where the model does not know;
    of tasks with a background it holds the events only, unless all labels were asked for. ``raised_s`` is, for each
    span, when a stream would have reported that it began. ``warnings`` say where the frame rate is too low.
    """

    card: ModelCard
    answers: Answers
    timeline: Timeline
    raised_s: tuple[float, ...]
    warnings: tuple[str, ...] = ()


def predict_recording(
    model: SequenceModel, recording: Recording, *, settings: ActionSettings | None = None
) -> Predictions:
    """What everybody in ``recording`` does; ``ActionWatcher`` gives the same for a stream.

    Raises InvalidValueError where the recording cannot serve the model, with the reason.
    """
    card, chosen = model.card, settings or ActionSettings()
    answers = Reader(model).answers(windows_of(recording, spec=card.spec, clock=card.clock))
    timed = [
        one
        for index, task in enumerate(card.tasks)
        for one in _changes(answers, index, chosen.rules(card, task), card, recording)
    ]
    timeline = Timeline(tuple(change.span for _, change in timed if change.kind == "end"))
    begun_s = {_name(change.span): time_s for time_s, change in timed if change.kind == "begin"}
    warnings = frame_rate_warnings(card, recording.times_s)
    return Predictions(card, answers, timeline, tuple(begun_s[_name(span)] for span in timeline), warnings)


TimedChange = tuple[float, Change]
"""When a stream would report a change, and the change."""


def _name(span: Span) -> tuple[str, int | None, float]:
    """Identifies a span from its beginning to its end."""
    return span.task, span.person, span.start_s


def _changes(
    answers: Answers, task: int, rules: Rules, card: ModelCard, recording: Recording
) -> Iterator[TimedChange]:
    for rows in _visits(answers):
        if isinstance(card.clock, WholeClip):
            yield from _changes_at_once(answers, task, rules, rows, ends_s=float(recording.times_s[-1]))
        else:
            one = recording.people[int(answers.person[rows[0]])]
            moments = _Moments(one.times_s[one.seen], recording.times_s)
            yield from _changes_by_windows(answers, task, rules, rows, card.clock, moments)


def _visits(answers: Answers) -> Iterator[IntArray]:
    """The rows of each person's windows, per visit."""
    visits = sorted(set(zip(answers.person.tolist(), answers.since_s.tolist(), strict=True)))
    for person, since_s in visits:
        yield np.flatnonzero((answers.person == person) & (answers.since_s == since_s))


def _changes_at_once(
    answers: Answers, task: int, rules: Rules, rows: IntArray, *, ends_s: float
) -> Iterator[TimedChange]:
    for row in rows:
        teller = HysteresisDetector(rules, person=int(answers.person[row]))
        said = answers.tasks[task].said(row)
        changes = teller.add(float(answers.start_s[row]), float(answers.end_s[row]), said)
        yield from ((ends_s, change) for change in [*changes, *teller.close()])


class _Moments(NamedTuple):
    """What a stream knows of one person, and when: the times of their sightings, and those of all frames."""

    seen_s: Float64Array
    frames_s: Float64Array

    def learnt_s(self, time_s: float) -> float:
        """The next sighting at or after ``time_s``."""
        return float(self.seen_s[np.searchsorted(self.seen_s, time_s - _TOLERANCE_S)])

    def last_s(self, time_s: float) -> float:
        """The last sighting, of a person present at ``time_s``, before they are away for too long."""
        later = self.seen_s[np.searchsorted(self.seen_s, time_s - _TOLERANCE_S) :]
        away = np.flatnonzero(np.diff(later) > MAX_ABSENCE_S)
        return float(later[away[0]] if len(away) else later[-1])

    def left_s(self, time_s: float) -> float:
        """When a person present at ``time_s`` is given up: after too long an absence, or at the end."""
        return closed_s(self.frames_s, self.last_s(time_s))


def _changes_by_windows(
    answers: Answers, task: int, rules: Rules, rows: IntArray, clock: WindowSpec, moments: _Moments
) -> Iterator[TimedChange]:
    first, last = (np.rint(one[rows] * clock.fps).astype(int) for one in (answers.start_s, answers.end_s))
    since = round(answers.since_s[rows[0]] * clock.fps)
    track = Track(rules, person=int(answers.person[rows[0]]), since_row=since, clock=clock)
    left_s = moments.left_s(float(answers.end_s[rows[-1]]))
    until = grid_row_until(moments.last_s(float(answers.end_s[rows[-1]])), fps=clock.fps)
    by_index = {int(index): place for place, index in enumerate((first - since) // clock.hop)}
    for index in range(max(1, clock.count(until - since + 1))):
        place = by_index.get(index)
        whole_row = since + index * clock.hop + clock.length - 1
        said = None if place is None else answers.tasks[task].said(rows[place])
        last_row = whole_row if place is None else int(last[place])
        time_s = moments.learnt_s(last_row / clock.fps) if last_row == whole_row else left_s
        yield from ((time_s, change) for change in track.add(said, last_row=last_row))
    yield from ((left_s, change) for change in track.close())
