"""Windows without gaps, for methods that cannot handle missing values."""

import numpy as np

from laban.core.arrays import Float32Array


def filled(values: Float32Array) -> Float32Array:
    """(N, L, F) with gaps interpolated linearly, held at the ends, and 0 for a feature that is never known.

    >>> filled(np.array([[[np.nan], [1.0], [np.nan], [3.0]]], dtype=np.float32)).ravel()
    array([1., 1., 2., 3.], dtype=float32)
    """
    rows = values.shape[1]
    known = np.isfinite(values)
    if known.all():
        return np.asarray(values, dtype=np.float32)
    row = np.arange(rows)[None, :, None]
    before = np.maximum.accumulate(np.where(known, row, -1), axis=1)
    after = np.minimum.accumulate(np.where(known, row, rows)[:, ::-1], axis=1)[:, ::-1]
    never = (before < 0) & (after >= rows)
    first = np.where(before < 0, np.minimum(after, rows - 1), before)
    last = np.where(after >= rows, first, after)
    shown = np.where(known, values, 0).astype(np.float32)
    low, high = np.take_along_axis(shown, first, axis=1), np.take_along_axis(shown, last, axis=1)
    share = ((row - first) / np.maximum(last - first, 1)).astype(np.float32)
    return np.where(never, np.float32(0), low + share * (high - low))
