"""Cycles out and back in a movement: where each begins, turns and ends, and its similarity to the others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.features.angles import MAIN_ANGLES
from laban.features.extrema import pivots, robust_range
from laban.tasks.comparison.main_joints import LAST_SEGMENTS
from laban.tasks.comparison.measures import Measures
from laban.tasks.comparison.preprocess import (
    features_of,
    filled_column,
    filled_columns,
    ranges_deg,
    reaches_torso,
    smoothed_over,
)
from laban.tasks.comparison.principal_curve import (
    Signal,
    main_signals,
    place_signals,
    smoothed,
)
from laban.tasks.comparison.settings import RepetitionSettings

PHASES = 60
"""Instants of a repetition, half of them on the way out and half on the way back, at which it is compared."""

LEAST_KNOWN = 0.6
"""The share of a repetition at which its curve must have been seen."""

AT_REST = 0.1
"""The share of a repetition's height within which it has not begun, or is over."""

PLACE_WEIGHT = 2.0  # of the body's place relative to its shape, where cycles of the place are compared
_CURVES = 3
_LEAST_SIMILARITY = 0.5
_NOISE_SHARE = 0.25  # of a cycle, over which noise is averaged
_ONCE = 0.2
_FEW_TURNS = 4
_LEAST_RETURN = 0.6  # of the way out, where the clip ends before the way back does
_EDGE_ROWS = 3
_CLEAR = 1.5


@dataclass(frozen=True, eq=False)
class Cycles:
    """(S, 3) begin, turn and end rows of cycles, how steadily they repeat (0 to 1), and the worth of the curve
    they were found in."""

    rows: IntArray
    steadiness: float
    worth: float

    def __len__(self) -> int:
        return len(self.rows)


def signals_of(
    measures: Measures, place_torso: Float64Array, settings: RepetitionSettings
) -> Sequence[Signal]:
    """The curves in which cycles are looked for: of the whole body and where it is, or of the one angle that was
    named."""
    if settings.joint is None:
        places = place_signals(place_torso, least_torso=settings.min_range_torso)
        return [*main_signals(measures, count=_CURVES), *places]
    column = measures.angles_deg[:, MAIN_ANGLES.index(settings.joint)]
    return [Signal(smoothed(filled_column(column), measures.times_s), np.isfinite(column))]


def cycles_in(
    measures: Measures, signal: Signal, settings: RepetitionSettings, *, place_weight: float = PLACE_WEIGHT
) -> Cycles:
    """The cycles in one curve: from rest to a turn and back, far enough, long enough, seen, and like each other;
    in that comparison the place of the body counts ``place_weight`` times as much as its shape.

    ``worth`` tells how much of the movement the curve holds times how steadily it repeats, in shape and in time.
    """
    if settings.low_deg is not None and settings.high_deg is not None:
        turns = _crossings(signal.values, settings.low_deg, settings.high_deg)
    else:
        turns = pivots(
            signal.values, least=settings.turn * max(_widest(signal.values, measures, settings), 1e-9)
        )
    sides = [_from(turns, side) for side in (0, 1)]
    kept = [_plausible(rows, measures, signal, settings) for rows in sides]
    compared = _compared_features(measures, signal, place_weight)
    kept = [_coming_back(rows, signal, compared) for rows in kept]
    groups = [_alike(rows, compared, signal.values) for rows in kept]
    alike, similarity = max(groups, key=lambda one: (len(one[0]), _rested(one[0], signal.values)))
    if len(alike) == 1 and len(turns) > _FEW_TURNS and not signal.is_place:
        # A single one among many turns of its height may be noise, so it has to go farther.
        clear = replace(settings, min_range_deg=min(settings.min_range_deg * _CLEAR, 180.0))
        alike = _plausible(alike, measures, signal, clear)
    steadiness = _steadiness(alike, similarity)
    return Cycles(alike, steadiness, signal.variance * steadiness)


def _steadiness(rows: IntArray, similarity: Float64Array) -> float:
    """Similarity and evenness of duration, 0 to 1; low for a single cycle, which has none to resemble."""
    if len(rows) < 2:
        return _ONCE * len(rows)
    lasting = (rows[:, 2] - rows[:, 0]).astype(np.float64)
    return float(max(similarity.mean(), 0.0) * max(1 - lasting.std() / lasting.mean(), 0.0))


def _crossings(values: Float64Array, low: float, high: float) -> IntArray:
    """The extreme rows of the stretches beyond either threshold, alternating (hysteresis by two thresholds)."""
    beyond = np.where(values <= low, -1, np.where(values >= high, 1, 0))
    rows = np.flatnonzero(beyond)
    if not len(rows):
        return np.zeros(0, dtype=np.int64)
    cuts = np.flatnonzero(np.diff(beyond[rows])) + 1
    extremes = [run[np.argmax(values[run] * beyond[run[0]])] for run in np.split(rows, cuts)]
    return np.array(extremes, dtype=np.int64)


def _from(turns: IntArray, side: int) -> IntArray:
    """(S, 3) every cycle that begins at the turns of one side: from one to the next by the one between."""
    starts = np.arange(side, len(turns) - 2, 2)
    return np.stack([turns[starts], turns[starts + 1], turns[starts + 2]], axis=1)


def _tight(rows: IntArray, values: Float64Array) -> IntArray:
    """Without the rest before and after: a cycle begins when it leaves rest and is over when it is back."""
    out = rows.copy()
    for index, (start, turn, end) in enumerate(rows.tolist()):
        away = np.abs(values - values[turn])
        before = np.flatnonzero(away[start:turn] >= (1 - AT_REST) * away[start])
        after = np.flatnonzero(away[turn : end + 1] >= (1 - AT_REST) * away[end])
        out[index] = start + before[-1], turn, turn + after[0]
    return out


def _plausible(rows: IntArray, measures: Measures, signal: Signal, settings: RepetitionSettings) -> IntArray:
    """The cycles that last within the limits, go far enough, and were seen."""
    tight = _tight(rows, signal.values)
    at_s = measures.times_s
    keep = [
        # From turn to turn for the minimum: half of a fast cycle is shorter than the whole.
        at_s[until] - at_s[since] >= settings.min_s
        and at_s[end] - at_s[start] <= settings.max_s
        and signal.known[start : end + 1].mean() >= LEAST_KNOWN
        and (signal.is_place or _far_enough(measures.rows(_with_ends(start, end)), settings))
        for (start, _, end), (since, _, until) in zip(tight.tolist(), rows.tolist(), strict=True)
    ]
    return tight[np.array(keep, dtype=bool)] if len(rows) else rows


def _with_ends(start: int, end: int) -> slice:
    """The rows of a cycle with the rest at both ends."""
    spare = round(AT_REST * (end - start)) + 1
    return slice(max(0, start - spare), end + 1 + spare)


def _coming_back(rows: IntArray, signal: Signal, compared: Float64Array) -> IntArray:
    """The cycles after which the body is back, or nearly.

    A curve may return while the body moves on: in a movement in one direction all components but the first do. So
    from the turn the whole body must move towards where it began. A cycle cut off by the end of the clip counts
    where most of the way back is seen.
    """
    where = signal.values[:, None] if signal.is_place else compared
    start, turn, end = (where[column] for column in rows.T)
    is_back = ((end - turn) * (start - turn)).sum(axis=1) > 0
    ends = np.array([_with_ends(start, end).stop for start, _, end in rows.tolist()], dtype=np.int64)
    is_cut = ends >= len(where) - _EDGE_ROWS
    return np.asarray(rows[is_back & (~is_cut | (_returned(rows, where) >= _LEAST_RETURN))])


def _returned(rows: IntArray, where: Float64Array) -> Float64Array:
    """(S,) the way back of each cycle as a share of the farthest that the body came from since the one before."""
    since = [0, *rows[:-1, 2].tolist()]
    shares = []
    for begin, (start, turn, end) in zip(since, rows.tolist(), strict=False):
        ways = np.linalg.norm(where[min(begin, start) : turn + 1] - where[turn], axis=1)
        shares.append(np.linalg.norm(where[end] - where[turn]) / max(ways.max(), 1e-9))
    return np.array(shares)


def _far_enough(part: Measures, settings: RepetitionSettings) -> bool:
    """Whether an angle changes by the least that it must, or a joint goes as far as that would take it.

    From its lowest to its highest without noise: a running mean over a quarter of the cycle.
    """
    even = smoothed_over(part, (part.times_s[-1] - part.times_s[0]) * _NOISE_SHARE)
    if np.nan_to_num(ranges_deg(even)).max(initial=0.0) >= settings.min_range_deg:
        return True
    turned = 2 * np.sin(np.radians(settings.min_range_deg) / 2) * LAST_SEGMENTS
    least = np.maximum(turned, settings.min_range_torso)
    return bool((np.nan_to_num(reaches_torso(even)) >= least[:, None]).any())


def _widest(values: Float64Array, measures: Measures, settings: RepetitionSettings) -> float:
    """The range of a curve where it moves most, so that rest around a movement does not make it less."""
    step_s = float(np.median(np.diff(measures.times_s)))
    length = max(round(settings.max_s / step_s), 2)
    starts = range(0, max(len(values) - length // 2, 1), max(length // 2, 1))
    return max(robust_range(values[start : start + length]) for start in starts)


def _rested(rows: IntArray, values: Float64Array) -> float:
    """How near the curve is on average to the ends of these cycles: at rest a person stays longer."""
    if not len(rows):
        return 0.0
    rest, turn = float(np.median(values[rows[:, [0, 2]]])), float(np.median(values[rows[:, 1]]))
    return 1 - abs(float(np.median(values)) - rest) / max(abs(turn - rest), 1e-9)


def _heights(rows: IntArray, values: Float64Array) -> Float64Array:
    """(S,) how far each cycle goes: the smaller of its two ways."""
    ways = np.abs(values[rows[:, [0, 2]]] - values[rows[:, [1]]])
    return np.asarray(ways.min(axis=1))


def _compared_features(measures: Measures, signal: Signal, place_weight: float) -> Float64Array:
    """(T, F) the features in which cycles are compared: the body's shape, and its place for cycles of the place."""
    shape = filled_columns(features_of(measures))
    return np.column_stack([shape, signal.values * place_weight]) if signal.is_place else shape


def _alike(rows: IntArray, compared: Float64Array, values: Float64Array) -> tuple[IntArray, Float64Array]:
    """The largest group of cycles similar to one of them, and the similarity of each to that one.

    Without similar cycles the movement was done once: the cycle that goes farthest.
    """
    if not len(rows):
        return rows, np.zeros(0)
    similarity = _similarity(rows, compared)
    near = similarity >= _LEAST_SIMILARITY
    best = max(
        range(len(rows)), key=lambda one: (int(near[one].sum()), float(similarity[one][near[one]].sum()))
    )
    if near[best].sum() < 2:
        farthest = np.argsort(-_heights(rows, values), kind="stable")[:1]
        return rows[farthest], np.ones(1)
    others = similarity[best] + 0.0
    others[best] = np.delete(similarity[best], best)[np.delete(near[best], best)].mean()
    return rows[near[best]], others[near[best]]


def _similarity(rows: IntArray, filled: Float64Array) -> Float64Array:
    """(S, S) the correlation of each cycle with each, in features (T, F)."""
    curves = np.stack([filled[phase_rows(*cycle)] for cycle in rows.tolist()])
    curves = (curves - curves.mean(axis=1, keepdims=True)).reshape(len(rows), -1)
    unit = curves / np.maximum(np.linalg.norm(curves, axis=1, keepdims=True), 1e-12)
    return np.asarray(unit @ unit.T)


def phase_rows(start: int, turn: int, end: int) -> IntArray:
    """(PHASES,) rows at even shares of the way out and of the way back."""
    half = PHASES // 2
    way = np.concatenate([np.linspace(start, turn, half), np.linspace(turn, end, half)])
    return np.asarray(np.rint(way), dtype=np.int64)
