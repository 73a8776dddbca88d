"""Repetitions: found and counted in any periodic movement, each judged by its likeness to the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.core.checks import choose, in_range
from laban.core.sequence import PoseSequence
from laban.errors import InvalidValueError
from laban.features.angles import MAIN_ANGLES
from laban.tasks.coaching.measures import Measures
from laban.tasks.coaching.movement_measures import (
    features_of,
    is_still,
    measured_movement,
    ranges_deg,
    reach_torso,
)
from laban.tasks.coaching.poses import weighted_distances
from laban.tasks.coaching.scores import score_percent
from laban.tasks.coaching.settings import ComparisonSettings
from laban.tasks.coaching.turning import Signal, filled_column, main_signals, pivots, robust_range, smoothed

PHASES = 60
"""Instants of a repetition, half of them on the way out and half on the way back, at which it is compared."""

_FPS = 30.0
_CURVES = 3
_LEAST_KNOWN = 0.6
_LEAST_LIKENESS = 0.5
_AT_REST = 0.1  # of a repetition's height: so near to its ends it has not begun, or is over


@dataclass(frozen=True)
class RepetitionSettings:
    """How repetitions are told apart.

    ``turn``: which share of the whole range a movement must go back to have turned. ``min_s`` and ``max_s``: what a
    repetition may last. ``min_range_deg`` or ``min_range_torso``: what its widest angle or coordinate must cover.
    ``joint``: one angle to count by instead of the whole body; with ``low_deg`` and ``high_deg`` a repetition goes
    from beyond one threshold to beyond the other and back, as exercises define it.
    """

    turn: float = 0.45
    min_s: float = 0.3
    max_s: float = 15.0
    min_range_deg: float = 15.0
    min_range_torso: float = 0.1
    joint: str | None = None
    low_deg: float | None = None
    high_deg: float | None = None

    def __post_init__(self) -> None:
        in_range(self.turn, name="turn", low=0.1, high=1.0)
        in_range(self.min_s, name="min_s", low=0.1, high=60.0)
        in_range(self.max_s, name="max_s", low=self.min_s, high=600.0)
        in_range(self.min_range_deg, name="min_range_deg", low=1.0, high=180.0)
        in_range(self.min_range_torso, name="min_range_torso", low=0.01, high=5.0)
        if self.joint is not None:
            choose(self.joint, dict.fromkeys(MAIN_ANGLES, 0), what="joint")
        if (self.low_deg is None) != (self.high_deg is None) or (
            self.low_deg is not None and self.joint is None
        ):
            raise InvalidValueError(
                "thresholds are two, low and high, of a joint: give joint, low_deg and high_deg"
            )
        if self.low_deg is not None and self.high_deg is not None:
            in_range(self.low_deg, name="low_deg", low=0.0, high=180.0)
            in_range(self.high_deg, name="high_deg", low=self.low_deg + 1.0, high=180.0)


@dataclass(frozen=True)
class Repetition:
    """One repetition, from ``start_s`` by ``turn_s`` to ``end_s``.

    ``ranges_deg`` are the ranges of its angles; ``score_percent`` is its likeness to the median repetition, NaN
    where it is the only one; ``worst`` the angle that differs most from it, with the mean difference in
    degrees, where that is more than noise.
    """

    start_s: float
    turn_s: float
    end_s: float
    ranges_deg: Mapping[str, float]
    score_percent: float
    worst: tuple[str, float] | None = None

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s

    @property
    def out_s(self) -> float:
        """Seconds from rest to the turn."""
        return self.turn_s - self.start_s

    @property
    def back_s(self) -> float:
        """Seconds from the turn to rest."""
        return self.end_s - self.turn_s


@dataclass(frozen=True)
class Repetitions:
    """The repetitions of one person in order of time; ``joint`` is the angle that moves most in them, if any."""

    repetitions: tuple[Repetition, ...]
    joint: str | None = None

    def __len__(self) -> int:
        return len(self.repetitions)

    @property
    def median_duration_s(self) -> float:
        """The median of their durations; NaN where there are none."""
        return (
            float(np.median([one.duration_s for one in self.repetitions]))
            if self.repetitions
            else float("nan")
        )


def find_repetitions(
    sequence: PoseSequence,
    *,
    settings: RepetitionSettings | None = None,
    comparison: ComparisonSettings | None = None,
) -> Repetitions:
    """The repetitions in ``sequence``: ways out and back again of whatever moves most.

    The main curves of the movement are its first principal components; a repetition is a swing of one of them that
    covers enough of its range, that was seen for the most part, and that is like the others. Somebody who stands
    still has none. Raises InvalidValueError where the clip is too short or nobody is seen.
    """
    chosen, how = settings or RepetitionSettings(), comparison or ComparisonSettings()
    space = how.space_for(sequence.spaces)
    measures = measured_movement(sequence, settings=how, space=space, fps=_FPS, what="the clip")
    if is_still(measures):
        return Repetitions(())
    found = [_swings(measures, signal, chosen) for signal in _signals(measures, chosen)]
    swings = max(found, key=lambda one: one.worth)
    return _judged(measures, swings.rows, chosen)


@dataclass(frozen=True, eq=False)
class _Swings:
    """(S, 3) begin, turn and end rows of swings, and what the curve they were found in is worth."""

    rows: IntArray
    worth: float


def _signals(measures: Measures, settings: RepetitionSettings) -> Sequence[Signal]:
    if settings.joint is None:
        return main_signals(measures, count=_CURVES)
    column = measures.angles_deg[:, MAIN_ANGLES.index(settings.joint)]
    return [Signal(smoothed(filled_column(column), measures.times_s), np.isfinite(column))]


def _swings(measures: Measures, signal: Signal, settings: RepetitionSettings) -> _Swings:
    if settings.low_deg is not None and settings.high_deg is not None:
        turns = _crossings(signal.values, settings.low_deg, settings.high_deg)
    else:
        turns = pivots(signal.values, least=settings.turn * max(robust_range(signal.values), 1e-9))
    sides = [_tight(_from(turns, side), signal.values) for side in (0, 1)]
    kept = [_plausible(rows, measures, signal, settings) for rows in sides]
    best = max(kept, key=lambda rows: (len(rows), _rested(rows, signal.values)))
    likeness = _likeness(measures, best)
    alike = best[likeness >= _LEAST_LIKENESS] if len(best) > 2 else best
    steady = float(likeness.mean()) if len(best) > 1 else 0.5
    return _Swings(alike, signal.share * max(steady, 0.0) * bool(len(alike)))


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
        before = np.flatnonzero(away[start:turn] >= (1 - _AT_REST) * away[start])
        after = np.flatnonzero(away[turn : end + 1] >= (1 - _AT_REST) * away[end])
        out[index] = start + before[-1], turn, turn + after[0]
    return out


def _plausible(rows: IntArray, measures: Measures, signal: Signal, settings: RepetitionSettings) -> IntArray:
    """The swings that last as long as one may, go far enough, and were seen."""
    keep = [
        settings.min_s <= measures.times_s[end] - measures.times_s[start] <= settings.max_s
        and signal.known[start : end + 1].mean() >= _LEAST_KNOWN
        and _far_enough(measures.rows(slice(start, end + 1)), settings)
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


def _likeness(measures: Measures, rows: IntArray) -> Float64Array:
    """(S,) the correlation of each swing with the median of all, in all features."""
    if not len(rows):
        return np.zeros(0)
    features = features_of(measures)
    filled = np.stack([filled_column(column) for column in features.T], axis=1)
    curves = np.stack([filled[_phase_rows(*swing)] for swing in rows.tolist()])
    curves = curves - curves.mean(axis=1, keepdims=True)
    middle = np.median(curves, axis=0)
    lengths = np.sqrt((curves**2).sum(axis=(1, 2)) * (middle**2).sum())
    return np.asarray((curves * middle).sum(axis=(1, 2)) / np.maximum(lengths, 1e-12))


def _phase_rows(start: int, turn: int, end: int) -> IntArray:
    """(PHASES,) rows at even shares of the way out and of the way back."""
    half = PHASES // 2
    way = np.concatenate([np.linspace(start, turn, half), np.linspace(turn, end, half)])
    return np.asarray(np.rint(way), dtype=np.int64)


def _judged(measures: Measures, rows: IntArray, settings: RepetitionSettings) -> Repetitions:
    if not len(rows):
        return Repetitions(())
    parts = [measures.rows(_phase_rows(*swing)) for swing in rows.tolist()]
    middle = _median(parts)
    judged = tuple(
        _repetition(measures, swing, part, middle if len(parts) > 1 else None)
        for swing, part in zip(rows.tolist(), parts, strict=True)
    )
    ranges = np.nan_to_num(ranges_deg(middle))
    joint = MAIN_ANGLES[int(ranges.argmax())] if ranges.max() >= settings.min_range_deg else None
    return Repetitions(judged, settings.joint or joint)


def _median(parts: Sequence[Measures]) -> Measures:
    """The repetition in the middle of all, at each phase and for each measure by itself."""

    def middle(values: Sequence[Float64Array]) -> Float64Array:
        stacked = np.stack(values)
        known = np.isfinite(stacked).any(axis=0)
        out = np.full(stacked.shape[1:], np.nan)
        out[known] = np.nanmedian(stacked[:, known], axis=0)
        return out

    return replace(
        parts[0],
        angles_deg=middle([one.angles_deg for one in parts]),
        points=middle([one.points for one in parts]),
        weights=middle([one.weights for one in parts]),
    )


def _repetition(
    measures: Measures, swing: Sequence[int], part: Measures, middle: Measures | None
) -> Repetition:
    start, turn, end = (float(measures.times_s[row]) for row in swing)
    ranges = _reached_deg(measures, swing)
    named = {name: float(value) for name, value in zip(MAIN_ANGLES, ranges, strict=True)}
    if middle is None:
        return Repetition(start, turn, end, named, float("nan"))
    return Repetition(start, turn, end, named, _score(part, middle), _worst(part, middle))


def _reached_deg(measures: Measures, swing: Sequence[int]) -> Float64Array:
    """(8,) from the lowest to the highest of each angle, the ends of the way taken in; NaN where it is hardly
    known."""
    spare = round(_AT_REST * (swing[2] - swing[0])) + 1
    rows = slice(max(0, swing[0] - spare), swing[2] + 1 + spare)
    angles = measures.angles_deg[rows]
    filled = np.stack([filled_column(column) for column in angles.T], axis=1)
    known = np.isfinite(angles).mean(axis=0) >= _LEAST_KNOWN
    return np.where(known, np.ptp(smoothed(filled, measures.times_s[rows]), axis=0), np.nan)


def _score(part: Measures, middle: Measures) -> float:
    both = np.concatenate([score_percent(one) for one in weighted_distances(part, middle)])
    known = both[np.isfinite(both)]
    return float(known.mean()) if len(known) else float("nan")


def _worst(part: Measures, middle: Measures) -> tuple[str, float] | None:
    apart = part.angles_deg - middle.angles_deg
    known = np.isfinite(apart)
    mean = np.where(known, apart, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    index = int(np.abs(mean).argmax())
    return (MAIN_ANGLES[index], float(mean[index])) if abs(mean[index]) > 10.0 else None
