"""A workout watched live: what a coach says of each frame, and what was done by whom."""

from collections.abc import Sequence
from dataclasses import dataclass

from laban.core.events import Event
from laban.core.frame import Frame, FrameInfo
from laban.core.pose import Pose
from laban.core.sequence import Recording
from laban.errors import InvalidValueError
from laban.pipeline.coaching.workout_events import WorkoutEvents
from laban.pipeline.recording.assemble import PeopleTable
from laban.pipeline.recording.trainee import TraineeChoice
from laban.tasks.coaching.coach import Coach
from laban.tasks.coaching.exercise import Exercise
from laban.tasks.coaching.feedback import Feedback, Workout
from laban.tasks.comparison.settings import CoachSettings


@dataclass(frozen=True, eq=False)
class CoachedFrame:
    """One frame (None where only landmarks arrived), the trainee in it (None where not there), how many ``people``
    there are, and what to say."""

    frame: Frame | None
    trainee: Pose | None
    people: int
    feedback: Feedback


@dataclass(frozen=True)
class PresenceStats:
    """Who was there in how many ``frames``: all ``people`` that were seen, the ``trainees`` among them, and in how
    many frames so much of a trainee that something could be said (``coached``)."""

    frames: int = 0
    coached: int = 0
    people: frozenset[int] = frozenset()
    trainees: tuple[int, ...] = ()


class CoachedWorkout:
    """A workout under way, as one of the watchers of a live session: of ``person``, or of whoever is chosen as the
    trainee (``TraineeChoice``). It knows afterwards what was done and by whom.

    A hint, and the holding of a pose, begin and end; a repetition is known once it is over. What one person began
    is not finished by the next who is taken for the trainee. ``instant`` is what there is to say of the last frame.
    """

    def __init__(
        self, exercise: Exercise, *, person: int | None = None, settings: CoachSettings | None = None
    ) -> None:
        self.exercise = exercise
        self._coach = Coach(exercise, settings=settings)
        self._choice = TraineeChoice(person=person)
        self._table, self._events = PeopleTable(), WorkoutEvents()
        self._attendance = PresenceStats()
        self._instant: CoachedFrame | None = None
        self._last: int | None = None
        self._size_wh: tuple[int, int] | None = None

    def update(self, time_s: float, people: Sequence[Pose], info: FrameInfo) -> list[Event]:
        """What begins and ends by this frame, later than those before."""
        trainee = self._choice.update(people, time_s)
        if trainee is not None and self._last not in (None, trainee.person):
            self._coach.interrupt()
        self._last = self._last if trainee is None else trainee.person
        self._size_wh = self._size_wh or info.size_wh
        feedback = self._coach.update(trainee, time_s)
        self._table.add(time_s, [] if trainee is None else [trainee])
        before = self._attendance
        self._attendance = PresenceStats(
            frames=before.frames + 1,
            coached=before.coached + (feedback.state not in ("absent", "hidden")),
            people=before.people.union(pose.person for pose in people if pose.person is not None),
            trainees=tuple(self._choice.coached_s),
        )
        self._instant = CoachedFrame(info.frame, trainee, len(people), feedback)
        return self._events.of(feedback, person=self._last)

    def finish(self) -> list[Event]:
        """What is going on ends with the last frame."""
        return self._events.finish()

    @property
    def instant(self) -> CoachedFrame:
        """The last frame. Raises InvalidValueError before there was one."""
        if self._instant is None:
            raise InvalidValueError("nothing was coached yet; give the workout a frame first")
        return self._instant

    def workout(self) -> Workout:
        """What was done so far."""
        return self._coach.finish()

    def recording(self, *, source: str = "") -> Recording:
        """The movement of whoever was coached so far, and of nobody else; ``source`` is what it is called.

        Raises InvalidValueError where the size of the images is not known.
        """
        if self._size_wh is None:
            raise InvalidValueError("a recording needs the size of the images; give the frames with theirs")
        return self._table.recording(
            source=source, size_wh=self._size_wh, metadata={"exercise": self.exercise.name}
        )

    @property
    def attendance(self) -> PresenceStats:
        """Who was there so far."""
        return self._attendance
