"""The visibility from which a landmark counts as seen; below, it is a guess: drawn pale and not measured."""

import numpy as np

from laban.core.arrays import BoolArray, FloatArray

LEAST_VISIBILITY = 0.5
"""Below this a landmark is more likely hidden than visible."""


def is_guessed(visibility: FloatArray) -> BoolArray:
    """(...) whether landmarks were hidden, by their visibility (...); one without visibility (NaN) counts as seen.

    >>> is_guessed(np.array([0.2, 0.8, np.nan])).tolist()
    [True, False, False]
    """
    return np.asarray(with_unknown_as_seen(visibility) < LEAST_VISIBILITY)


def with_unknown_as_seen(visibility: FloatArray) -> FloatArray:
    """(...) visibility with 1 where the source gave none (NaN).

    >>> with_unknown_as_seen(np.array([0.2, np.nan])).tolist()
    [0.2, 1.0]
    """
    # Takes a fifth of the time of nan_to_num for the few landmarks of a live frame.
    return np.where(np.isnan(visibility), visibility.dtype.type(1.0), visibility)
