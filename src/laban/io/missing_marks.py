"""Coordinates that mark a joint as not seen: 0 or -1 on both axes, -999 and the like."""

from typing import Final

import numpy as np

from laban.core.arrays import BoolArray, FloatArray, IntArray
from laban.io.loss import warn_of_assumption

_KNOWN_MARKS: Final = frozenset(
    sign * value
    for value in (9, 99, 999, 9999, 99_999, 999_999, 1000, 10_000, 32_767, 32_768, 65_535, 2**31 - 1, 2**31)
    for sign in (1.0, -1.0)
)
_JOINTS_AT_ONE_POINT: Final = 3
_LEAST_OF_BODY: Final = 5


def zeros(points: FloatArray) -> BoolArray:
    """(…, J) which of the points (…, J, C) are exactly 0, or exactly -1, in every coordinate.

    Programs write both for "not seen".
    """
    missing: BoolArray = (points == 0).all(axis=-1) | (points == -1).all(axis=-1)
    return missing


def unseen(points: FloatArray) -> BoolArray:
    """(…, J) which of the points (…, J, 2) are marked as not seen: zeros, and, with a warning, other marks.

    Other marks are -1 in both coordinates, a common value (-999, 9999, …) beyond all other coordinates, and a value
    that both coordinates of three joints of one body have, though not of all.
    """
    missing = zeros(points)
    marks = _marks(np.where(missing[..., None], np.nan, points))
    negative = int(np.sum(np.all(points == -1, axis=-1)))
    if negative:
        warn_of_assumption(f"{negative} joints at -1 are taken as not seen")
    if not marks:
        return missing
    marked = np.asarray(np.any(np.isin(points, marks), axis=-1), dtype=np.bool_)
    said = " and ".join(f"{mark:g}" for mark in marks)
    warn_of_assumption(f"{int((marked & ~missing).sum())} joints at {said} are taken as not seen")
    return np.asarray(missing | marked, dtype=np.bool_)


def _marks(points: FloatArray) -> list[float]:
    """The values other than 0 and -1 that mark a joint as not seen."""
    twins = points[..., 0] == points[..., 1]
    candidates = np.unique(points[..., 0][twins])
    if not len(candidates):
        return []
    others = points[np.isfinite(points) & ~np.isin(points, sorted(_KNOWN_MARKS))]
    low, high = (others.min(), others.max()) if len(others) else (0.0, 0.0)
    usual = [float(one) for one in candidates if one in _KNOWN_MARKS and not low <= one <= high]
    return sorted({*usual, *_crowded(points, twins, candidates)})


def _crowded(points: FloatArray, twins: BoolArray, candidates: FloatArray) -> list[float]:
    """The candidates that are the position of several joints of a body, but not of all."""
    shared = np.sum(twins, axis=-1) >= _JOINTS_AT_ONE_POINT
    x, twins = points[shared][..., 0], twins[shared]
    found = []
    for one in candidates:
        held = (x == one) & twins
        spread = distinct(np.where(held, np.nan, x)) >= _LEAST_OF_BODY
        if ((np.sum(held, axis=-1) >= _JOINTS_AT_ONE_POINT) & spread).any():
            found.append(float(one))
    return found


def distinct(values: FloatArray) -> IntArray:
    """(…) the number of different values along the last axis of (…, J); NaN does not count."""
    ordered = np.sort(values, axis=-1)
    with np.errstate(invalid="ignore"):
        fresh = np.diff(ordered, axis=-1) > 0
    first = np.isfinite(ordered[..., :1]).any(axis=-1)
    return np.asarray(np.sum(fresh, axis=-1) + first, dtype=np.int64)
