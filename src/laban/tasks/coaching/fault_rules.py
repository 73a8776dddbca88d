"""Follows the rules for faults: which have been broken for a moment by now."""

import numpy as np

from laban.tasks.coaching.exercise import Fault
from laban.tasks.coaching.observation import Observation, Target
from laban.tasks.coaching.smoothing import ConditionTimer

_BROKEN_S = 0.15
_NEAR = 0.12  # of a repetition, around its ends and its turn


class RuleWatch:
    """Applies the rules of an exercise, each in its part of the movement and in the view that shows it."""

    def __init__(self, rules: tuple[Fault, ...]) -> None:
        self._rules, self._broken = rules, ConditionTimer(len(rules))

    def update(
        self, sight: Observation, target: Target, phase: float, time_s: float, *, resting: bool
    ) -> tuple[str, ...]:
        """The names of the rules that have been broken for a moment at ``time_s``; at rest between repetitions only
        those about the beginning."""
        if not self._rules:
            return ()
        values, broken = sight.values[0].tolist(), np.zeros(len(self._rules), dtype=bool)
        for index, (rule, column) in enumerate(zip(self._rules, target.rule_columns, strict=True)):
            value = values[column]
            beyond = (rule.above is not None and value > rule.above) or (
                rule.below is not None and value < rule.below
            )
            if beyond and (rule.when == "start" or not resting):
                broken[index] = sight.shows(rule.view) and _is_part(rule, phase, target)
        lasting = self._broken.update(broken, time_s).tolist()
        names = [
            rule.name for rule, since_s in zip(self._rules, lasting, strict=True) if since_s >= _BROKEN_S
        ]
        return tuple(names)


def _is_part(rule: Fault, phase: float, target: Target) -> bool:
    """Whether a rule applies to the part of the movement that ``phase`` is in."""
    if rule.when == "always" or not np.isfinite(phase):
        return True
    turn = target.turn / target.last_row
    parts = {
        "start": phase < _NEAR or phase > 1 - _NEAR,
        "turn": abs(phase - turn) < _NEAR,
        "out": phase < turn,
        "back": phase > turn,
    }
    return parts[rule.when]
