"""Spline interpolation between frames on a uniform clock."""

import numpy as np

from laban.core.arrays import BoolArray, Float64Array
from laban.core.sequence import PoseSequence

_COORDINATES = ("image_px", "depth_px", "world_m", "body")
_LEAST_KNOWN = 4


def on_splines(even: PoseSequence, *, through: PoseSequence) -> PoseSequence:
    """``even`` with each coordinate on the natural cubic spline through the known ones of ``through``.

    ``even`` is ``through`` resampled. Linear interpolation cuts off every extremum between two frames; a spline
    follows the frames before and after. Missing values in ``even`` stay missing, and a coordinate that is known
    fewer than four times is unchanged.
    """
    changes = {}
    for name in _COORDINATES:
        values, lines = getattr(through, name), getattr(even, name)
        if values is not None and lines is not None:
            flat = np.asarray(values, dtype=np.float64).reshape(len(through), -1)
            curves = _splines(flat, through.times_s, even.times_s).reshape(lines.shape)
            changes[name] = np.where(np.isfinite(lines) & np.isfinite(curves), curves, lines)
    return even.with_arrays(**changes)


def _splines(values: Float64Array, times_s: Float64Array, clock_s: Float64Array) -> Float64Array:
    """(N, F) the columns of ``values`` (T, F) at ``clock_s``; those that are known at the same times together."""
    from scipy.interpolate import CubicSpline

    out = np.full((len(clock_s), values.shape[1]), np.nan)
    known = np.isfinite(values)
    patterns, which = np.unique(known, axis=1, return_inverse=True)
    for index, rows in enumerate(patterns.T):
        if rows.sum() >= _LEAST_KNOWN:
            columns = which.ravel() == index
            spline = CubicSpline(times_s[rows], values[np.ix_(rows, columns)], bc_type="natural")
            out[:, columns] = _within(spline(clock_s), times_s[rows], clock_s)
    return out


def _within(values: Float64Array, known_s: Float64Array, clock_s: Float64Array) -> Float64Array:
    """NaN before the first and after the last known value, where a cubic diverges."""
    inside: BoolArray = (clock_s >= known_s[0]) & (clock_s <= known_s[-1])
    return np.where(inside[:, None], values, np.nan)
