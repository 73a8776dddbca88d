"""What two rows of features cost beside each other, for many pairs at once."""

import numpy as np

from laban.core.arrays import Float64Array, FloatArray, IntArray

_BLOCK = 32  # rows worked out together: few enough that a narrow band wastes little


def pair_cost(first: FloatArray, second: FloatArray) -> Float64Array:
    """(P,) the cost of rows (P, F) beside each other; 0 where they have nothing in common."""
    apart = (first - second).astype(np.float64)
    known = np.isfinite(apart)
    share = known.mean(axis=1)
    total = np.where(known, apart, 0.0) ** 2
    return np.asarray(np.where(share > 0, total.sum(axis=1) / np.where(share > 0, share, 1.0), 0.0))


class RowCosts:
    """The costs of rows of ``first`` (N, F) beside rows of ``second`` (M, F), by a few products of matrices.

    NaN features are left out of a pair's cost, which then counts for those that are known; a pair with nothing in
    common costs what two rows do on average.
    """

    def __init__(self, first: FloatArray, second: FloatArray) -> None:
        middle = _middle(first)
        self._first, self._second = _Side(first, middle), _Side(second, middle)
        self._features = first.shape[1]
        self._whole = self._first.mask is None and self._second.mask is None

    def banded(self, start: IntArray, width: int) -> Float64Array:
        """(M, width) the costs of each row of the second beside the rows of the first from ``start`` (M,) on.

        Outside of the first, its nearest row is taken.
        """
        last = len(self._first.values) - 1
        index = start[:, None] + np.arange(width)
        np.clip(index, 0, last, out=index)
        out = np.empty(index.shape)
        for top in range(0, len(index), _BLOCK):
            part = index[top : top + _BLOCK]
            left, right = int(part[0, 0]), int(part[-1, -1]) + 1
            costs = self._block(slice(top, top + len(part)), slice(left, right))
            if costs.shape[1] == width and (part == part[0]).all():
                out[top : top + len(part)] = costs
            else:
                out[top : top + len(part)] = np.take_along_axis(costs, part - left, axis=1)
        return out

    def _block(self, rows: slice, columns: slice) -> Float64Array:
        one, other = self._second, self._first
        costs = one.values[rows] @ other.values[columns].T
        costs *= -2.0
        if self._whole:
            costs += one.lengths[rows, None]
            costs += other.lengths[columns]
            return np.asarray(np.maximum(costs, 0.0, out=costs))
        own, theirs = one.known(rows), other.known(columns)
        costs += one.values[rows] ** 2 @ theirs.T
        costs += own @ (other.values[columns] ** 2).T
        shared = own @ theirs.T
        with np.errstate(invalid="ignore", divide="ignore"):
            scaled = np.maximum(costs, 0.0) * (self._features / shared)
        return np.where(shared > 0, scaled, self._usual())

    def _usual(self) -> float:
        """What two rows cost on average."""
        (mean, square), (other_mean, other_square) = self._first.moments(), self._second.moments()
        return float(np.maximum(square + other_square - 2 * mean * other_mean, 0.0).sum())


class _Side:
    """One movement's rows, moved to ``middle`` so that squares lose few digits; what is missing counts 0."""

    def __init__(self, rows: FloatArray, middle: Float64Array) -> None:
        values = rows.astype(np.float64) - middle
        known = np.isfinite(values)
        self.mask = None if known.all() else known.astype(np.float64)
        self.values = values if self.mask is None else np.where(known, values, 0.0)
        self.lengths = np.einsum("ij,ij->i", self.values, self.values)

    def known(self, rows: slice) -> Float64Array:
        """1 where a feature is known, else 0."""
        return np.ones_like(self.values[rows]) if self.mask is None else self.mask[rows]

    def moments(self) -> tuple[Float64Array, Float64Array]:
        """(F,) and (F,): the means of what is known, and of its squares."""
        count = np.maximum(self.known(slice(None)).sum(axis=0), 1)
        return self.values.sum(axis=0) / count, (self.values**2).sum(axis=0) / count


def _middle(rows: FloatArray) -> Float64Array:
    """(F,) the mean of what is known, 0 where nothing is."""
    mean = rows.mean(axis=0, dtype=np.float64)
    if np.isfinite(mean).all():
        return np.asarray(mean)
    known = np.isfinite(rows)
    return np.asarray(np.where(known, rows, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1))
