"""What two rows of features cost beside each other, for many pairs at once."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from laban.core.arrays import Float64Array, FloatArray, IntArray

_BLOCK = 24  # rows worked out together: few enough that a narrow band wastes little


def pair_cost(first: FloatArray, second: FloatArray) -> Float64Array:
    """(P,) the cost of rows (P, F) beside each other; 0 where they have nothing in common."""
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
    """What M rows cost beside columns near a band: that of row i beside column j is ``values.flat[place[i] + j]``.

    Behind them all ``values`` holds a row of infinity.
    """

    values: Float64Array
    place: IntArray


def band_costs(first: FloatArray, second: FloatArray, start: IntArray, width: int) -> BandCosts:
    """The costs of each row of ``second`` (M, F) beside the rows of ``first`` (N, F) from ``start`` (M,) on.

    Worked out by products of matrices. ``start`` never goes back; what lies outside of the first is clipped to it.
    NaN features are left out of a pair's cost, which then counts for those that are known; a pair with nothing in
    common costs what two rows do on average.
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
    """One movement's features by rows (F, T), moved to ``middle`` so that squares lose few digits; what is missing
    counts 0."""

    def __init__(self, rows: FloatArray, middle: Float64Array) -> None:
        # Two rows more than features, for the factors: a large new array costs more than what is done to it.
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
        """(F,) and (F,): the means of what is known, and of its squares."""
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
    """The first column of each block of rows, and how many: enough for that which needs most, so that all lie in
    one piece of memory."""
    low = np.maximum(start[::_BLOCK], 0)
    last = np.append(start[_BLOCK - 1 : -1 : _BLOCK], start[-1])
    breadth = int((np.minimum(last + width, count) - low).max())
    return np.minimum(low, count - breadth), breadth


def _beside_band(left: Float64Array, right: Float64Array, *, begins: list[int], breadth: int) -> Float64Array:
    """(M + 1, breadth) each block of rows of ``left`` (M, K) times its columns of ``right`` (K, N); a free row."""
    out = np.empty((len(left) + 1, breadth))
    out[-1] = 0.0
    for index, begin in enumerate(begins):
        rows = slice(index * _BLOCK, min((index + 1) * _BLOCK, len(left)))
        np.matmul(left[rows], right[:, begin : begin + breadth], out=out[rows])
    return out


def _usual(first: _Side, second: _Side) -> float:
    """What two rows cost on average."""
    (mean, square), (other_mean, other_square) = first.moments(), second.moments()
    return float(np.maximum(square + other_square - 2 * mean * other_mean, 0.0).sum())


def _middle(rows: FloatArray) -> Float64Array:
    """(F,) the mean of what is known, 0 where nothing is."""
    mean = rows.mean(axis=0, dtype=np.float64)
    if np.isfinite(mean).all():
        return np.asarray(mean)
    known = np.isfinite(rows)
    return np.asarray(np.where(known, rows, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1))
