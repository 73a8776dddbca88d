"""Ways out and back again in a movement: where each begins, turns and ends, and how like the others it is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.features.angles import MAIN_ANGLES
from laban.features.turns import pivots, robust_range
from laban.tasks.coaching.measures import Measures
from laban.tasks.coaching.movement_measures import features_of, ranges_deg, reach_torso
from laban.tasks.coaching.settings import RepetitionSettings
from laban.tasks.coaching.turning import (
    Signal,
    filled_column,
    filled_columns,
    main_signals,
    place_signals,
    smoothed,
)

PHASES = 60
"""Instants of a repetition, half of them on the way out and half on the way back, at which it is compared."""

LEAST_KNOWN = 0.6
"""The share of a repetition at which what is told of it must have been seen."""

AT_REST = 0.1
"""Of a repetition's height: so near to its ends it has not begun, or is over."""

_CURVES = 3
_LEAST_LIKENESS = 0.5
_ONCE = 0.2


@dataclass(frozen=True, eq=False)
class Swings:
    """(S, 3) begin, turn and end rows of swings, and what the curve they were found in is worth."""

    rows: IntArray
    worth: float


def signals_of(
    measures: Measures, place_torso: Float64Array, settings: RepetitionSettings
) -> Sequence[Signal]:
    """The curves in which swings are looked for: of the whole body and where it is, or of the one angle that was
    named."""
    if settings.joint is None:
        places = place_signals(place_torso, least_torso=settings.min_range_torso)
        return [*main_signals(measures, count=_CURVES), *places]
    column = measures.angles_deg[:, MAIN_ANGLES.index(settings.joint)]
    return [Signal(smoothed(filled_column(column), measures.times_s), np.isfinite(column))]


def swings_in(measures: Measures, signal: Signal, settings: RepetitionSettings) -> Swings:
    """The swings in one curve: from rest to a turn and back, far enough, long enough, seen, and like each other.

    ``worth`` tells how much of the movement the curve holds times how steadily it repeats, in shape and in time.
    """
    if settings.low_deg is not None and settings.high_deg is not None:
        turns = _crossings(signal.values, settings.low_deg, settings.high_deg)
    else:
        turns = pivots(signal.values, least=settings.turn * max(robust_range(signal.values), 1e-9))
    sides = [_tight(_from(turns, side), signal.values) for side in (0, 1)]
    kept = [_plausible(rows, measures, signal, settings) for rows in sides]
    best = max(kept, key=lambda rows: (len(rows), _rested(rows, signal.values)))
    likeness = _likeness(best, _judged_by(measures, signal))
    alike = best[likeness >= _LEAST_LIKENESS]
    if not len(alike):
        # What is like nothing else was done once: the way out and back that goes farthest.
        alike = best[np.argsort(-_heights(best, signal.values), kind="stable")[:1]]
    return Swings(alike, signal.variance * _steadiness(alike, likeness))


def _steadiness(rows: IntArray, likeness: Float64Array) -> float:
    """How alike and how evenly long, 0 to 1; little for a single one, which cannot be like another."""
    if len(rows) < 2:
        return _ONCE * len(rows)
    lasting = (rows[:, 2] - rows[:, 0]).astype(np.float64)
    return float(max(likeness.mean(), 0.0) * max(1 - lasting.std() / lasting.mean(), 0.0))


def _crossings(values: Float64Array, low: float, high: float) -> IntArray:
    """The extreme rows of the stretches beyond either threshold, in turn (hysteresis by two thresholds)."""
    beyond = np.where(values <= low, -1, np.where(values >= high, 1, 0))
    rows = np.flatnonzero(beyond)
    if not len(rows):
        return np.zeros(0, dtype=np.int64)
    cuts = np.flatnonzero(np.diff(beyond[rows])) + 1
    extremes = [run[np.argmax(values[run] * beyond[run[0]])] for run in np.split(rows, cuts)]
    return np.array(extremes, dtype=np.int64)


def _from(turns: IntArray, side: int) -> IntArray:
    """(S, 3) every swing that begins at the turns of one side: from one to the next by the one between."""
    starts = np.arange(side, len(turns) - 2, 2)
    return np.stack([turns[starts], turns[starts + 1], turns[starts + 2]], axis=1)


def _tight(rows: IntArray, values: Float64Array) -> IntArray:
    """Without the rest before and after: a swing begins when it leaves rest and is over when it is back."""
    out = rows.copy()
    for index, (start, turn, end) in enumerate(rows.tolist()):
        away = np.abs(values - values[turn])
        before = np.flatnonzero(away[start:turn] >= (1 - AT_REST) * away[start])
        after = np.flatnonzero(away[turn : end + 1] >= (1 - AT_REST) * away[end])
        out[index] = start + before[-1], turn, turn + after[0]
    return out


def _plausible(rows: IntArray, measures: Measures, signal: Signal, settings: RepetitionSettings) -> IntArray:
    """The swings that last as long as one may, go far enough, and were seen."""
    keep = [
        settings.min_s <= measures.times_s[end] - measures.times_s[start] <= settings.max_s
        and signal.known[start : end + 1].mean() >= LEAST_KNOWN
        and (signal.is_place or _far_enough(measures.rows(slice(start, end + 1)), settings))
        for start, _, end in rows.tolist()
    ]
    return rows[np.array(keep, dtype=bool)] if len(rows) else rows


def _far_enough(part: Measures, settings: RepetitionSettings) -> bool:
    widest = np.nan_to_num(ranges_deg(part)).max(initial=0.0)
    return bool(widest >= settings.min_range_deg or reach_torso(part) >= settings.min_range_torso)


def _rested(rows: IntArray, values: Float64Array) -> float:
    """How near, on the whole, the curve is to where these swings begin and end: at rest one stays longer."""
    if not len(rows):
        return 0.0
    rest, turn = float(np.median(values[rows[:, [0, 2]]])), float(np.median(values[rows[:, 1]]))
    return 1 - abs(float(np.median(values)) - rest) / max(abs(turn - rest), 1e-9)


def _heights(rows: IntArray, values: Float64Array) -> Float64Array:
    """(S,) how far each swing goes: the smaller of its two ways."""
    ways = np.abs(values[rows[:, [0, 2]]] - values[rows[:, [1]]])
    return np.asarray(ways.min(axis=1))


def _judged_by(measures: Measures, signal: Signal) -> Float64Array:
    """(T, F) the features in which swings are compared: those of the body's shape, and its place if that is it."""
    shape = filled_columns(features_of(measures))
    return np.column_stack([shape, signal.values]) if signal.is_place else shape


def _likeness(rows: IntArray, filled: Float64Array) -> Float64Array:
    """(S,) the correlation of each swing with the median of the others, in features (T, F); 1 for a single one."""
    if len(rows) < 2:
        return np.ones(len(rows))
    curves = np.stack([filled[phase_rows(*swing)] for swing in rows.tolist()])
    curves = (curves - curves.mean(axis=1, keepdims=True)).reshape(len(rows), -1)
    others = np.stack([np.median(np.delete(curves, index, axis=0), axis=0) for index in range(len(rows))])
    lengths = np.linalg.norm(curves, axis=1) * np.linalg.norm(others, axis=1)
    return np.asarray((curves * others).sum(axis=1) / np.maximum(lengths, 1e-12))


def phase_rows(start: int, turn: int, end: int) -> IntArray:
    """(PHASES,) rows at even shares of the way out and of the way back."""
    half = PHASES // 2
    way = np.concatenate([np.linspace(start, turn, half), np.linspace(turn, end, half)])
    return np.asarray(np.rint(way), dtype=np.int64)
