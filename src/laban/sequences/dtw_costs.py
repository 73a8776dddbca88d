"""The cost of matching two rows of features, for many pairs at once."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from laban.core.arrays import Float64Array, FloatArray, IntArray

_BLOCK = 24  # rows computed together: few enough that a narrow band wastes little


def pair_cost(first: FloatArray, second: FloatArray) -> Float64Array:
    """(P,) the cost of matching rows (P, F); 0 where they have no known feature in common."""
    apart = np.subtract(first, second, dtype=np.float64)
    whole = np.vecdot(apart, apart)
    if np.isfinite(whole).all():
        return np.asarray(whole)
    known = np.isfinite(apart)
    share = known.mean(axis=1)
    total = np.where(known, apart, 0.0) ** 2
    return np.asarray(np.where(share > 0, total.sum(axis=1) / np.where(share > 0, share, 1.0), 0.0))


@dataclass(frozen=True, eq=False)
class BandCosts:
    """The costs of M rows near a band: that of row i and column j is ``values.flat[place[i] + j]``.

    ``values`` ends with a row of infinity.
    """

    values: Float64Array
    place: IntArray


def band_costs(first: FloatArray, second: FloatArray, start: IntArray, width: int) -> BandCosts:
    """The costs of each row of ``second`` (M, F) with the rows of ``first`` (N, F) from ``start`` (M,) on.

    Computed by matrix products. ``start`` never decreases; rows outside ``first`` are clipped. NaN features are
    left out of a pair's cost, which is scaled up for the known ones; a pair with no known feature in common gets
    the average cost.
    """
    middle = _middle(first)
    own, theirs = _Side(first, middle), _Side(second, middle)
    whole = own.mask is None and theirs.mask is None
    begins, breadth = _columns(start, width, len(first))
    product = partial(_beside_band, begins=begins.tolist(), breadth=breadth)
    values = product(*(_whole_factors if whole else _masked_factors)(theirs, own))
    np.maximum(values, 0.0, out=values)
    if not whole:
        shared = product(theirs.known.T, own.known)
        with np.errstate(invalid="ignore", divide="ignore"):
            scaled = values * (first.shape[1] / shared)
        values = np.where(shared > 0, scaled, _usual(own, theirs))
    values[-1] = np.inf
    rows = np.arange(len(second))
    return BandCosts(values, rows * breadth - begins[rows // _BLOCK])


class _Side:
    """One movement's features as rows (F, T), centred on ``middle`` so that squares lose few digits; missing values
    are 0."""

    def __init__(self, rows: FloatArray, middle: Float64Array) -> None:
        # Two more rows than features, for the factors: allocating a large new array costs more than computing it.
        self.roomy = np.empty((rows.shape[1] + 2, len(rows)))
        self.values = self.roomy[:-2]
        np.subtract(rows.T, middle[:, None], out=self.values)
        self.lengths = np.einsum("ij,ij->j", self.values, self.values)
        self.mask: Float64Array | None = None
        if not np.isfinite(self.lengths).all():
            known = np.isfinite(self.values)
            self.mask = known.astype(np.float64)
            self.values = np.where(known, self.values, 0.0)

    @property
    def known(self) -> Float64Array:
        """(F, T) 1 where a feature is known, else 0."""
        return np.ones_like(self.values) if self.mask is None else self.mask

    def moments(self) -> tuple[Float64Array, Float64Array]:
        """(F,) and (F,): the means of the known values, and of their squares."""
        count = np.maximum(self.known.sum(axis=1), 1)
        return self.values.sum(axis=1) / count, (self.values**2).sum(axis=1) / count


def _whole_factors(second: _Side, first: _Side) -> tuple[Float64Array, Float64Array]:
    """Two matrices whose product is |x|² + |y|² − 2·x·y for each pair of rows."""
    left, right = second.roomy, first.roomy
    second.values *= -2.0
    left[-2], left[-1] = second.lengths, 1.0
    right[-2], right[-1] = 1.0, first.lengths
    return left.T, right


def _masked_factors(second: _Side, first: _Side) -> tuple[Float64Array, Float64Array]:
    """The same, over the features that both rows have."""
    left = np.concatenate([-2.0 * second.values, second.values**2, second.known])
    return left.T, np.concatenate([first.values, first.known, first.values**2])


def _columns(start: IntArray, width: int, count: int) -> tuple[IntArray, int]:
    """The first column of each block of rows, and their number: that of the largest block, so that all fit one
    array."""
    low = np.maximum(start[::_BLOCK], 0)
    last = np.append(start[_BLOCK - 1 : -1 : _BLOCK], start[-1])
    breadth = int((np.minimum(last + width, count) - low).max())
    return np.minimum(low, count - breadth), breadth


def _beside_band(left: Float64Array, right: Float64Array, *, begins: list[int], breadth: int) -> Float64Array:
    """(M + 1, breadth) each block of rows of ``left`` (M, K) times its columns of ``right`` (K, N), and a spare
    row."""
    out = np.empty((len(left) + 1, breadth))
    out[-1] = 0.0
    for index, begin in enumerate(begins):
        rows = slice(index * _BLOCK, min((index + 1) * _BLOCK, len(left)))
        np.matmul(left[rows], right[:, begin : begin + breadth], out=out[rows])
    return out


def _usual(first: _Side, second: _Side) -> float:
    """The average cost of two rows."""
    (mean, square), (other_mean, other_square) = first.moments(), second.moments()
    return float(np.maximum(square + other_square - 2 * mean * other_mean, 0.0).sum())


def _middle(rows: FloatArray) -> Float64Array:
    """(F,) the mean of the known values, 0 without any."""
    mean = rows.mean(axis=0, dtype=np.float64)
    if np.isfinite(mean).all():
        return np.asarray(mean)
    known = np.isfinite(rows)
    return np.asarray(np.where(known, rows, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1))
