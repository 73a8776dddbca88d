"""What two rows of features cost beside each other, for many pairs at once."""

import numpy as np

from laban.core.arrays import Float64Array, FloatArray, IntArray

_BLOCK = 48  # rows worked out together: few enough that a narrow band wastes little


def pair_cost(first: FloatArray, second: FloatArray) -> Float64Array:
    """(P,) the cost of rows (P, F) beside each other; 0 where they have nothing in common."""
    apart = (first - second).astype(np.float64)
    known = np.isfinite(apart)
    share = known.mean(axis=1)
    total = np.where(known, apart, 0.0) ** 2
    return np.asarray(np.where(share > 0, total.sum(axis=1) / np.where(share > 0, share, 1.0), 0.0))


class RowCosts:
    """The costs of rows of ``first`` (N, F) beside rows of ``second`` (M, F), by products of matrices.

    NaN features are left out of a pair's cost, which then counts for those that are known; a pair with nothing in
    common costs what two rows do on average.
    """

    def __init__(self, first: FloatArray, second: FloatArray) -> None:
        middle = _middle(first)
        self._first, self._second = _Side(first, middle), _Side(second, middle)
        whole = self._first.mask is None and self._second.mask is None
        factors = _whole_factors if whole else _masked_factors
        self._left, self._right = factors(self._second, self._first)
        self._shared = None if whole else (self._second.known, self._first.known)
        self._features = first.shape[1]

    def banded(self, start: IntArray, width: int) -> Float64Array:
        """(M, width) the costs of each row of the second beside the rows of the first from ``start`` (M,) on.

        ``start`` never goes back. Outside of the first, its nearest row is taken.
        """
        reach = np.arange(int(start[0]), int(start[-1]) + width)
        reach = np.clip(reach, 0, len(self._right) - 1)
        out = _along_band(self._left, self._right[reach], start, width)
        np.maximum(out, 0.0, out=out)
        if self._shared is None:
            return out
        shared = _along_band(self._shared[0], self._shared[1][reach], start, width)
        with np.errstate(invalid="ignore", divide="ignore"):
            scaled = out * (self._features / shared)
        return np.where(shared > 0, scaled, self._usual())

    def _usual(self) -> float:
        """What two rows cost on average."""
        (mean, square), (other_mean, other_square) = self._first.moments(), self._second.moments()
        return float(np.maximum(square + other_square - 2 * mean * other_mean, 0.0).sum())


class _Side:
    """One movement's rows, moved to ``middle`` so that squares lose few digits; what is missing counts 0."""

    def __init__(self, rows: FloatArray, middle: Float64Array) -> None:
        # Two columns more than features, for the factors: a large new array costs more than what is done to it.
        self.roomy = np.empty((len(rows), rows.shape[1] + 2))
        self.values = self.roomy[:, :-2]
        np.subtract(rows, middle, out=self.values)
        self.lengths = np.einsum("ij,ij->i", self.values, self.values)
        self.mask: Float64Array | None = None
        if not np.isfinite(self.lengths).all():
            known = np.isfinite(self.values)
            self.mask = known.astype(np.float64)
            self.values = np.where(known, self.values, 0.0)

    @property
    def known(self) -> Float64Array:
        """(T, F) 1 where a feature is known, else 0."""
        return np.ones_like(self.values) if self.mask is None else self.mask

    def moments(self) -> tuple[Float64Array, Float64Array]:
        """(F,) and (F,): the means of what is known, and of its squares."""
        count = np.maximum(self.known.sum(axis=0), 1)
        return self.values.sum(axis=0) / count, (self.values**2).sum(axis=0) / count


def _whole_factors(second: _Side, first: _Side) -> tuple[Float64Array, Float64Array]:
    """Two matrices whose product is |x|² + |y|² − 2·x·y for each pair of rows."""
    left, right = second.roomy, first.roomy
    second.values *= -2.0
    left[:, -2], left[:, -1] = second.lengths, 1.0
    right[:, -2], right[:, -1] = 1.0, first.lengths
    return left, right


def _masked_factors(second: _Side, first: _Side) -> tuple[Float64Array, Float64Array]:
    """The same, over the features that both rows have."""
    left = np.concatenate([-2.0 * second.values, second.values**2, second.known], axis=1)
    right = np.concatenate([first.values, first.known, first.values**2], axis=1)
    return left, right


def _along_band(left: Float64Array, right: Float64Array, start: IntArray, width: int) -> Float64Array:
    """(M, width) of ``left @ right.T`` what lies in the band; ``right`` begins at the band's first column."""
    out = np.empty((len(left), width))
    offsets, columns = start - start[0], np.arange(width)
    for top in range(0, len(left), _BLOCK):
        part = offsets[top : top + _BLOCK]
        product = left[top : top + _BLOCK] @ right[part[0] : part[-1] + width].T
        places = (part - part[0] + np.arange(len(part)) * product.shape[1])[:, None] + columns
        np.take(product, places, out=out[top : top + _BLOCK], mode="clip")
    return out


def _middle(rows: FloatArray) -> Float64Array:
    """(F,) the mean of what is known, 0 where nothing is."""
    mean = rows.mean(axis=0, dtype=np.float64)
    if np.isfinite(mean).all():
        return np.asarray(mean)
    known = np.isfinite(rows)
    return np.asarray(np.where(known, rows, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1))
