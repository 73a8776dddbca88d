"""Chooses the cycles of a movement that are its repetitions: those of the best curve, or finer ones within them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from laban.core.arrays import IntArray
from laban.tasks.comparison.cycles import PLACE_WEIGHT, Cycles, cycles_in
from laban.tasks.comparison.measures import Measures
from laban.tasks.comparison.principal_curve import Place, Signal
from laban.tasks.comparison.settings import RepetitionSettings

_NEARLY = 0.85  # of the best curve's worth: among such curves the one with the most cycles is taken
_FINER_WORTH = 0.35  # of the best curve's worth: such a curve may hold the repetitions ...
_FINER_STEADINESS = 0.6  # ... if it repeats this steadily ...
_FINER_TIMES = 1.8  # ... and this many times as often
_FINER_LEAST = 4
_LOWER_TURN = 0.6  # of the usual least way: the jumps of one person are not equally high
_PLACE_ALONE = 8.0  # times the weight of the shape: a jump is one however arms and legs are held
_AS_STEADY = 0.05
_LEAST_OF_ONE = 0.03  # of the largest curve's variance: a single cycle with less is not counted


@dataclass(frozen=True, eq=False)
class Found:
    """(S, 3) begin, turn and end rows, and the place in which they were found, unless found in the shape."""

    rows: IntArray
    place: Place | None


def finest_cycles(measures: Measures, signals: Sequence[Signal], settings: RepetitionSettings) -> Found:
    """The cycles of the curve that explains most of the movement, or finer ones in another.

    A person who skips and drifts, or a clip played in a loop, has a slow cycle and a fast one; the fast one is
    counted where it explains enough of the movement and repeats steadily.
    """
    found = [(_or_lower(measures, signal, settings, PLACE_WEIGHT), signal) for signal in signals]
    most = max(cycles.worth for cycles, _ in found)
    near = [one for one in found if one[0].worth >= _NEARLY * most]
    best = max(near, key=_order)
    alone = [
        (_or_lower(measures, signal, settings, _PLACE_ALONE), signal) for signal in signals if signal.is_place
    ]
    least = max(_FINER_TIMES * len(best[0]), _FINER_LEAST)
    finer = [
        one
        for one in [*found, *alone]
        if len(one[0]) >= least
        and one[0].worth >= _FINER_WORTH * most
        and one[0].steadiness >= _FINER_STEADINESS
    ]
    cycles, signal = max(finer, key=_order) if finer else best
    if len(cycles) == 1 and signal.variance < _LEAST_OF_ONE * max(one.variance for one in signals):
        return Found(cycles.rows[:0], signal.place)
    return Found(cycles.rows, signal.place)


def _order(one: tuple[Cycles, Signal]) -> tuple[int, float]:
    return len(one[0]), one[0].worth


def _or_lower(
    measures: Measures, signal: Signal, settings: RepetitionSettings, place_weight: float
) -> Cycles:
    """The cycles in a curve; of the body's place also lower ones, where they repeat as steadily."""
    usual = cycles_in(measures, signal, settings, place_weight=place_weight)
    if not signal.is_place or len(usual) < 2:
        return usual
    easier = replace(settings, turn=max(settings.turn * _LOWER_TURN, 0.1))
    lower = cycles_in(measures, signal, easier, place_weight=place_weight)
    more = len(lower) > len(usual) and lower.steadiness >= usual.steadiness - _AS_STEADY
    return lower if more else usual
