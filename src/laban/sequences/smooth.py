"""Smoothing: one causal filter, and two for recorded sequences."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float64Array, FloatArray
from laban.core.checks import choose, in_range, positive
from laban.core.sequence import PoseSequence
from laban.errors import InvalidValueError
from laban.sequences.resample import is_uniform

_COORDINATES = ("image_px", "depth_px", "world_m", "body")


@dataclass(frozen=True)
class SmoothSettings:
    """``method`` one_euro (causal), savitzky_golay or butterworth (both need a uniform clock).

    ``cutoff_hz`` is one-euro's minimum cut-off and Butterworth's cut-off; ``beta`` is how much one-euro's cut-off
    rises with speed, in hertz per unit a second; ``window_s`` and ``order`` are Savitzky-Golay's.
    """

    method: str = "one_euro"
    cutoff_hz: float = 1.5
    beta: float = 0.01
    window_s: float = 0.25
    order: int = 3

    def __post_init__(self) -> None:
        choose(self.method, METHODS, what="smoothing method")
        positive(self.cutoff_hz, name="cutoff_hz")
        in_range(self.beta, name="beta", low=0.0)
        positive(self.window_s, name="window_s")
        in_range(self.order, name="order", low=1, high=9)


def smooth(sequence: PoseSequence, *, settings: SmoothSettings | None = None) -> PoseSequence:
    """The sequence with every coordinate smoothed over time; missing values stay missing.

    Each run of known values is smoothed separately. One-euro is the filter of Casiez, Roussel and Vogel (CHI 2012);
    Savitzky-Golay and Butterworth are SciPy's. Raises InvalidValueError where the method needs a uniform clock and
    the times are uneven: use ``resample`` first.

    >>> from laban.sources import SyntheticScene
    >>> sequence = SyntheticScene(people=1, seconds=2.0).recording().people[0]
    >>> smooth(sequence, settings=SmoothSettings(method="butterworth", cutoff_hz=6.0)).image_px.shape
    (60, 33, 2)
    """
    chosen = settings or SmoothSettings()
    method = METHODS[chosen.method]
    changes = {}
    for name in _COORDINATES:
        values = getattr(sequence, name)
        if values is not None:
            flat = values.reshape(len(values), -1).astype(np.float64)
            changes[name] = method(flat, sequence.times_s, chosen).reshape(values.shape)
    return sequence.with_arrays(**changes)


class OneEuro:
    """The one-euro filter (Casiez, Roussel and Vogel, CHI 2012) with true times; the streaming twin of ``smooth``.

    Rows must have one length and be in order of time. A missing value stays missing and restarts its column.
    """

    def __init__(self, settings: SmoothSettings | None = None) -> None:
        self._settings = settings or SmoothSettings()
        self._last_s: float | None = None
        self._value: Float64Array | None = None
        self._speed: Float64Array | None = None

    def update(self, values: FloatArray, *, time_s: float) -> Float64Array:
        """(N,) the smoothed row for ``time_s``, which must be later than the last."""
        row = np.asarray(values, dtype=np.float64)
        if self._value is None or self._speed is None or self._last_s is None:
            out, speed = row, np.zeros_like(row)
        else:
            out, speed = self._step(row, time_s - self._last_s, self._value, self._speed)
        self._last_s, self._value, self._speed = time_s, out, speed
        return out

    def _step(
        self, row: Float64Array, elapsed_s: float, before: Float64Array, speed_before: Float64Array
    ) -> tuple[Float64Array, Float64Array]:
        positive(elapsed_s, name="time since the last row")
        fresh = ~np.isfinite(before)
        raw_speed = (row - before) / elapsed_s
        weight = _weight(1.0, elapsed_s)
        speed = np.where(fresh, 0.0, weight * raw_speed + (1 - weight) * np.nan_to_num(speed_before))
        share = _weight(self._settings.cutoff_hz + self._settings.beta * np.abs(speed), elapsed_s)
        return np.where(fresh, row, share * row + (1 - share) * before), speed


def _one_euro(values: Float64Array, times_s: Float64Array, settings: SmoothSettings) -> Float64Array:
    twin = OneEuro(settings)
    return np.stack([twin.update(row, time_s=float(time)) for row, time in zip(values, times_s, strict=True)])


def _savitzky_golay(values: Float64Array, times_s: Float64Array, settings: SmoothSettings) -> Float64Array:
    from scipy.signal import savgol_filter

    rate_hz = _rate_hz(times_s)
    least = (
        settings.order + 3 - settings.order % 2
    )  # odd, and more rows than the curve could pass through exactly
    width = max(least, 2 * round(settings.window_s * rate_hz / 2) + 1)

    def one(run: Float64Array) -> Float64Array:
        return run if len(run) < width else np.asarray(savgol_filter(run, width, settings.order, axis=0))

    return _by_runs(values, one)


def _butterworth(values: Float64Array, times_s: Float64Array, settings: SmoothSettings) -> Float64Array:
    from scipy.signal import butter, sosfiltfilt

    rate_hz = _rate_hz(times_s)
    if settings.cutoff_hz >= rate_hz / 2:
        raise InvalidValueError(
            f"cutoff_hz must be below half the rate of {rate_hz:g} Hz, got {settings.cutoff_hz:g}"
        )
    sections = butter(2, settings.cutoff_hz, fs=rate_hz, output="sos")
    least = 3 * (2 * len(sections) + 1) + 1

    def one(run: Float64Array) -> Float64Array:
        return run if len(run) < least else np.asarray(sosfiltfilt(sections, run, axis=0))

    return _by_runs(values, one)


Method = Callable[[Float64Array, Float64Array, SmoothSettings], Float64Array]
METHODS: Mapping[str, Method] = {
    "one_euro": _one_euro,
    "savitzky_golay": _savitzky_golay,
    "butterworth": _butterworth,
}


def _by_runs(values: Float64Array, one: Callable[[Float64Array], Float64Array]) -> Float64Array:
    """Applies ``one`` to every run of known values of every column."""
    out = np.array(values)
    for column in range(values.shape[1]):
        known = np.isfinite(values[:, column])
        edges = np.flatnonzero(np.diff(np.concatenate([[0], known.astype(np.int8), [0]])))
        for start, stop in edges.reshape(-1, 2):
            out[start:stop, column] = one(values[start:stop, column])
    return out


def _rate_hz(times_s: Float64Array) -> float:
    if not is_uniform(times_s):
        raise InvalidValueError("this filter needs times at even steps; use laban.resample first")
    return (len(times_s) - 1) / float(times_s[-1] - times_s[0])


def _weight(cutoff_hz: FloatArray | float, elapsed_s: float) -> FloatArray | float:
    """Share of the new value in a first-order low-pass filter: equation 6 of the paper."""
    turn = 2 * math.pi * cutoff_hz * elapsed_s
    return turn / (turn + 1)
