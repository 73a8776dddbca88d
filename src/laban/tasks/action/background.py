"""Spans between the events of one person: the background of a task, on request.

The events themselves are decided without it, so that asking for all labels adds spans and moves none.
"""

from typing import NamedTuple

from laban.models.card import Task
from laban.tasks.action.answers import WindowScores
from laban.tasks.action.open_span import Change, OpenSpan

UNKNOWN = "unknown"
"""The label of windows that a model does not know."""


class _Step(NamedTuple):
    start_s: float
    end_s: float
    said: WindowScores


class BackgroundSpans:
    """Receives the same steps as the events, and the event that is open after each of them."""

    def __init__(self, task: Task, *, person: int | None) -> None:
        self._task, self._person = task, person
        self._open: OpenSpan | None = None
        self._held: list[_Step] = []

    def add(
        self, start_s: float, end_s: float, said: WindowScores | None, *, event: OpenSpan | None
    ) -> list[Change]:
        """The changes. Steps of an unconfirmed event are held back until it is decided."""
        if event is not None and event.told:
            self._held.clear()
            return self._ended()
        if said is not None and event is not None:
            return self._hold(_Step(start_s, end_s, said), event)
        changes = self._released()
        if said is None:
            return [*changes, *self._ended()]
        return [*changes, *self._taken(_Step(start_s, end_s, said))]

    def close(self, *, event: OpenSpan | None) -> list[Change]:
        """Ends the open span; the steps of an event that was never confirmed are background."""
        if event is not None and event.told:
            self._held.clear()
        return [*self._released(), *self._ended()]

    def _hold(self, step: _Step, event: OpenSpan) -> list[Change]:
        dropped = (
            event.start_s >= step.start_s
        )  # an event begins here, so that any before it was not confirmed
        changes = self._released() if dropped else []
        self._held.append(step)
        return changes

    def _released(self) -> list[Change]:
        held, self._held = self._held, []
        return [change for step in held for change in self._taken(step)]

    def _taken(self, step: _Step) -> list[Change]:
        label, score = self._label(step.said)
        if self._open is not None and self._open.label == label:
            self._open.extend(step.end_s, score)
            return []
        changes = self._ended()
        self._open = OpenSpan(label, step.start_s, step.end_s, score, told=True)
        return [*changes, self._change("begin", self._open)]

    def _label(self, said: WindowScores) -> tuple[str, float]:
        background = self._task.background or UNKNOWN
        if not said.known:
            return UNKNOWN, float(said.probabilities.max())
        return background, float(said.probabilities[self._task.index(background)])

    def _ended(self) -> list[Change]:
        ended, self._open = self._open, None
        return [] if ended is None else [self._change("end", ended)]

    def _change(self, kind: str, one: OpenSpan) -> Change:
        span = one.span(person=self._person, task=self._task.name)
        return Change("begin" if kind == "begin" else "end", span)
