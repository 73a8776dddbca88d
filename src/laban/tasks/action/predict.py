"""What everybody in a recording does, and when, as a model sees it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import IntArray
from laban.core.clock import WholeClip, WindowSpec
from laban.core.sequence import Recording
from laban.core.spans import Span, Timeline
from laban.models.card import ModelCard
from laban.models.protocol import SequenceModel
from laban.tasks.action.answers import Answers, answers_for
from laban.tasks.action.timeline import ActionSettings, Change, Rules, Teller, Track
from laban.tasks.action.windows import windows_of


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a model says of a recording: of every window, and the spans that come of it.

    Each span of ``timeline`` names its task, its person and its label, ``unknown`` where the model does not know;
    of tasks with a background it holds the events only, unless all labels were asked for.
    """

    card: ModelCard
    answers: Answers
    timeline: Timeline


def predict(
    model: SequenceModel, recording: Recording, *, settings: ActionSettings | None = None
) -> Predictions:
    """What everybody in ``recording`` does; ``ActionWatcher`` says the same of a stream.

    Raises InvalidValueError where the recording cannot serve the model, with the reason.
    """
    card, chosen = model.card, settings or ActionSettings()
    answers = answers_for(model, windows_of(recording, spec=card.spec, clock=card.clock))
    changes = (
        change
        for index, task in enumerate(card.tasks)
        for change in _changes(answers, index, chosen.rules(card, task), card)
    )
    return Predictions(card, answers, Timeline(tuple(ended(changes))))


def ended(changes: Iterator[Change] | list[Change]) -> Iterator[Span]:
    """The spans that are whole."""
    return (change.span for change in changes if change.kind == "end")


def _changes(answers: Answers, task: int, rules: Rules, card: ModelCard) -> Iterator[Change]:
    for rows in _visits(answers):
        if isinstance(card.clock, WholeClip):
            yield from _told_at_once(answers, task, rules, rows)
        else:
            yield from _told_by_windows(answers, task, rules, rows, card.clock)


def _visits(answers: Answers) -> Iterator[IntArray]:
    """The rows of each person's windows, visit by visit."""
    visits = sorted(set(zip(answers.person.tolist(), answers.since_s.tolist(), strict=True)))
    for person, since_s in visits:
        yield np.flatnonzero((answers.person == person) & (answers.since_s == since_s))


def _told_at_once(answers: Answers, task: int, rules: Rules, rows: IntArray) -> Iterator[Change]:
    for row in rows:
        teller = Teller(rules, person=int(answers.person[row]))
        said = answers.tasks[task].said(row)
        yield from teller.add(float(answers.start_s[row]), float(answers.end_s[row]), said)
        yield from teller.close()


def _told_by_windows(
    answers: Answers, task: int, rules: Rules, rows: IntArray, clock: WindowSpec
) -> Iterator[Change]:
    first, last = (np.rint(one[rows] * clock.fps).astype(int) for one in (answers.start_s, answers.end_s))
    since = round(answers.since_s[rows[0]] * clock.fps)
    track = Track(rules, person=int(answers.person[rows[0]]), since_row=since, clock=clock)
    by_index = {int(index): place for place, index in enumerate((first - since) // clock.hop)}
    for index in range(max(by_index) + 1):
        place = by_index.get(index)
        said = None if place is None else answers.tasks[task].said(rows[place])
        last_row = since + index * clock.hop + clock.length - 1 if place is None else int(last[place])
        yield from track.add(said, last_row=last_row)
    yield from track.close()
