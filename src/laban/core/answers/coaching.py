"""A coach's feedback on one instant, on a repetition, and on a whole workout."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from laban.core.answers.base import Answer

State = Literal["absent", "hidden", "away", "ready", "moving", "holding"]
Level = Literal["", "fighting", "good", "perfect"]


@dataclass(frozen=True)
class HintAnswer(Answer):
    """One thing to change."""

    key: str
    """Key of the sentence in the texts of a language."""
    joint: str | None
    """The trainee's own joint; null where it is about no particular joint."""
    amount_deg: int | None
    """By how much, in degrees; null where degrees do not apply."""


@dataclass(frozen=True)
class JointNowAnswer(Answer):
    """One joint now."""

    difference_deg: float | None
    """Trainee minus reference, in degrees; null where it cannot be measured."""
    verdict: Literal["same", "differs", "unknown"]
    """Whether that exceeds tolerance and noise."""


@dataclass(frozen=True)
class DoneRepetitionAnswer(Answer):
    """A repetition that was finished."""

    start_s: float
    """When it began, in seconds."""
    turn_s: float
    """When it turned, in seconds."""
    end_s: float
    """When it ended, in seconds."""
    score_percent: float | None
    """Its mean similarity to the reference, 0 to 100 %."""
    range_deg: float | None
    """Range of the angle by which repetitions are counted, in degrees."""
    faults: tuple[str, ...]
    """Names of the rules it broke."""


@dataclass(frozen=True)
class FeedbackAnswer(Answer):
    """The feedback at one instant."""

    time_s: float
    """The instant, in seconds."""
    state: State
    """``absent``: no one is seen; ``hidden``: the relevant part of the body is not seen; ``away``: the trainee does
    something else; ``ready``: at the beginning of a repetition; ``moving``: within one; ``holding``: in the
    pose."""
    phase: float | None
    """How much of the movement is done, 0 to 1; null where unknown."""
    score_percent: float | None
    """Similarity of the trainee to the reference now, 0 to 100 %."""
    level: Level
    """The score as a level; empty where there is none."""
    count: int
    """Repetitions done so far."""
    held_s: float
    """How long the pose has been held so far, in seconds."""
    hint: HintAnswer | None
    """The one thing to change now; null where there is none."""
    joints: Mapping[str, JointNowAnswer]
    """The joints by name."""
    faults: tuple[str, ...]
    """Names of the rules broken in this repetition so far."""
    mirrored: bool
    """Whether the trainee performs the reference on the other side."""
    done: DoneRepetitionAnswer | None
    """The repetition that this instant finished."""


@dataclass(frozen=True)
class CoachedInstantAnswer(FeedbackAnswer):
    """A line of ``laban coach`` and of feedback.jsonl."""

    person: int | None
    """The id of the trainee; null where no one is coached."""
    people: int
    """How many people are in the image."""
    say: str
    """The situation as a sentence in the trainee's language."""


@dataclass(frozen=True)
class Begun(Answer):
    """When something began."""

    began: str
    """Date and time of its beginning with the offset from UTC, ISO 8601."""


@dataclass(frozen=True)
class WorkoutAnswer(Answer):
    """A whole workout."""

    exercise: str
    """Name of the exercise."""
    seconds: float
    """How long the trainee was watched, in seconds."""
    count: int
    """Repetitions done."""
    needed_fps: float | None
    """The frame rate that movements this fast need, in frames a second; null where the rate sufficed."""
    held_s: float
    """How long the pose was held, in seconds."""
    score_percent: float | None
    """Mean similarity to the reference, 0 to 100 %; null where no repetition was finished and no pose held."""
    faults: Mapping[str, int]
    """The number of repetitions with each fault, the most frequent first."""
    hints: Mapping[str, int]
    """How often each hint was given, by its key."""
    repetitions: tuple[DoneRepetitionAnswer, ...]
    """One by one."""


@dataclass(frozen=True)
class KeptWorkoutAnswer(WorkoutAnswer, Begun):
    """A workout with the time at which it began: what workout.json and the history hold."""


@dataclass(frozen=True)
class WorkoutLine(Answer):
    """The last line of ``laban coach``."""

    workout: WorkoutAnswer
    """The workout."""


@dataclass(frozen=True)
class ExerciseAnswer(Answer):
    """An exercise that comes with Laban."""

    name: str
    """Its name in ``laban coach``."""
    title: str
    """Its title for people."""
    kind: Literal["held", "counted"]
    """Whether a pose is held or repetitions are counted."""
    view: str
    """The view from which it is seen best."""
    either_side: bool
    """Whether it may be performed on either side."""
    joints: tuple[str, ...]
    """The joints that it looks at."""
    faults: tuple[str, ...]
    """The faults that it tells of."""
    source: str
    """Where it is from."""
