"""Counts and scores the repetitions of a workout as they are done, with the faults seen in each."""

from dataclasses import dataclass, field

import numpy as np

from laban.tasks.coaching.exercise import Counting, Exercise
from laban.tasks.coaching.feedback import DoneRepetition, Hint
from laban.tasks.coaching.repetition_counter import LEAST_S, SHORT, Cycle, HysteresisCounter
from laban.tasks.comparison.sampling import SamplingWatch

BY_PHASE = Counting("phase", rest=0.2, turn=0.8)
"""How repetitions are counted where no measure is named: by progress through the reference, out and back."""


@dataclass
class _Open:
    """What was seen since the last rest."""

    scores: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    faults: dict[str, None] = field(default_factory=dict)


class RepetitionTracker:
    """Takes each instant's observation; returns the repetition that it finished and the hint about it.

    A cycle with a mean distance of more than ``away`` from the reference is another movement and does not count.
    """

    def __init__(self, exercise: Exercise, *, away: float) -> None:
        self._exercise, self._away = exercise, away
        by = exercise.counting or BY_PHASE
        self._counter, self._open = HysteresisCounter(by), _Open()
        self._sampling = SamplingWatch(least_s=LEAST_S, least_range=SHORT * abs(by.turn - by.rest))
        self.done: list[DoneRepetition] = []

    @property
    def at_rest(self) -> bool:
        return self._counter.at_rest

    @property
    def needed_fps(self) -> float | None:
        """The frame rate that a reliable count needs, where there were too few frames; else None."""
        starts_s, ends_s = (
            np.array([getattr(one, name) for one in self.done]) for name in ("start_s", "end_s")
        )
        return self._sampling.needed_fps(starts_s, ends_s)

    def interrupt(self) -> None:
        """Discards an unfinished repetition."""
        self._counter, self._open = HysteresisCounter(self._exercise.counting or BY_PHASE), _Open()

    def update(
        self, value: float, time_s: float, *, score: float, error: float, faults: tuple[str, ...]
    ) -> tuple[DoneRepetition | None, Hint | None]:
        """The repetition and hint that ``value`` of the counting measure finishes at ``time_s``."""
        self._sampling.update(value, time_s)
        cycle = self._counter.update(value, time_s)
        finished = self._finished(cycle, faults) if cycle is not None else (None, None)
        if self._counter.at_rest:
            self._open = _Open()
        self._open.scores.append(score)
        self._open.errors.append(error)
        self._open.faults.update(dict.fromkeys(faults))
        return finished

    def _finished(self, cycle: Cycle, faults: tuple[str, ...]) -> tuple[DoneRepetition | None, Hint | None]:
        if not _mean(self._open.errors) <= self._away:
            return None, None
        if cycle.kind == "short":
            return None, Hint("deeper")
        self._open.faults.update(dict.fromkeys(faults))
        done = DoneRepetition(
            cycle.start_s,
            cycle.turn_s,
            cycle.end_s,
            _mean(self._open.scores),
            cycle.range,
            tuple(self._open.faults),
        )
        self.done.append(done)
        return done, self._tempo_hint(done)

    def _tempo_hint(self, done: DoneRepetition) -> Hint | None:
        tempo = self._exercise.tempo
        if tempo is None:
            return None
        if done.out_s < tempo.out_s[0] or done.back_s < tempo.back_s[0]:
            return Hint("slower")
        return Hint("faster") if done.out_s > tempo.out_s[1] or done.back_s > tempo.back_s[1] else None


def _mean(values: list[float]) -> float:
    known = [one for one in values if np.isfinite(one)]
    return float(np.mean(known)) if known else float("nan")
