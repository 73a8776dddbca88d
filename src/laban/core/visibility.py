"""From which visibility on a landmark was seen; below it is a guess of the model, drawn pale and not measured."""

import numpy as np

from laban.core.arrays import BoolArray, FloatArray

LEAST_VISIBILITY = 0.5
"""Less visible is more likely hidden than not."""


def is_guessed(visibility: FloatArray) -> BoolArray:
    """(...) whether landmarks were hidden, by their visibility (...); one that has none (NaN) counts as seen.

    >>> is_guessed(np.array([0.2, 0.8, np.nan])).tolist()
    [True, False, False]
    """
    return np.asarray(np.nan_to_num(visibility, nan=1.0) < LEAST_VISIBILITY)
