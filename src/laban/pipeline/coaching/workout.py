"""A live workout: the coach's feedback on each frame, and a log of who did what."""

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
    """One frame (None where only landmarks arrived), the trainee in it (None where not there), the number of
    ``people``, and the feedback."""

    frame: Frame | None
    trainee: Pose | None
    people: int
    feedback: Feedback


@dataclass(frozen=True)
class PresenceStats:
    """Presence in ``frames`` frames: all ``people`` that were seen, the ``trainees`` among them, and the number of
    frames with enough of a trainee for feedback (``coached``)."""

    frames: int = 0
    coached: int = 0
    people: frozenset[int] = frozenset()
    trainees: tuple[int, ...] = ()


class CoachedWorkout:
    """A workout under way, as one of the watchers of a live session: of ``person``, or of the person chosen as
    the trainee (``TraineeChoice``). It keeps a log of who did what.

    A hint, and the holding of a pose, begin and end; a repetition is known once it is over. What one person began
    is not finished by the next trainee. ``instant`` is the feedback on the last frame.
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
        """The events of the next frame."""
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
        """Ends all open events at the last frame."""
        return self._events.finish()

    @property
    def instant(self) -> CoachedFrame:
        """The last frame. Raises InvalidValueError before there was one."""
        if self._instant is None:
            raise InvalidValueError("nothing was coached yet; give the workout a frame first")
        return self._instant

    def workout(self) -> Workout:
        """The workout so far."""
        return self._coach.finish()

    def recording(self, *, source: str = "") -> Recording:
        """The recording of the trainees so far; ``source`` is its name.

        Raises InvalidValueError where the size of the images is not known.
        """
        if self._size_wh is None:
            raise InvalidValueError("a recording needs the size of the images; give the frames with theirs")
        return self._table.recording(
            source=source, size_wh=self._size_wh, metadata={"exercise": self.exercise.name}
        )

    @property
    def attendance(self) -> PresenceStats:
        """The presence so far."""
        return self._attendance
