"""Resampling from a camera's times to a uniform clock."""

import numpy as np

from laban.core.arrays import Float64Array, FloatArray
from laban.core.checks import positive
from laban.core.sequence import PoseSequence, Recording

_FIELDS = ("visibility", "image_px", "depth_px", "world_m", "body", "score")
_TOLERANCE = 1e-3
_LEAST_ROWS = 2


def is_uniform(times_s: Float64Array) -> bool:
    """Whether the steps between times are even, to a thousandth of a step; a single time has no steps.

    >>> is_uniform(np.array([0.0, 0.1, 0.2])), is_uniform(np.array([0.0, 0.1, 0.3]))
    (True, False)
    """
    if len(times_s) < _LEAST_ROWS:
        return False
    steps = np.diff(times_s)
    return bool(np.abs(steps - steps.mean()).max() <= _TOLERANCE * steps.mean())


def uniform_times_s(start_s: float, stop_s: float, *, fps: float) -> Float64Array:
    """Times ``1 / fps`` apart from ``start_s`` up to at most ``stop_s``."""
    count = int(np.floor((stop_s - start_s) * positive(fps, name="fps") + 1e-6)) + 1
    return np.minimum(start_s + np.arange(count) / fps, stop_s)


def resample(
    sequence: PoseSequence, *, fps: float = 30.0, max_gap_s: float = 0.25, times_s: Float64Array | None = None
) -> PoseSequence:
    """The sequence at even steps, linearly interpolated in time.

    Between neighbours more than ``max_gap_s`` apart, and next to a missing one, a value is missing; at the time of
    a frame its values are taken unchanged. ``times_s`` replaces the even times; values before the first frame and
    after the last are missing. Raises InvalidValueError where ``fps`` is not above zero.

    >>> from laban.sources import SyntheticScene
    >>> sequence = SyntheticScene(people=1, seconds=2.0).recording().people[0]
    >>> resample(sequence, fps=10.0).times_s[:3]
    array([0. , 0.1, 0.2])
    """
    clock = times_s if times_s is not None else uniform_times_s(*_ends(sequence.times_s), fps=fps)
    return sequence.with_arrays(times_s=clock, **_at(sequence, clock, max_gap_s=max_gap_s))


def resample_recording(recording: Recording, *, fps: float = 30.0, max_gap_s: float = 0.25) -> Recording:
    """All people on one uniform clock from the first frame of the recording; see ``resample``.

    A person who is present for less than a step is left out.

    >>> from laban.sources import SyntheticScene
    >>> recording = SyntheticScene(people=2, seconds=2.0).recording()
    >>> len(recording.times_s), len(resample_recording(recording, fps=10.0).times_s)
    (60, 20)
    """
    if len(recording.times_s) == 0:
        return recording
    clock = uniform_times_s(*_ends(recording.times_s), fps=fps)
    people = {}
    for person, sequence in recording.people.items():
        first, last = _ends(sequence.times_s)
        within = clock[(clock >= first - 1e-9) & (clock <= last + 1e-9)]
        if len(within):
            people[person] = resample(sequence, max_gap_s=max_gap_s, times_s=within)
    return recording.replace(times_s=clock, people=people)


def _ends(times_s: Float64Array) -> tuple[float, float]:
    return float(times_s[0]), float(times_s[-1])


def _at(sequence: PoseSequence, clock: Float64Array, *, max_gap_s: float) -> dict[str, FloatArray]:
    times_s = sequence.times_s
    right = np.searchsorted(times_s, clock - 1e-9).clip(0, len(times_s) - 1)
    left = np.where(np.abs(times_s[right] - clock) <= 1e-9, right, np.maximum(right - 1, 0))
    gap_s = times_s[right] - times_s[left]
    share = np.where(gap_s > 0, (clock - times_s[left]) / np.where(gap_s > 0, gap_s, 1.0), 0.0)
    within = (clock >= times_s[0] - 1e-9) & (clock <= times_s[-1] + 1e-9)
    share = np.where((gap_s <= max_gap_s) & within, share, np.nan)
    return {
        name: _between(values, left, right, share)
        for name in _FIELDS
        if (values := getattr(sequence, name)) is not None
    }


def _between(values: FloatArray, left: np.ndarray, right: np.ndarray, share: Float64Array) -> Float64Array:
    first, second = values[left].astype(np.float64), values[right].astype(np.float64)
    weight = share.reshape(-1, *[1] * (values.ndim - 1))
    return np.asarray(np.where(weight == 0, first, first + weight * (second - first)))
