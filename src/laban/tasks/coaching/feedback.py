"""Feedback on an instant, on a repetition, and on a whole workout."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from laban.core.answers import known_rounded
from laban.core.answers.coaching import (
    DoneRepetitionAnswer,
    FeedbackAnswer,
    HintAnswer,
    JointNowAnswer,
    Level,
    State,
    WorkoutAnswer,
)
from laban.tasks.comparison.cycle_times import SwingTimes


@dataclass(frozen=True)
class Hint:
    """One thing to change, as a ``key`` of a language's texts and the values for its placeholders.

    ``joint`` is the trainee's own left or right; ``amount_deg`` by how much, or None where degrees are not helpful.
    """

    key: str
    joint: str | None = None
    amount_deg: float | None = None

    def answer(self) -> HintAnswer:
        """The answer for pages and programs."""
        amount_deg = None if self.amount_deg is None else round(self.amount_deg)
        return HintAnswer(self.key, self.joint, amount_deg)


@dataclass(frozen=True)
class JointFeedback:
    """One joint now: trainee minus reference in degrees, and whether that exceeds tolerance and noise."""

    joint: str
    difference_deg: float
    verdict: Literal["same", "differs", "unknown"]

    def answer(self) -> JointNowAnswer:
        """The answer for pages and programs."""
        return JointNowAnswer(known_rounded(self.difference_deg, 1), self.verdict)


@dataclass(frozen=True)
class DoneRepetition(SwingTimes):
    """A finished repetition.

    ``faults`` are the names of the rules it broke; ``score_percent`` is its mean similarity to the reference.
    """

    score_percent: float
    range_deg: float
    faults: tuple[str, ...] = ()

    def answer(self) -> DoneRepetitionAnswer:
        """The answer for pages and programs."""
        return DoneRepetitionAnswer(
            start_s=round(self.start_s, 3),
            turn_s=round(self.turn_s, 3),
            end_s=round(self.end_s, 3),
            score_percent=known_rounded(self.score_percent, 1),
            range_deg=known_rounded(self.range_deg, 1),
            faults=self.faults,
        )


@dataclass(frozen=True)
class Feedback:
    """The feedback at ``time_s``.

    ``phase`` is the progress within the movement, 0 to 1, NaN where unknown; ``score_percent`` the current
    similarity to the reference. ``count`` is the number of repetitions and ``held_s`` the seconds the pose was held
    so far; ``done`` is the repetition that this instant finished. ``mirrored``: the reference is done on the other
    side.
    """

    time_s: float
    state: State
    phase: float = float("nan")
    score_percent: float = float("nan")
    level: Level = ""
    count: int = 0
    held_s: float = 0.0
    hint: Hint | None = None
    joints: tuple[JointFeedback, ...] = ()
    faults: tuple[str, ...] = ()
    done: DoneRepetition | None = None
    mirrored: bool = False

    def answer(self) -> FeedbackAnswer:
        """The answer for pages and programs."""
        return FeedbackAnswer(
            time_s=round(self.time_s, 3),
            state=self.state,
            phase=known_rounded(self.phase, 3),
            score_percent=known_rounded(self.score_percent, 1),
            level=self.level,
            count=self.count,
            held_s=round(self.held_s, 2),
            hint=None if self.hint is None else self.hint.answer(),
            joints={one.joint: one.answer() for one in self.joints},
            faults=self.faults,
            mirrored=self.mirrored,
            done=None if self.done is None else self.done.answer(),
        )


@dataclass(frozen=True)
class Workout:
    """The summary of a workout.

    ``seconds`` is the watched time, ``held_s`` the time in which the pose was held, ``score_percent`` the mean over
    all instants of the exercise, NaN where no repetition was finished and no pose held, and ``hints`` how often
    each hint was given. ``needed_fps`` is the frame rate that movements this quick need, where frames were too few
    and the count may be wrong; else None.
    """

    exercise: str
    seconds: float
    repetitions: tuple[DoneRepetition, ...] = ()
    held_s: float = 0.0
    score_percent: float = float("nan")
    hints: Mapping[str, int] = field(default_factory=dict)
    needed_fps: float | None = None

    @property
    def count(self) -> int:
        return len(self.repetitions)

    @property
    def faults(self) -> Mapping[str, int]:
        """In how many repetitions each fault was seen, the most frequent first."""
        return dict(Counter(fault for one in self.repetitions for fault in one.faults).most_common())

    def answer(self) -> WorkoutAnswer:
        """The answer for pages and programs."""
        return WorkoutAnswer(
            exercise=self.exercise,
            seconds=round(self.seconds, 2),
            count=self.count,
            needed_fps=self.needed_fps,
            held_s=round(self.held_s, 2),
            score_percent=known_rounded(self.score_percent, 1),
            faults=dict(self.faults),
            hints=dict(self.hints),
            repetitions=tuple(one.answer() for one in self.repetitions),
        )
