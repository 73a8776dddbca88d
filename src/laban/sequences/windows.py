"""Fixed spans of a sequence on a uniform clock; the only place where seconds become rows."""

from collections import deque
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import BoolArray, Float32Array, Float64Array, FloatArray, frozen
from laban.core.clock import WindowSpec
from laban.core.sequence import PoseSequence
from laban.core.space import Space
from laban.errors import InvalidValueError
from laban.sequences.resample import is_uniform

__all__ = ["WindowSpec", "WindowStream", "Windows", "cut_windows", "windows"]


@dataclass(frozen=True, eq=False)
class Windows:
    """``values`` (N, L, ...) a read-only view of N windows; ``start_s`` and ``end_s`` (N,) the times of their first
    and last rows; ``known`` (N, L) whether the person was seen in each row."""

    values: Float32Array
    start_s: Float64Array
    end_s: Float64Array
    known: BoolArray

    def __len__(self) -> int:
        return len(self.values)


def windows(sequence: PoseSequence, *, spec: WindowSpec | None = None, space: Space = Space.BODY) -> Windows:
    """All whole windows of the coordinates in ``space``: (N, L, J, C), without a copy.

    ``start_s`` and ``end_s`` (N,) are their times, ``known`` (N, L) tells in which rows the person was seen. Raises
    InvalidValueError where the times are not on the clock of ``spec``; use ``resample`` first.

    >>> from laban.sources import SyntheticScene
    >>> sequence = SyntheticScene(people=1, seconds=2.0).recording().people[0]
    >>> cut = windows(sequence, spec=WindowSpec(length_s=1.0, hop_s=0.5, fps=30.0), space=Space.PIXEL)
    >>> cut.values.shape, cut.start_s
    ((3, 30, 33, 2), array([0. , 0.5, 1. ]))
    """
    return cut_windows(sequence.coordinates(space), sequence.times_s, spec=spec or WindowSpec())


def cut_windows(values: FloatArray, times_s: Float64Array, *, spec: WindowSpec) -> Windows:
    """All whole windows of rows (T, ...) at even times; see ``windows``."""
    _check_clock(times_s, spec)
    count = spec.count(len(times_s))
    if count == 0:
        empty = np.zeros((0, spec.length, *values.shape[1:]), dtype=values.dtype)
        none = np.zeros(0)
        return Windows(empty, none, none, np.zeros((0, spec.length), dtype=bool))
    slid = np.lib.stride_tricks.sliding_window_view(values, spec.length, axis=0)[:: spec.hop]
    view = np.moveaxis(slid, -1, 1)
    starts = np.arange(count) * spec.hop
    seen = _known(values)
    known = np.lib.stride_tricks.sliding_window_view(seen, spec.length)[:: spec.hop]
    return Windows(view, times_s[starts], times_s[starts + spec.length - 1], known)


class WindowStream:
    """The streaming twin of ``cut_windows``: rows in, a window out whenever one is full."""

    def __init__(self, spec: WindowSpec | None = None) -> None:
        self._spec = spec or WindowSpec()
        self._rows: deque[tuple[float, FloatArray]] = deque(maxlen=self._spec.length)
        self._count = 0

    def update(self, row: FloatArray, *, time_s: float) -> Windows | None:
        """The window (1, L, ...) that ends with this row, if one does."""
        if self._rows and abs(time_s - self._rows[-1][0] - 1 / self._spec.fps) > 0.5 / self._spec.fps:
            self._count = 0
        self._rows.append((time_s, np.asarray(row)))
        self._count += 1
        due = self._count >= self._spec.length and (self._count - self._spec.length) % self._spec.hop == 0
        return self._window() if due else None

    def _window(self) -> Windows:
        values = np.stack([row for _, row in self._rows])
        known = _known(values)
        frozen_values = frozen(
            values[None], shape=("1", *map(str, values.shape)), name="values", dtype=values.dtype.type
        )
        start, end = np.array([self._rows[0][0]]), np.array([self._rows[-1][0]])
        return Windows(frozen_values, start, end, known[None])


def _known(values: FloatArray) -> BoolArray:
    """(T,) whether anything is known in each row."""
    return np.asarray(np.isfinite(values.reshape(len(values), -1)).any(axis=1))


def _check_clock(times_s: Float64Array, spec: WindowSpec) -> None:
    if len(times_s) < 2:
        return
    step_s = float(times_s[-1] - times_s[0]) / (len(times_s) - 1)
    if not is_uniform(times_s) or abs(step_s * spec.fps - 1) > 1e-3:
        raise InvalidValueError(
            f"windows need times {1 / spec.fps:.4f} s apart, got about {step_s:.4f} s; use laban.resample first"
        )
