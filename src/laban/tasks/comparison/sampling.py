"""Checks that a clip has enough frames for the speed of its repetitions, with a warning if not."""

import math
from collections import deque
from collections.abc import Mapping
from itertools import pairwise
from math import ceil
from typing import TypeVar

import numpy as np

from laban.core.arrays import Float64Array
from laban.errors import InvalidValueError

LEAST_FRAMES = 4.0
"""Frames per repetition: with fewer its turns fall between frames, and the count would be wrong."""

_SAFE_FRAMES = 1.5 * LEAST_FRAMES
_MOST_SURPRISE = 0.7  # between a sine that is seen four times in each cycle and one seen three times
_BEYOND_SINE = 0.6
_AROUND = 2  # frames before and after, through which a cubic goes
_USUAL_SPAN = 1.5  # times the usual span of so many frames: nothing can be predicted across a gap
_LEAST_FORETOLD = 3
_CLOCK_S = 2e-3  # steps are kept in milliseconds
_NEIGHBOURS = tuple(step for step in range(-_AROUND, _AROUND + 1) if step)
_OTHERS = [(step, [other for other in _NEIGHBOURS if other != step]) for step in _NEIGHBOURS]

_Times = TypeVar("_Times", float, Float64Array)


def surprise(values: Float64Array, times_s: Float64Array) -> float:
    """How badly each frame is predicted by its neighbours: the mean squared error of a cubic through the two before
    and the two after, as a share of the variance of ``values`` (T, F).

    A sine seen 6 times in each cycle gives 0.03, 4 times 0.44, 3 times 2.3; noise gives 1.9. NaN where nothing can
    be predicted or nothing moves. Missing values are not expected.

    >>> float(round(surprise(np.sin(np.arange(40.0) * np.pi / 2)[:, None], np.arange(40.0)), 2))
    0.44
    """
    rows = np.arange(_AROUND, len(values) - _AROUND)
    spans = times_s[2 * _AROUND :] - times_s[: -2 * _AROUND] if len(rows) else np.zeros(0)
    rows = rows[spans <= _USUAL_SPAN * np.median(spans)] if len(rows) else rows
    variance = float(values.var(axis=0).sum())
    if len(rows) < _LEAST_FORETOLD or not variance > 0:
        return float("nan")
    shares = _shares({step: times_s[rows + step] for step in (0, *_NEIGHBOURS)})
    errors = values[rows] - sum(share[:, None] * values[rows + step] for step, share in shares.items())
    return float((errors**2).mean(axis=0).sum()) / variance


def _shares(at_s: Mapping[int, _Times]) -> dict[int, _Times]:
    """Lagrange's weights of the neighbours, by how many frames they are away, as ``at_s`` has the times of the
    frame itself (0) and of its neighbours: of one frame, or of many in arrays."""
    shares = {}
    for step, (one, two, three) in _OTHERS:  # written out: this runs for every frame of a live workout
        shares[step] = (
            (at_s[0] - at_s[one])
            / (at_s[step] - at_s[one])
            * ((at_s[0] - at_s[two]) / (at_s[step] - at_s[two]))
            * ((at_s[0] - at_s[three]) / (at_s[step] - at_s[three]))
        )
    return shares


def main_curves(values: Float64Array, *, count: int) -> Float64Array:
    """(T, ``count``) the first principal components of ``values`` (T, F), in which jitter counts for little."""
    left, sizes, _ = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
    return np.asarray((left * sizes)[:, :count])


def check_resolved(
    values: Float64Array, times_s: Float64Array, *, least_s: float, starts_s: Float64Array
) -> None:
    """Refuses a movement that is quicker than the frames: where a repetition of ``least_s`` would be seen in fewer
    than ``LEAST_FRAMES`` of them, and the frames are predicted by their neighbours worse than those of repetitions
    that begin at ``starts_s`` would be, or are too few to decide.

    Such a clip shows another, slower rhythm (aliasing, as wheels in films turn backwards). ``values`` (T, F)
    are the curves of the movement at the times of its frames. A movement that repeats exactly, with fewer than
    two frames per cycle, cannot be distinguished from a slow one.
    """
    step_s = float(np.median(np.diff(times_s)))
    if step_s * LEAST_FRAMES <= least_s:
        return
    is_short = len(times_s) < 2 * _AROUND + _LEAST_FORETOLD
    if is_short or surprise(values, times_s) > most_surprise(starts_s, step_s=step_s):
        got = f"{len(times_s)} frames in all" if is_short else "a body that is somewhere else in every frame"
        raise InvalidValueError(
            f"movements this quick cannot be counted at {1 / step_s:.3g} frames a second: "
            f"expected {LEAST_FRAMES:g} frames of each or more, got {got}; "
            f"film at {ceil(LEAST_FRAMES / least_s)} frames a second or more"
        )


def most_surprise(starts_s: Float64Array, *, step_s: float) -> float:
    """The largest ``surprise`` of frames with repetitions that begin at ``starts_s``: that of a sine of their
    length, plus an allowance for jitter and quick turns."""
    if len(starts_s) < 2:
        return _MOST_SURPRISE
    turn = 2 * np.pi * step_s / float(np.median(np.diff(starts_s)))
    sine = (1 - (8 * np.cos(turn) - 2 * np.cos(2 * turn)) / 6) ** 2
    return max(_MOST_SURPRISE, float(sine) + _BEYOND_SINE)


def check_sampled(starts_s: Float64Array, times_s: Float64Array) -> None:
    """Refuses repetitions, which begin at ``starts_s``, that are seen in too few frames to be counted."""
    if len(starts_s) < 2:
        return
    lasting_s, step_s = float(np.median(np.diff(starts_s))), float(np.median(np.diff(times_s)))
    if lasting_s < LEAST_FRAMES * step_s:
        raise InvalidValueError(
            f"repetitions of about {lasting_s:.2g} s cannot be counted at {1 / step_s:.3g} frames a second: "
            f"expected {LEAST_FRAMES:g} frames of each or more, got {lasting_s / step_s:.1f}; "
            f"film at {ceil(_SAFE_FRAMES / lasting_s)} frames a second or more"
        )


def holes(times_s: Float64Array, *, longer_s: float) -> list[tuple[float, float]]:
    """The spans without a frame that are longer than ``longer_s``."""
    return [(since, to) for since, to in pairwise(times_s.tolist()) if to - since > longer_s]


class SamplingWatch:
    """Takes the counting measure of a coach, value by value, and says in the end whether there were enough frames;
    the streaming twin of ``check_sampled`` and ``check_resolved``."""

    def __init__(self, *, least_s: float, least_range: float) -> None:
        self._least_s, self._least_range = least_s, least_range
        self._lately: deque[tuple[float, float]] = deque(maxlen=2 * _AROUND + 1)
        self._steps_s: dict[int, int] = {}
        self._count = self._foretold = 0
        self._mean = self._squares = self._errors = 0.0
        self._low, self._high = np.inf, -np.inf

    def update(self, value: float, time_s: float) -> None:
        """Adds a value; NaN is ignored."""
        if not math.isfinite(value):
            return
        if self._lately:
            milliseconds = round(1000 * (time_s - self._lately[-1][0]))
            self._steps_s[milliseconds] = self._steps_s.get(milliseconds, 0) + 1
        self._lately.append((time_s, value))
        self._add(value)
        self._foretell()

    def needed_fps(self, starts_s: Float64Array, ends_s: Float64Array) -> float | None:
        """The frame rate that a reliable count of repetitions from ``starts_s`` to ``ends_s`` needs; None where the
        clip had enough frames.

        A coach sees a repetition from the last frame of rest to the first, which is a step more than it lasts;
        missed repetitions lengthen the time between two others.
        """
        step_s = self._step_s()
        lasting_s = float(np.median(ends_s - starts_s)) - step_s if len(starts_s) else np.inf
        if len(starts_s) > 1:
            lasting_s = min(lasting_s, float(np.median(np.diff(starts_s))))
        if lasting_s < LEAST_FRAMES * step_s - _CLOCK_S:
            return float(ceil(_SAFE_FRAMES / max(lasting_s, self._least_s)))
        is_slow = step_s * LEAST_FRAMES > self._least_s and self._high - self._low >= self._least_range
        is_quick = is_slow and self._is_surprised(most_surprise(starts_s, step_s=step_s))
        return float(ceil(LEAST_FRAMES / self._least_s)) if is_quick else None

    def _add(self, value: float) -> None:
        self._count += 1
        before = value - self._mean
        self._mean += before / self._count
        self._squares += before * (value - self._mean)
        self._low, self._high = min(self._low, value), max(self._high, value)

    def _foretell(self) -> None:
        if len(self._lately) <= 2 * _AROUND:
            return
        # Plain numbers: this runs for every frame of a live workout, and arrays of one cost ten times as much.
        times_s, values = zip(*self._lately, strict=True)
        if times_s[-1] - times_s[0] > _USUAL_SPAN * 2 * _AROUND * self._step_s():
            return
        shares = _shares({step: times_s[_AROUND + step] for step in (0, *_NEIGHBOURS)})
        told = 0.0
        for step, share in shares.items():
            told += share * values[_AROUND + step]
        self._errors += (values[_AROUND] - told) ** 2
        self._foretold += 1

    def _is_surprised(self, most: float) -> bool:
        if self._foretold < _LEAST_FORETOLD or not self._squares > 0:
            return False
        return self._errors / self._foretold > most * self._squares / self._count

    def _step_s(self) -> float:
        """The median of the steps."""
        half, counted = sum(self._steps_s.values()) / 2, 0
        for milliseconds, count in sorted(self._steps_s.items()):
            counted += count
            if counted >= half:
                return milliseconds / 1000
        return 0.0
