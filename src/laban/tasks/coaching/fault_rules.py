"""The rules for faults, watched: which are broken now, and have been for a moment."""

import numpy as np

from laban.tasks.coaching.exercise import Fault
from laban.tasks.coaching.observation import Sight, Target
from laban.tasks.coaching.smoothing import Lasting

_BROKEN_S = 0.15
_NEAR = 0.12  # of a repetition, round its ends and its turn


class RuleWatch:
    """Watches the rules of an exercise, each in its part of the movement and from the view that shows it."""

    def __init__(self, rules: tuple[Fault, ...]) -> None:
        self._rules, self._broken = rules, Lasting(len(rules))

    def update(
        self, sight: Sight, target: Target, phase: float, time_s: float, *, resting: bool
    ) -> tuple[str, ...]:
        """The names of the rules that have been broken for a moment at ``time_s``; of somebody who rests between
        repetitions, only those about how one begins."""
        values = [float(sight.values[0, target.columns.index(target.column(rule))]) for rule in self._rules]
        broken = [
            (rule.when == "start" or not resting)
            and _is_broken(rule, value)
            and sight.shows(rule.view)
            and _is_part(rule, phase, target)
            for rule, value in zip(self._rules, values, strict=True)
        ]
        lasting = self._broken.update(np.array(broken, dtype=bool), time_s)
        return tuple(
            rule.name for rule, since_s in zip(self._rules, lasting, strict=True) if since_s >= _BROKEN_S
        )


def _is_broken(rule: Fault, value: float) -> bool:
    return (rule.above is not None and value > rule.above) or (rule.below is not None and value < rule.below)


def _is_part(rule: Fault, phase: float, target: Target) -> bool:
    """Whether a rule is about the part of the movement that ``phase`` is in."""
    if rule.when == "always" or not np.isfinite(phase):
        return True
    turn = target.turn / (len(target.measures) - 1)
    parts = {
        "start": phase < _NEAR or phase > 1 - _NEAR,
        "turn": abs(phase - turn) < _NEAR,
        "out": phase < turn,
        "back": phase > turn,
    }
    return parts[rule.when]
