"""The label of the nearest example under dynamic time warping."""

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, IntArray
from laban.models.baselines.filled import filled

_WINDOW = 0.1
_CHUNK = 48  # tested at a time: the tables of both then stay in the processor's cache


class NearestByDtw:
    """One nearest neighbour under dependent multivariate DTW (Shokoohi-Yekta et al. 2017, section 2.2) within a
    band of 10 % of the length (Sakoe and Chiba 1978), on squared distances. Gaps are bridged.

    Its scores are 1 for the nearest example's label and 0 for others.
    """

    def fit(self, values: Float32Array, labels: IntArray, *, classes: int) -> None:
        self._values, self._labels, self._classes = filled(values), labels, classes

    def scores(self, values: Float32Array) -> Float64Array:
        nearest = dtw_distances(filled(values), self._values).argmin(axis=1)
        return np.asarray(np.eye(self._classes)[self._labels[nearest]])


def dtw_distances(first: Float32Array, second: Float32Array, *, window: float = _WINDOW) -> Float32Array:
    """(N, M) the squared DTW distances between (N, L, F) and (M, L, F) without gaps, all pairs at once.

    ``window`` is the share of the length that two paths may lie apart. The cost of a cell, for all pairs, is one
    product of matrices, so that it runs at the speed of the processor without compiled code of our own.
    """
    width = max(1, int(window * first.shape[1])) if window else 0
    by_row = np.ascontiguousarray(second.transpose(1, 2, 0), dtype=np.float32)
    squares = (by_row**2).sum(axis=1)
    pieces = [first[at : at + _CHUNK] for at in range(0, len(first), _CHUNK)]
    found = [_chunk_distances(piece, by_row, squares, width) for piece in pieces]
    return np.concatenate(found) if found else np.zeros((0, len(second)), dtype=np.float32)


def _chunk_distances(
    first: Float32Array, second: Float32Array, squares: Float32Array, width: int
) -> Float32Array:
    """``second`` (L, F, M), ``squares`` (L, M)."""
    rows = first.shape[1]
    nowhere = np.full((len(first), second.shape[2]), np.inf, dtype=np.float32)
    before: dict[int, Float32Array] = {-1: np.zeros_like(nowhere)}
    for row in range(rows):
        here = np.ascontiguousarray(first[:, row], dtype=np.float32)
        doubled, own = -2 * here, (here**2).sum(axis=1)[:, None]
        current: dict[int, Float32Array] = {}
        for column in range(max(0, row - width), min(rows, row + width + 1)):
            cost = doubled @ second[column]
            cost += own
            cost += squares[column]
            np.maximum(cost, 0, out=cost)
            least = np.minimum(before.get(column - 1, nowhere), before.get(column, nowhere))
            np.minimum(least, current.get(column - 1, nowhere), out=least)
            cost += least
            current[column] = cost
        before = current
    return before[rows - 1]
