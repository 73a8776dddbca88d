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
    return np.asarray(with_unknown_as_seen(visibility) < LEAST_VISIBILITY)


def with_unknown_as_seen(visibility: FloatArray) -> FloatArray:
    """(...) visibility with 1 where the source gave none (NaN).

    >>> with_unknown_as_seen(np.array([0.2, np.nan])).tolist()
    [0.2, 1.0]
    """
    # A fifth of what nan_to_num takes for the few landmarks of a live frame.
    return np.where(np.isnan(visibility), visibility.dtype.type(1.0), visibility)
