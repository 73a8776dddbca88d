"""From scores of windows to spans of time: a small state machine that receives window by window.

Windows overlap, and the score of an instant is the mean over the windows that cover it. The horizon is how long it
waits for further windows; nothing depends on later ones, so that a stream and a file give the same spans.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from laban.core.checks import in_range
from laban.core.clock import WindowSpec
from laban.core.spans import Span
from laban.errors import InvalidValueError
from laban.models.card import ModelCard, Task
from laban.tasks.action.answers import WindowScores
from laban.tasks.action.background import UNKNOWN, BackgroundSpans
from laban.tasks.action.open_span import Change, OpenSpan

__all__ = ["UNKNOWN", "ActionSettings", "Change", "HysteresisDetector", "Rules", "Track"]

_ENTER, _LEAVE, _COOL_DOWN_S = 0.6, 0.4, 2.0
_TOLERANCE_S = 1e-9


@dataclass(frozen=True)
class ActionSettings:
    """When an action begins and ends.

    For tasks with a background: an event begins where its probability reaches ``enter``, ends where it falls below
    ``leave``, is reported once it has lasted ``min_duration_s``, and is followed by ``cool_down_s`` without another
    report of the same event of the same person. For other tasks the best label holds. ``horizon_s`` is how long to
    wait for further windows that cover an instant. With ``all_labels`` the time between events is reported too, as
    background or unknown; the events are the same with and without it.

    None leaves a choice to the model's card, which may hold ``alarms``: a mapping from tasks to these names; and
    else to the defaults 0.6, 0.4, 0 s and 2 s; the horizon is none for events and all windows for other tasks.
    """

    enter: float | None = None
    leave: float | None = None
    min_duration_s: float | None = None
    cool_down_s: float | None = None
    horizon_s: float | None = None
    all_labels: bool = False

    def __post_init__(self) -> None:
        for name in ("enter", "leave"):
            if getattr(self, name) is not None:
                in_range(getattr(self, name), name=name, low=0.0, high=1.0)
        for name in ("min_duration_s", "cool_down_s", "horizon_s"):
            if getattr(self, name) is not None:
                in_range(getattr(self, name), name=name, low=0.0)
        if self.enter is not None and self.leave is not None and self.leave > self.enter:
            raise InvalidValueError(
                f"leave must not be above enter, or events would end at once; got {self.leave} and {self.enter}"
            )

    def rules(self, card: ModelCard, task: Task) -> "Rules":
        """The rules for one task of a model."""
        events = task.background is not None
        advised = _advised(card, task)

        def chosen(name: str, default: float) -> float:
            given = getattr(self, name)
            return float(given if given is not None else advised.get(name, default))

        enter = chosen("enter", _ENTER)
        return Rules(
            task=task,
            events=events,
            fills=events and self.all_labels,
            enter=enter,
            leave=min(enter, chosen("leave", _LEAVE)),
            min_duration_s=chosen("min_duration_s", 0.0),
            cool_down_s=chosen("cool_down_s", _COOL_DOWN_S),
            horizon_s=chosen("horizon_s", 0.0 if events else np.inf),
        )


class Rules(NamedTuple):
    """The complete settings of one task. With ``fills`` the time between events is reported too."""

    task: Task
    events: bool
    enter: float
    leave: float
    min_duration_s: float
    cool_down_s: float
    horizon_s: float
    fills: bool = False


class Track:
    """One person's visit under one task: from scores of windows to changes."""

    def __init__(self, rules: Rules, *, person: int | None, since_row: int, clock: WindowSpec) -> None:
        self._clock, self._since_row = clock, since_row
        self._covering = max(1, clock.length // clock.hop)
        waited = min(rules.horizon_s * clock.fps / clock.hop + 1e-6, self._covering - 1)
        self._waited = int(waited)
        self._said: dict[int, WindowScores | None] = {}
        self._next_window = self._next_step = 0
        self._last_row = since_row
        self._teller = HysteresisDetector(rules, person=person)

    def add(self, said: WindowScores | None, *, last_row: int) -> list[Change]:
        """Adds the next window, which ends with ``last_row``; None where too little of it was known."""
        self._said[self._next_window] = said
        self._last_row = last_row
        self._next_window += 1
        return self._tell(self._next_window + self._covering - 1 - self._waited)

    def close(self) -> list[Change]:
        """The remaining changes, once the person is gone."""
        stop = self._next_window + self._covering - 1 if self._next_window else 0
        return [*self._tell(stop), *self._teller.close()]

    def _tell(self, stop: int) -> list[Change]:
        changes: list[Change] = []
        while self._next_step < stop:
            changes += self._step(self._next_step)
            self._next_step += 1
            self._said.pop(self._next_step - self._covering, None)
        return changes

    def _step(self, step: int) -> list[Change]:
        """A step is the time between the ends of two windows; the first begins with the person."""
        hop, length = self._clock.hop, self._clock.length
        stop_row = self._since_row + length - (self._covering - 1 - step) * hop
        first = self._since_row + max(0, step - self._covering + 1) * hop
        start_row = max(first, stop_row - hop) if step else self._since_row
        stop_row = min(stop_row, self._last_row + 1)
        if stop_row <= start_row:
            return []
        fps = self._clock.fps
        return self._teller.add(start_row / fps, stop_row / fps, self._mean(step))

    def _mean(self, step: int) -> WindowScores | None:
        """The mean over the windows that cover a step and end within the horizon."""
        low = max(0, step - self._covering + 1)
        high = min(max(0, step - self._covering + 1 + self._waited), self._next_window - 1)
        said = [one for index in range(low, high + 1) if (one := self._said.get(index)) is not None]
        if not said:
            return None
        known = sum(one.known for one in said)
        return WindowScores(np.mean([one.probabilities for one in said], axis=0), 2 * known >= len(said))


class HysteresisDetector:
    """Spans of one person, or with None of the whole scene, under one task from the scores of steps, in order of
    time."""

    def __init__(self, rules: Rules, *, person: int | None) -> None:
        self._rules, self._person = rules, person
        self._open: OpenSpan | None = None
        self._quiet_until_s: dict[str, float] = {}
        self._between = BackgroundSpans(rules.task, person=person) if rules.fills else None

    def add(self, start_s: float, end_s: float, said: WindowScores | None) -> list[Change]:
        """The spans that begin or end with this step."""
        changes = self._event(start_s, end_s, said)
        if self._between is None:
            return changes
        ended, begun = ([one for one in changes if one.kind == kind] for kind in ("end", "begin"))
        return [*ended, *self._between.add(start_s, end_s, said, event=self._open), *begun]

    def close(self) -> list[Change]:
        """Ends the open span."""
        event = self._open
        ended = self._ended()
        return [*ended, *(self._between.close(event=event) if self._between is not None else ())]

    def _event(self, start_s: float, end_s: float, said: WindowScores | None) -> list[Change]:
        changes: list[Change] = []
        score = self._score_of_open(said)
        if self._open is not None and score is None:
            changes += self._ended()
        elif self._open is not None and score is not None:
            self._open.extend(end_s, score)
        if self._open is None and said is not None:
            self._open = self._opened(start_s, end_s, said)
        return [*changes, *self._confirmed()]

    def _ended(self) -> list[Change]:
        ended, self._open = self._open, None
        if ended is None or not ended.told:
            return []
        self._quiet_until_s[ended.label] = ended.end_s + self._rules.cool_down_s
        return [Change("end", self._span(ended))]

    def _score_of_open(self, said: WindowScores | None) -> float | None:
        """The probability of the open span where it goes on, else None."""
        if self._open is None or said is None:
            return None
        if not self._rules.events:
            label, score = self._best(said)
            return score if label == self._open.label else None
        score = float(said.probabilities[self._rules.task.index(self._open.label)])
        return score if score >= self._rules.leave else None

    def _opened(self, start_s: float, end_s: float, said: WindowScores) -> OpenSpan | None:
        label, score = self._best(said)
        if self._rules.events:
            quiet = start_s < self._quiet_until_s.get(label, -np.inf) - _TOLERANCE_S
            if not said.known or score < self._rules.enter or quiet:
                return None
        return OpenSpan(label, start_s, end_s, score)

    def _best(self, said: WindowScores) -> tuple[str, float]:
        """The best label, among events only where there is a background; unknown for an unknown window."""
        task, probabilities = self._rules.task, said.probabilities.copy()
        if self._rules.events and task.background is not None:
            probabilities[task.index(task.background)] = -1.0
        best = int(probabilities.argmax())
        score = float(probabilities[best])
        return (task.labels[best] if said.known or self._rules.events else UNKNOWN), score

    def _confirmed(self) -> Iterator[Change]:
        one = self._open
        if one is None or one.told:
            return
        needed_s = self._rules.min_duration_s if self._rules.events else 0.0
        if one.end_s - one.start_s >= needed_s - _TOLERANCE_S:
            one.told = True
            yield Change("begin", self._span(one))

    def _span(self, one: OpenSpan) -> Span:
        return one.span(person=self._person, task=self._rules.task.name)


def _advised(card: ModelCard, task: Task) -> Mapping[str, float]:
    alarms = card.about.get("alarms", {})
    advised = alarms.get(task.name, {}) if isinstance(alarms, Mapping) else {}
    return advised if isinstance(advised, Mapping) else {}
