"""The label of the nearest example under dynamic time warping."""

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, IntArray
from laban.models.baselines.filled import filled
from laban.sequences.dtw_pairs import dtw_distances

_WINDOW = 0.1


class NearestByDtw:
    """One nearest neighbour under dependent multivariate DTW (Shokoohi-Yekta et al. 2017, section 2.2) within a
    band of 10 % of the length (Sakoe and Chiba 1978), on squared distances. Gaps are interpolated.

    Its scores are 1 for the nearest example's label and 0 for others.
    """

    def fit(self, values: Float32Array, labels: IntArray, *, classes: int) -> None:
        self._values, self._labels, self._classes = filled(values), labels, classes

    def scores(self, values: Float32Array) -> Float64Array:
        nearest = dtw_distances(filled(values), self._values, window=_WINDOW).argmin(axis=1)
        return np.asarray(np.eye(self._classes)[self._labels[nearest]])
