"""Exponential moving averages, and timers of conditions."""

import numpy as np

from laban.core.arrays import BoolArray, Float64Array

_FORGOTTEN_S = 1.0


class ExponentialMovingAverage:
    """The mean of values (N,) over about the last ``over_s``; what is NaN for a second becomes unknown."""

    def __init__(self, count: int, *, over_s: float) -> None:
        self._over_s = over_s
        self._mean = np.full(count, np.nan)
        self._seen_s = np.full(count, -np.inf)

    def update(self, values: Float64Array, time_s: float) -> Float64Array:
        """(N,) the means at ``time_s``, later than before."""
        since_s = time_s - self._seen_s
        known = np.isfinite(values)
        old = np.where(since_s > _FORGOTTEN_S, np.nan, self._mean)
        share = 1.0 - np.exp(-np.minimum(since_s, _FORGOTTEN_S) / self._over_s)
        moved = np.where(np.isfinite(old), old + share * (values - old), values)
        self._mean = np.where(known, moved, old)
        self._seen_s = np.where(known, time_s, self._seen_s)
        return self._mean


class ConditionTimer:
    """For how long each of N conditions has held without interruption."""

    def __init__(self, count: int) -> None:
        self._since_s = np.full(count, np.nan)

    def update(self, holds: BoolArray, time_s: float) -> Float64Array:
        """(N,) seconds; NaN where a condition does not hold."""
        began = np.where(np.isfinite(self._since_s), self._since_s, time_s)
        self._since_s = np.where(holds, began, np.nan)
        return np.asarray(time_s - self._since_s)
