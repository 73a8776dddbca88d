"""Random convolutions and a linear classifier."""

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, IntArray
from laban.errors import MissingExtraError
from laban.models.baselines.filled import filled
from laban.models.evaluation.calibration import softmax

_LEAST_ROWS = 9  # the length of its kernels
_ALPHAS = np.logspace(-3, 3, 10)


class MiniRocket:
    """MiniRocket features (Dempster et al. 2021) and a ridge classifier whose penalty is chosen by leave-one-out,
    as its authors use it. Gaps are interpolated, and shorter windows are extended with their last row. Needs
    ``laban[baselines]``.

    Its scores are the softmax of the classifier's decision values.
    """

    def __init__(self, *, seed: int = 0) -> None:
        self._seed = seed

    def fit(self, values: Float32Array, labels: IntArray, *, classes: int) -> None:
        try:
            from aeon.transformations.collection.convolution_based import MiniRocket as Transform
            from sklearn.linear_model import RidgeClassifierCV
            from sklearn.pipeline import make_pipeline
            from sklearn.preprocessing import StandardScaler
        except ImportError as error:
            raise MissingExtraError(
                "the baseline MiniRocket needs aeon; install it with: pip install 'laban[baselines]'"
            ) from error
        self._held, self._classes = np.unique(labels), classes
        if len(self._held) < 2:
            return
        self._transform = Transform(random_state=self._seed)
        shown = self._transform.fit_transform(_series(values))
        self._classifier = make_pipeline(StandardScaler(with_mean=False), RidgeClassifierCV(alphas=_ALPHAS))
        self._classifier.fit(shown, labels)

    def scores(self, values: Float32Array) -> Float64Array:
        out = np.zeros((len(values), self._classes))
        if len(self._held) < 2:
            out[:, self._held] = 1.0
            return out
        said = self._classifier.decision_function(self._transform.transform(_series(values)))
        both = np.stack([-said, said], axis=1) if said.ndim == 1 else said
        out[:, self._held] = softmax(both)
        return out


def _series(values: Float32Array) -> Float32Array:
    """(N, F, L) of at least the length of a kernel."""
    series = filled(values).transpose(0, 2, 1)
    short = max(0, _LEAST_ROWS - series.shape[2])
    return np.ascontiguousarray(np.pad(series, ((0, 0), (0, 0), (0, short)), mode="edge"))
