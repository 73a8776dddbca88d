"""Ways to hide a joint of a window from a model: what replaces the hidden values."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from laban.core.arrays import BoolArray, Float32Array, FloatArray
from laban.core.checks import choose

Fill = Callable[[FloatArray, BoolArray], FloatArray]
"""From a window (L, F) and (M, L, F) hidden cells to the values that replace them, of a shape that broadcasts."""


def hide(values: FloatArray, hidden: BoolArray, *, fill: str) -> Float32Array:
    """(M, L, F) copies of the window ``values`` (L, F) in which the ``hidden`` cells (M, L, F) are filled.

    ``fill`` is a name in ``FILLS``; an unknown one raises UnknownNameError. What is NaN stays NaN.

    >>> hide(np.array([[1.0], [2.0], [6.0]]), np.array([[[False], [True], [False]]]), fill="bridge")[0, 1]
    array([3.5], dtype=float32)
    """
    shown = choose(fill, FILLS, what="fill")(values, hidden)
    return np.where(hidden & np.isfinite(values), shown, values).astype(np.float32)


def _missing(values: FloatArray, hidden: BoolArray) -> FloatArray:  # noqa: ARG001
    return np.full((1, 1, 1), np.nan)


def _mean(values: FloatArray, hidden: BoolArray) -> FloatArray:  # noqa: ARG001
    known = np.isfinite(values)
    total = np.where(known, values, 0.0).sum(axis=0, keepdims=True)
    return np.asarray(total / np.maximum(known.sum(axis=0, keepdims=True), 1))[None]


def _bridge(values: FloatArray, hidden: BoolArray) -> FloatArray:
    """A straight line from the last row before to the first row after; held at the ends, else the mean."""
    rows = len(values)
    row = np.arange(rows)[None, :, None]
    open_here = ~hidden & np.isfinite(values)
    before = np.maximum.accumulate(np.where(open_here, row, -1), axis=1)
    after = np.minimum.accumulate(np.where(open_here, row, rows)[:, ::-1], axis=1)[:, ::-1]
    nowhere = (before < 0) & (after >= rows)
    first = np.where(before < 0, np.minimum(after, rows - 1), before)
    last = np.where(after >= rows, first, after)
    known = np.where(np.isfinite(values), values, 0.0)
    column = np.arange(values.shape[1])[None, None]
    share = (row - first) / np.maximum(last - first, 1)
    line = known[first, column] + share * (known[last, column] - known[first, column])
    return np.where(nowhere, _mean(values, hidden), np.where(before < 0, known[first, column], line))


FILLS: Mapping[str, Fill] = MappingProxyType({"missing": _missing, "mean": _mean, "bridge": _bridge})
"""``missing``: unknown, as if the joint were out of the image; ``mean``: still, at its mean position;
``bridge``: interpolated from before to after."""
