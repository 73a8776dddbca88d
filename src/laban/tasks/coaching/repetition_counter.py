"""Counts repetitions as they happen, by a measure that crosses one threshold and returns across another."""

import math
from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np

from laban.tasks.coaching.exercise import Counting

_MEDIAN_OF = 3  # values: a single wrong frame is ignored ...
_MEDIAN_S = 0.15  # ... if they come within that time; on a slower clock quick turns would be cut off
_ABSENT_S = 2.0

LEAST_S = 0.3
"""The shortest repetition."""

SHORT = 0.4
"""The share of the way from rest to turn that counts as an attempt."""


@dataclass(frozen=True)
class Cycle:
    """A way out and back: ``done`` where it passed both thresholds, ``short`` where it turned too early.

    ``reached`` is how far the measure went, ``range`` from its least to its most.
    """

    kind: Literal["done", "short"]
    start_s: float
    turn_s: float
    end_s: float
    reached: float
    range: float


class HysteresisCounter:
    """Takes a measure instant by instant, and reports each repetition when it is over.

    A person first seen in mid-movement, or back after more than two seconds, is counted from then on.
    """

    def __init__(self, counting: Counting) -> None:
        self._sign = 1.0 if counting.turn > counting.rest else -1.0
        self._rest, self._turn = self._sign * counting.rest, self._sign * counting.turn
        self._lately: deque[tuple[float, float]] = deque(maxlen=_MEDIAN_OF)
        self._last_s = -np.inf
        self._start_s = self._peak_s = 0.0
        self._peak, self._least = -np.inf, np.inf
        self.at_rest = False

    def update(self, value: float, time_s: float) -> Cycle | None:
        """The cycle that the value at ``time_s`` finishes, if any; NaN is ignored."""
        if not math.isfinite(value):
            return None
        if time_s - self._last_s > _ABSENT_S:
            self._lately.clear()
            self._begin(time_s)
            self.at_rest = False
        self._last_s = time_s
        self._lately.append((time_s, self._sign * value))
        return self._take(self._steady(), time_s)

    def _steady(self) -> float:
        (first_s, _), (last_s, value) = self._lately[0], self._lately[-1]
        if last_s - first_s > _MEDIAN_S:
            return value
        # Written out for few values: NumPy's median takes as long as the rest of the counting.
        _, values = zip(*self._lately, strict=True)
        ordered: list[float] = sorted(values)
        half = len(ordered) // 2
        return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2

    def _take(self, value: float, time_s: float) -> Cycle | None:
        resting, ended = value <= self._rest, None
        if resting:
            ended = None if self.at_rest else self._ended(time_s)
            self._begin(time_s)
        self.at_rest = resting
        if value > self._peak:
            self._peak, self._peak_s = value, time_s
        self._least = min(self._least, value)
        return ended

    def _ended(self, time_s: float) -> Cycle | None:
        share = (self._peak - self._rest) / (self._turn - self._rest)
        if share < SHORT or time_s - self._start_s < LEAST_S:
            return None
        return Cycle(
            "done" if share >= 1.0 else "short",
            self._start_s,
            self._peak_s,
            time_s,
            self._sign * self._peak,
            self._peak - self._least,
        )

    def _begin(self, time_s: float) -> None:
        self._start_s = self._peak_s = time_s
        self._peak, self._least = -np.inf, np.inf
