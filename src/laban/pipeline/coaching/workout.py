"""From a camera or file to what a coach says of each frame."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.sequence import Recording
from laban.errors import InvalidValueError
from laban.pipeline.recording.assemble import PeopleTable
from laban.pipeline.recording.live_frames import live_frames, people_in
from laban.pipeline.recording.trainee import TraineeChoice
from laban.pose.protocol import PoseEstimator
from laban.sources.protocol import FrameSource
from laban.tasks.coaching.coach import Coach
from laban.tasks.coaching.exercise import Exercise
from laban.tasks.coaching.feedback import Feedback, Workout
from laban.tasks.comparison.settings import CoachSettings


@dataclass(frozen=True, eq=False)
class Instant:
    """One frame, the trainee in it (None where not there), how many ``people`` there are, and what to say."""

    frame: Frame
    trainee: Pose | None
    people: int
    feedback: Feedback


@dataclass(frozen=True)
class Attendance:
    """Who was there in how many ``frames``: all ``people`` that were seen, the ``trainees`` among them, and in how
    many frames so much of a trainee that something could be said (``coached``)."""

    frames: int = 0
    coached: int = 0
    people: frozenset[int] = frozenset()
    trainees: tuple[int, ...] = ()


@dataclass
class CoachedWorkout:
    """A workout under way: goes through the frames once, and knows afterwards what was done and by whom.

    What one person began is not finished by the next who is taken for the trainee.
    """

    exercise: Exercise
    source: FrameSource
    estimator: PoseEstimator
    person: int | None = None
    settings: CoachSettings | None = None
    stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._coach = Coach(self.exercise, settings=self.settings)
        self._choice = TraineeChoice(person=self.person)
        self._table = PeopleTable()
        self._attendance = Attendance()
        self._began = False
        self._last: int | None = None

    def instants(self) -> Iterator[Instant]:
        """What to say of each frame, as soon as it is known; ends with the source or once ``stop`` is set.

        Raises what the source and the estimator raise, InvalidValueError when it is gone through again.
        """
        if self._began:
            raise InvalidValueError("a workout is gone through once; build another for another run")
        self._began = True
        live = self.source.times_s is None
        with live_frames(self.source, stop=self.stop) as frames:
            for frame, poses in people_in(frames, self.estimator, live=live):
                yield self._instant(frame, poses)

    def workout(self) -> Workout:
        """What was done so far."""
        return self._coach.finish()

    def recording(self) -> Recording:
        """The movement of whoever was coached so far, and of nobody else."""
        return self._table.recording(
            source=self.source.name,
            size_wh=self.source.size_wh,
            metadata={"exercise": self.exercise.name},
        )

    @property
    def attendance(self) -> Attendance:
        """Who was there so far."""
        return self._attendance

    def _instant(self, frame: Frame, poses: list[Pose]) -> Instant:
        trainee = self._choice.update(poses, frame.time_s)
        if trainee is not None and self._last not in (None, trainee.person):
            self._coach.interrupt()
        self._last = self._last if trainee is None else trainee.person
        feedback = self._coach.update(trainee, frame.time_s)
        self._table.add(frame.time_s, [] if trainee is None else [trainee])
        before = self._attendance
        self._attendance = Attendance(
            frames=before.frames + 1,
            coached=before.coached + (feedback.state not in ("absent", "hidden")),
            people=before.people.union(pose.person for pose in poses if pose.person is not None),
            trainees=tuple(self._choice.coached_s),
        )
        return Instant(frame, trainee, len(poses), feedback)
