"""The cost of a coached frame: a person who does five squats, in pixels and metres, through ``Coach.update``."""

import numpy as np

from benchmarks.calls import Update, update_rows
from benchmarks.rows import Row
from laban.core.pose import Pose
from laban.tasks.coaching.coach import Coach
from laban.tasks.coaching.exercise import Exercise
from laban.tasks.coaching.exercise_file import load_exercise

_FIRST_CALLS = 698
_REPETITIONS, _FPS = 5, 30.0
_TORSO_M, _METRE_PX, _MIDDLE_PX = 0.5, 200.0, (320.0, 240.0)


def call_rows() -> list[Row]:
    """The calls and the processor time of a coached frame."""
    squat = load_exercise("squat")
    poses = _trainee(squat)

    def new_stream() -> Update:
        coach = Coach(squat)
        return lambda index: coach.update(poses[index], index / _FPS)

    return update_rows("a coached frame", new_stream, frames=len(poses), first_calls=_FIRST_CALLS)


def _trainee(exercise: Exercise) -> list[Pose]:
    """The reference itself, repeated, in front of a camera."""
    reference = exercise.reference
    metres = np.tile(np.asarray(reference.body), (_REPETITIONS, 1, 1)) * _TORSO_M
    pixels = metres[..., :2] * _METRE_PX + _MIDDLE_PX
    seen = np.where(np.isfinite(metres).all(axis=2), 1.0, 0.0)
    return [
        Pose(reference.skeleton, pixels[row], seen[row], world_m=metres[row], person=0)
        for row in range(len(metres))
    ]
