"""Which gaps between sightings of a person are bridged: those that are short in time, or in frames.

A camera at 3 frames a second sees a person at most every third of a second, and yet misses nothing. So a gap counts
by its frames: with at most one frame without the person, they were there all the time.
The rule looks at the frames of the gap alone, so that a stream can apply it.
"""

import numpy as np

from laban.core.arrays import BoolArray, Float64Array
from laban.core.sequence import PoseSequence

MAX_GAP_S = 0.25
"""Sightings no further apart than this are interpolated, whatever the frames."""

MAX_STEP_S = 0.75
"""Between sightings further apart than this nothing is known, however slow the frames."""

_MOST_STEPS = 2


def sightings(sequence: PoseSequence) -> PoseSequence:
    """The rows in which the person is seen, and one empty row within each gap that must not be bridged.

    ``sequence`` has a row for every frame of its time. Resampled with ``MAX_STEP_S``, what comes back is known
    between sightings at most ``MAX_GAP_S`` apart, and between those with at most one frame between them.
    """
    seen = np.asarray(sequence.seen)
    rows = np.flatnonzero(seen)
    kept = seen.copy()
    kept[rows[:-1][_is_long(sequence.times_s[rows], rows)] + 1] = True
    return sequence.take(kept)


def _is_long(times_s: Float64Array, rows: np.ndarray) -> BoolArray:
    """For each sighting but the last, whether the gap after it is more than a step of a slow clock."""
    return np.asarray((np.diff(times_s) > MAX_GAP_S) & (np.diff(rows) > _MOST_STEPS))
