"""The tempo of a movement relative to another: overall, per phase, and where it hesitates."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.features.angles import MAIN_ANGLES
from laban.tasks.comparison.alignment import Alignment
from laban.tasks.comparison.differences import Differences
from laban.tasks.comparison.measures import Measures
from laban.tasks.comparison.principal_curve import main_signal, turning_points

Pace = Literal["as the reference", "too fast", "too slow"]

_MOST_OFF = 1.2  # times as fast or as slow as the reference is still its tempo
_LEAST_HALT_S = 0.4
_STILL_DEG_S = 25.0
_MOVING_DEG_S = 40.0
_MOST_PHASES = 8
_EVEN_PHASES = 4


@dataclass(frozen=True)
class Tempo:
    """``ratio`` is how many times as fast as the reference the attempt is."""

    ratio: float
    pace: Pace


@dataclass(frozen=True)
class Phase:
    """A part of the reference between two turning points, and how the attempt did it."""

    start_s: float
    end_s: float
    attempt_start_s: float
    attempt_end_s: float
    score_percent: float
    tempo: Tempo
    worst_joint: str | None


@dataclass(frozen=True)
class Hesitation:
    """The attempt stands still from ``start_s`` to ``end_s`` of its own time where the reference goes on."""

    start_s: float
    end_s: float
    reference_s: float


def tempo_of(attempt_s: Float64Array, times_s: Float64Array) -> Tempo:
    """The tempo of the attempt between its instants ``attempt_s`` (R,), which correspond to ``times_s`` (R,)."""
    own, theirs = float(attempt_s[-1] - attempt_s[0]), float(times_s[-1] - times_s[0])
    ratio = theirs / own if own > 0 else float("inf")
    pace: Pace = (
        "too fast" if ratio > _MOST_OFF else "too slow" if ratio < 1 / _MOST_OFF else "as the reference"
    )
    return Tempo(ratio, pace)


def phases_of(theirs: Measures, attempt_s: Float64Array, differences: Differences) -> Iterator[Phase]:
    """The phases of the reference: from turning point to turning point of its main movement, or quarters of it
    where it has none or too many."""
    edges = _edges(theirs)
    for start, end in pairwise(edges):
        rows = slice(start, end + 1)
        scores = differences.score_percent[rows]
        known = scores[np.isfinite(scores)]
        excess = differences.excess_deg[rows].mean(axis=0)
        yield Phase(
            start_s=float(theirs.times_s[start]),
            end_s=float(theirs.times_s[end]),
            attempt_start_s=float(attempt_s[start]),
            attempt_end_s=float(attempt_s[end]),
            score_percent=float(known.mean()) if len(known) else float("nan"),
            tempo=tempo_of(attempt_s[rows], theirs.times_s[rows]),
            worst_joint=MAIN_ANGLES[int(excess.argmax())] if excess.max() > 1.0 else None,
        )


def hesitations(own: Measures, theirs: Measures, alignment: Alignment) -> Iterator[Hesitation]:
    """Where the attempt stands still for a while and the reference, at that place, does not."""
    speed = _speed_deg_s(own)
    halted = speed < _STILL_DEG_S
    moving = _speed_deg_s(theirs) > _MOVING_DEG_S
    for start, end in _runs(halted):
        lasting_s = float(own.times_s[end] - own.times_s[start])
        beside = alignment.second[(alignment.first >= start) & (alignment.first <= end)]
        if lasting_s < _LEAST_HALT_S or not len(beside):
            continue
        # The reference may rest at that place too: then it is no hesitation but the movement.
        low, high = max(0, int(beside[0]) - 1), min(len(theirs) - 1, int(beside[-1]) + 1)
        theirs_s = float(theirs.times_s[high] - theirs.times_s[low])
        if (
            start > 0
            and end < len(own) - 1
            and moving[low : high + 1].mean() > 0.5
            and theirs_s < lasting_s / 1.5
        ):
            middle = float(theirs.times_s[(low + high) // 2])
            yield Hesitation(float(own.times_s[start]), float(own.times_s[end]), middle)


def _edges(theirs: Measures) -> list[int]:
    last = len(theirs) - 1
    turns = [one for one in turning_points(main_signal(theirs).values) if 0.05 * last < one < 0.95 * last]
    if not 1 <= len(turns) < _MOST_PHASES:
        turns = [round(last * part / _EVEN_PHASES) for part in range(1, _EVEN_PHASES)]
    return sorted({0, *turns, last})


def _speed_deg_s(measures: Measures) -> Float64Array:
    """(T,) the speed of the fastest angle, over a quarter of a second around each instant; 0 where none is
    known."""
    rate_hz = 1.0 / float(np.median(np.diff(measures.times_s)))
    half = max(1, min(round(rate_hz / 8), (len(measures) - 1) // 2))
    padded = np.pad(measures.angles_deg, ((half, half), (0, 0)), mode="edge")
    change = np.abs(padded[2 * half :] - padded[: -2 * half]) * rate_hz / (2 * half)
    return np.asarray(np.nan_to_num(change, nan=0.0).max(axis=1))


def _runs(mask: np.ndarray) -> IntArray:
    """(R, 2) first and last row of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return np.stack([edges[::2], edges[1::2] - 1], axis=1)
