"""The trainee's position in the reference, and distance from it."""

import numpy as np

from laban.tasks.coaching.observation import Observation, Target
from laban.tasks.coaching.online_alignment import OnlineDTW
from laban.tasks.coaching.smoothing import ExponentialMovingAverage

_SMOOTHED_S = 0.3


class PhaseTracker:
    """The position of one side of the trainee in the reference, and its distance from it."""

    def __init__(self, target: Target) -> None:
        exercise = target.exercise
        rows = len(target.measures)
        step_s = exercise.duration_s / (rows - 1) if rows > 1 else 1.0
        self._follower = OnlineDTW(
            target.features, weights=target.feature_weights, step_s=step_s, cyclic=not exercise.is_hold
        )
        self._error = ExponentialMovingAverage(1, over_s=_SMOOTHED_S)
        self.row, self.error = 0, float("nan")

    def update(self, sight: Observation, time_s: float) -> None:
        self.row = self._follower.update(sight.features[0], time_s)
        self.error = float(self._error.update(np.array([self._follower.error]), time_s)[0])


def height(phase: float, target: Target) -> float:
    """How far out a phase is, 1 at the turn and 0 at the ends."""
    turn = target.turn / target.last_row
    return phase / turn if phase < turn else (1 - phase) / max(1 - turn, 1e-9)
