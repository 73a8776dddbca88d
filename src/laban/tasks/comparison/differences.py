"""Differences of two aligned movements: scores and joint differences over time, and the largest moments."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import BoolArray, Float64Array
from laban.features.angles import MAIN_ANGLES
from laban.tasks.comparison.alignment import Alignment
from laban.tasks.comparison.measures import Measures
from laban.tasks.comparison.scores import relative_difference, score_percent
from laban.tasks.comparison.similarity import difference_limit_deg, weighted_distances

_UNMEASURABLE_DEG = 35.0
_APART = 0.12  # of the movement, between two moments
_LEAST_EXCESS_DEG = 1.0
_STEADY_S = 0.4


@dataclass(frozen=True, eq=False)
class Differences:
    """What differs at each of the reference's R instants; NaN where it is not known.

    ``score_percent`` (R,) is the mean of both weighted scores, ``joint_percent`` (R, 8) each angle's own;
    ``difference_deg`` (R, 8) attempt less reference; ``limit_deg`` (R, 8) the difference that chance may cause;
    ``measurable`` (R, 8) whether the view allows to measure the angle on both sides, of joints that are seen
    there. ``steady_deg`` (R, 8) is
    the mean difference within 0.4 s: shorter differences are a landmark that jumped, or a slightly imperfect
    alignment.
    """

    score_percent: Float64Array
    joint_percent: Float64Array
    difference_deg: Float64Array
    limit_deg: Float64Array
    measurable: BoolArray
    steady_deg: Float64Array

    @property
    def excess_deg(self) -> Float64Array:
        """(R, 8) by how much steady differences exceed chance; 0 where they do not or cannot be measured."""
        over = np.abs(self.steady_deg) - self.limit_deg
        return np.where(self.measurable, np.maximum(np.nan_to_num(over, nan=0.0), 0.0), 0.0)


@dataclass(frozen=True)
class Moment:
    """An instant that differs much. ``joints`` are (name, difference in degrees), the worst first."""

    time_s: float
    attempt_s: float
    score_percent: float
    joints: tuple[tuple[str, float], ...]


def differences_along(
    own: Measures, theirs: Measures, alignment: Alignment, *, floor_deg: float
) -> Differences:
    """The differences along an alignment; where several instants of the attempt match one, their mean."""
    one, other = own.rows(alignment.first), theirs.rows(alignment.second)
    rows = alignment.second
    coordinates, angles = weighted_distances(one, other)
    with np.errstate(invalid="ignore"):
        scores = np.stack([score_percent(coordinates), score_percent(angles)], axis=1)
    apart = one.angles_deg - other.angles_deg
    limit = difference_limit_deg(one.uncertainty_deg, other.uncertainty_deg, floor_deg=floor_deg)
    usable = np.isfinite(apart) & (np.maximum(one.uncertainty_deg, other.uncertainty_deg) < _UNMEASURABLE_DEG)
    usable &= ~(one.guessed | other.guessed)
    joint = score_percent(relative_difference(one.angles_deg, other.angles_deg))
    count = len(theirs)
    difference_deg, limit_deg = (_mean_rows(one, rows, count) for one in (apart, limit))
    measurable = _mean_rows(usable.astype(np.float64), rows, count) > 0.5
    return Differences(
        score_percent=_mean_rows(_mean_known(scores)[:, None], rows, count)[:, 0],
        joint_percent=_mean_rows(joint, rows, count),
        difference_deg=difference_deg,
        limit_deg=limit_deg,
        measurable=measurable,
        steady_deg=_steady(difference_deg, theirs.times_s),
    )


def _steady(values: Float64Array, times_s: Float64Array) -> Float64Array:
    """(R, K) the mean over ``_STEADY_S``, with unknown values as no difference."""
    from scipy.ndimage import uniform_filter1d

    rows = max(1, round(_STEADY_S / float(np.median(np.diff(times_s))))) if len(times_s) > 1 else 1
    return np.asarray(uniform_filter1d(np.nan_to_num(values), rows, axis=0, mode="constant"))


def moments_of(
    differences: Differences, times_s: Float64Array, attempt_s: Float64Array, *, count: int
) -> Iterator[Moment]:
    """Up to ``count`` moments that differ most, in order of time, well apart from each other.

    Only differences beyond chance count, smoothed over a few frames, so that one bad frame does not.
    """
    excess = differences.excess_deg
    loud = np.where(excess.any(axis=1), _smoothed(excess.sum(axis=1)), -np.inf)
    apart = max(1, round(_APART * len(loud)))
    chosen: list[int] = []
    for row in np.argsort(-loud, kind="stable").tolist():
        if len(chosen) == count or loud[row] < _LEAST_EXCESS_DEG:
            break
        if all(abs(row - other) >= apart for other in chosen):
            chosen.append(row)
    for row in sorted(chosen):
        yield Moment(
            float(times_s[row]),
            float(attempt_s[row]),
            float(differences.score_percent[row]),
            _worst(differences, row),
        )


def _worst(differences: Differences, row: int) -> tuple[tuple[str, float], ...]:
    excess = differences.excess_deg[row]
    order = [index for index in np.argsort(-excess, kind="stable")[:3] if excess[index] > 0]
    return tuple((MAIN_ANGLES[index], float(differences.difference_deg[row, index])) for index in order)


def _smoothed(values: Float64Array) -> Float64Array:
    width = max(1, min(7, len(values) // 10 * 2 + 1))
    padded = np.pad(values, width // 2, mode="edge")
    return np.asarray(np.convolve(padded, np.full(width, 1 / width), mode="valid"))


def _mean_rows(values: Float64Array, rows: np.ndarray, count: int) -> Float64Array:
    """(count, K) the mean of the known values of each row."""
    known = np.isfinite(values)
    sums, times = np.zeros((count, values.shape[1])), np.zeros((count, values.shape[1]))
    np.add.at(sums, rows, np.where(known, values, 0.0))
    np.add.at(times, rows, known)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(sums / times)


def _mean_known(values: Float64Array) -> Float64Array:
    known = np.isfinite(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(known, values, 0.0).sum(axis=1) / known.sum(axis=1))
