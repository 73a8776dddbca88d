"""The live coach: from each pose to feedback for the trainee, without knowledge of later poses."""

import numpy as np

from laban.core.conversions import sequence_of_pose
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.tasks.coaching.exercise import Exercise
from laban.tasks.coaching.feedback import Feedback, Workout
from laban.tasks.coaching.observation import Target, see, space_for
from laban.tasks.coaching.session import Session
from laban.tasks.comparison.settings import CoachSettings


class Coach:
    """Coaches one trainee through an exercise; the streaming twin of ``coach_through``.

    Give it every frame, in order of time, with the trainee's pose, or None where they are not in the image.

    >>> from laban.tasks.coaching.exercise_file import load_exercise
    >>> coach = Coach(load_exercise("squat"))
    >>> coach.update(None, 0.0).state
    'absent'
    >>> coach.finish().count
    0
    """

    def __init__(self, exercise: Exercise, *, settings: CoachSettings | None = None) -> None:
        self.exercise, self._settings = exercise, settings or CoachSettings()
        self._target: Target | None = None
        self._session = Session(exercise, self._settings)

    def update(self, pose: Pose | None, time_s: float) -> Feedback:
        """The feedback at ``time_s``. Raises InvalidValueError where that is not later than before."""
        if pose is None or not np.isfinite(pose.image_px).any():
            return self._session.nobody(time_s)
        sequence = sequence_of_pose(pose, time_s=time_s)
        if self._target is None:
            self._target = Target(self.exercise, space=space_for(self.exercise, sequence.spaces))
        return self._session.step(see(sequence, self._target, settings=self._settings), self._target, time_s)

    def interrupt(self) -> None:
        """Expects that the next person may be another one, who does not finish a repetition already begun."""
        self._session.interrupt()

    def finish(self) -> Workout:
        """The workout since the first frame."""
        return self._session.workout()


def coach_through(
    exercise: Exercise, sequence: PoseSequence, *, settings: CoachSettings | None = None
) -> tuple[list[Feedback], Workout]:
    """The feedback at each instant of a recorded person, and the workout; equal to those of ``Coach``.

    The feedback has an entry for each of the T instants. Raises InvalidValueError where the sequence has neither
    pixels nor metres.

    >>> from laban.tasks.coaching.exercise_file import load_exercise
    >>> squat = load_exercise("squat")
    >>> once = squat.reference
    >>> metres, times_s = np.tile(once.body, (3, 1, 1)) * 0.5, np.arange(3 * len(once)) / 30
    >>> trainee = PoseSequence(times_s, once.skeleton, np.ones(metres.shape[:2]), world_m=metres)
    >>> feedback, workout = coach_through(squat, trainee)
    >>> len(feedback) == len(trainee), workout.count
    (True, 3)
    """
    chosen = settings or CoachSettings()
    target = Target(exercise, space=space_for(exercise, sequence.spaces))
    sides = see(sequence, target, settings=chosen)
    session = Session(exercise, chosen)
    said = [
        session.step(tuple(side.row(row) for side in sides), target, float(time_s))
        if seen
        else session.nobody(float(time_s))
        for row, (time_s, seen) in enumerate(zip(sequence.times_s, sequence.seen, strict=True))
    ]
    return said, session.workout()
