"""Extrema of a curve, and its range."""

import numpy as np

from laban.core.arrays import Float64Array, IntArray


def robust_range(values: Float64Array) -> float:
    """From the 3rd to the 97th percentile."""
    low, high = np.percentile(values, [3, 97])
    return float(high - low)


def pivots(values: Float64Array, *, least: float) -> IntArray:
    """(P,) rows of alternating maxima and minima, each at least ``least`` from the one before.

    The first and the last may be the ends of the curve. None where its range is smaller.

    >>> pivots(np.array([0.0, 3.0, 2.9, 3.1, 0.5, 2.0]), least=1.0)
    array([0, 3, 4, 5])
    """
    low = high = 0
    found: list[int] = []
    rising: bool | None = None
    for row, value in enumerate(values.tolist()):
        if value > values[high]:
            high = row
        if value < values[low]:
            low = row
        if rising is not False and values[high] - value >= least:
            found.append(high)
            rising, low = False, row
        elif rising is not True and value - values[low] >= least:
            found.append(low)
            rising, high = True, row
    if rising is not None:
        found.append(high if rising else low)
    return np.array(found, dtype=np.int64)
