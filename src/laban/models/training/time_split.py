"""Splits long recordings by time, where there is only one of each label."""

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.core.clock import WindowSpec
from laban.errors import InvalidValueError
from laban.models.examples import Examples

NOWHERE = -1


def parts_by_time(examples: Examples, *, validation: float, test: float) -> IntArray:
    """(N,) 0, 1 or 2 for windows in the first, the next and the last part of their clip (training, validation and
    test), -1 for those that span two parts.

    Raises InvalidValueError for examples that are whole clips.
    """
    clock = examples.clock
    if not isinstance(clock, WindowSpec):
        raise InvalidValueError("whole clips cannot be split by time; use windows, or add clips")
    starts_s = examples.start_s
    ends_s = starts_s + (clock.length - 1) / clock.fps
    first_s, last_s = _reach(examples.clip, starts_s, ends_s, count=len(examples.clips))
    length_s = np.maximum(last_s - first_s, 1e-9)[examples.clip]
    edges = np.array([1.0 - validation - test, 1.0 - test])
    origin_s = first_s[examples.clip]
    begin = np.searchsorted(edges, (starts_s + 1e-6 - origin_s) / length_s, side="right")
    end = np.searchsorted(edges, (ends_s - 1e-6 - origin_s) / length_s, side="left")
    return np.where(begin == end, begin, NOWHERE)


def _reach(
    clip: IntArray, starts_s: Float64Array, ends_s: Float64Array, *, count: int
) -> tuple[Float64Array, Float64Array]:
    """(clips,) when the first window of each begins and its last one ends."""
    first_s, last_s = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(first_s, clip, starts_s)
    np.maximum.at(last_s, clip, ends_s)
    return first_s, last_s
