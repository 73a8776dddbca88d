"""How close a pose or movement is to another, and where it differs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from laban.core.answers.base import Answer
from laban.core.space import Space


@dataclass(frozen=True)
class ScoresAnswer(Answer):
    """Two distances between poses, and the scores computed from them; null where nothing could be compared."""

    coordinate_distance: float | None
    """Cosine distance of the landmarks, 0 to 2."""
    coordinate_percent: float | None
    """Score of the landmarks, 0 to 100 %."""
    angle_distance: float | None
    """Cosine distance of the joint angles, 0 to 2."""
    angle_percent: float | None
    """Score of the joint angles, 0 to 100 %."""


@dataclass(frozen=True)
class JointDifferenceAnswer(Answer):
    """One joint's angle in both poses."""

    joint: str
    """The joint, named by the reference's side."""
    attempt_deg: float | None
    """Its angle in the attempt, in degrees; null where it cannot be measured."""
    reference_deg: float | None
    """Its angle in the reference, in degrees; null where it cannot be measured."""
    uncertainty_deg: float | None
    """The difference that noise alone may cause, in degrees; null where an angle is missing."""
    verdict: Literal["same", "differs", "unsure", "unknown"]
    """``differs``: by more than noise may cause; ``unsure``: the view or the visibility makes the angle
    unmeasurable; ``unknown``: a joint is missing."""
    reason: str
    """Why it is unsure or unknown; else empty."""
    difference_deg: float | None
    """Attempt minus reference, in degrees: positive where the attempt is straighter."""


@dataclass(frozen=True)
class PosesAnswer(Answer):
    """How close a pose is to another."""

    kind: Literal["poses"]
    """Two poses were compared."""
    verdict: str
    """The answer in a few words."""
    score_percent: float | None
    """Their similarity, 0 to 100 %."""
    mirrored: bool
    """Whether the attempt is compared as its mirror image, because that matches better."""
    space: Space
    """The space in which they were compared: pixel is the image plane, world is metres."""
    scores: ScoresAnswer
    """The scores behind ``score_percent``, weighted by visibility."""
    published: ScoresAnswer | None
    """The published scores of the unchanged landmarks; null where a pose has no pixels or the skeletons differ."""
    as_it_is_percent: float | None
    """The score without mirroring, 0 to 100 %."""
    other_side_percent: float | None
    """The score of the mirror image, 0 to 100 %."""
    facing_deg: float | None
    """The angle between the bodies' directions, in degrees; null without depth."""
    joints: tuple[JointDifferenceAnswer, ...]
    """Joint by joint."""
    warnings: tuple[str, ...]
    """Reasons why the answer may be wrong."""


@dataclass(frozen=True)
class TempoAnswer(Answer):
    """The speed of the attempt."""

    ratio: float | None
    """How many times as fast as the reference."""
    pace: Literal["as the reference", "too fast", "too slow"]
    """The same in words."""


@dataclass(frozen=True)
class JointMotionAnswer(Answer):
    """One joint's motion in both movements."""

    joint: str
    """The joint, named by the reference's side."""
    range_deg: float | None
    """Range of its angle in the attempt, in degrees, from the 5th to the 95th percentile."""
    reference_range_deg: float | None
    """The same in the reference, in degrees."""
    verdict: Literal["same", "smaller", "larger", "unknown"]
    """The attempt's range compared with the reference's, where the difference exceeds noise."""
    smoothness: float | None
    """Log dimensionless jerk in the attempt, nearer to 0 the smoother; null where the joint hardly moves."""
    reference_smoothness: float | None
    """The same in the reference."""
    score_percent: float | None
    """Mean score of the angle over time, 0 to 100 %."""
    excess_deg: float | None
    """Mean difference beyond noise, in degrees."""


@dataclass(frozen=True)
class SymmetryAnswer(Answer):
    """The range of a joint on the left compared with the right, in the attempt."""

    joint: str
    """The joint without its side."""
    left_deg: float | None
    """Range on the left, in degrees."""
    right_deg: float | None
    """Range on the right, in degrees."""
    index_percent: float | None
    """Symmetry index 100·(L − R)/((L + R)/2), in percent; null where the joint hardly moves."""
    uneven: bool
    """Whether the sides differ by a quarter of their range or more, and by more than noise."""


@dataclass(frozen=True)
class PhaseAnswer(Answer):
    """A part of the reference between two turning points, and the attempt's version of it."""

    start_s: float
    """Its beginning in the reference, in seconds."""
    end_s: float
    """Its end in the reference, in seconds."""
    attempt_start_s: float
    """Its beginning in the attempt, in seconds."""
    attempt_end_s: float
    """Its end in the attempt, in seconds."""
    score_percent: float | None
    """Mean score, 0 to 100 %."""
    tempo: TempoAnswer
    """The attempt's tempo in it."""
    worst_joint: str | None
    """The joint that differs most; null where none does."""


@dataclass(frozen=True)
class HesitationAnswer(Answer):
    """The attempt stands still where the reference goes on."""

    start_s: float
    """When it begins, in seconds of the attempt."""
    end_s: float
    """When it ends, in seconds of the attempt."""
    reference_s: float
    """The corresponding time of the reference, in seconds."""


@dataclass(frozen=True)
class JointAmountAnswer(Answer):
    """By how much a joint differs."""

    joint: str
    """The joint."""
    difference_deg: float | None
    """Attempt minus reference, in degrees."""


@dataclass(frozen=True)
class MomentAnswer(Answer):
    """An instant that differs much."""

    time_s: float
    """Its time in the reference, in seconds."""
    attempt_s: float
    """Its time in the attempt, in seconds."""
    score_percent: float | None
    """The score at that time, 0 to 100 %."""
    joints: tuple[JointAmountAnswer, ...]
    """The joints that differ at that time, the worst first."""


@dataclass(frozen=True)
class MovementsAnswer(Answer):
    """How close a movement is to another, on the reference's clock."""

    kind: Literal["movements"]
    """Two movements were compared."""
    score_percent: float | None
    """Mean score over time, 0 to 100 %; null where nothing could be compared."""
    mirrored: bool
    """Whether the attempt is compared as its mirror image."""
    space: Space
    """The space in which they were compared: pixel is the image plane, world is metres."""
    matched_s: tuple[float, float]
    """Beginning and end of the part of the attempt that was compared, in seconds."""
    tempo: TempoAnswer
    """The attempt's tempo as a whole."""
    joints: tuple[JointMotionAnswer, ...]
    """Joint by joint."""
    symmetry: tuple[SymmetryAnswer, ...]
    """Left compared with right in the attempt."""
    phases: tuple[PhaseAnswer, ...]
    """Phase by phase."""
    hesitations: tuple[HesitationAnswer, ...]
    """When the attempt stands still and the reference does not."""
    moments: tuple[MomentAnswer, ...]
    """The instants that differ most."""
    warnings: tuple[str, ...]
    """Reasons why the answer may be wrong."""


@dataclass(frozen=True)
class JointSeries(Answer):
    """One joint over the reference's time; unknown values are null."""

    score_percent: tuple[float | None, ...]
    """Score of its angle, 0 to 100 %."""
    attempt_deg: tuple[float | None, ...]
    """Its angle in the attempt, in degrees."""
    reference_deg: tuple[float | None, ...]
    """Its angle in the reference, in degrees."""
    attempt_hidden: tuple[bool, ...]
    """Whether the attempt's angle rests on joints that were hidden."""
    reference_hidden: tuple[bool, ...]
    """Whether the reference's angle rests on joints that were hidden."""
    difference_deg: tuple[float | None, ...]
    """Attempt minus reference, in degrees."""
    noise_deg: tuple[float | None, ...]
    """The difference that noise alone may cause, in degrees."""
    measurable: tuple[bool, ...]
    """Whether the view allows the angle to be measured on both sides."""


@dataclass(frozen=True)
class MovementSeries(Answer):
    """Everything over the reference's time: one value for each of ``times_s``."""

    times_s: tuple[float, ...]
    """Times of the reference, in seconds."""
    attempt_s: tuple[float, ...]
    """The corresponding times of the attempt, in seconds."""
    score_percent: tuple[float | None, ...]
    """The score at each, 0 to 100 %."""
    joints: Mapping[str, JointSeries]
    """Each joint by name."""


@dataclass(frozen=True)
class MovementsFile(MovementsAnswer):
    """The content of comparison.json for two movements: the answer, and its values over time."""

    series: MovementSeries
    """Curves over the reference's time."""


@dataclass(frozen=True)
class Compared(Answer):
    """The names of the two that were compared."""

    attempt: str
    """What was compared."""
    reference: str
    """What it was compared with."""


@dataclass(frozen=True)
class ComparedPoses(PosesAnswer, Compared):
    """The answer of ``laban compare`` for two poses."""

    files: tuple[str, ...]
    """Paths of the files that were written."""


@dataclass(frozen=True)
class ComparedMovements(MovementsAnswer, Compared):
    """The answer of ``laban compare`` for two movements."""

    files: tuple[str, ...]
    """Paths of the files that were written."""


@dataclass(frozen=True)
class RepetitionAnswer(Answer):
    """One repetition: a way out, and back."""

    start_s: float
    """When it begins, in seconds."""
    turn_s: float
    """When it turns, in seconds."""
    end_s: float
    """When it ends, in seconds."""
    ranges_deg: Mapping[str, float | None]
    """Range of each joint's angle, in degrees."""
    score_percent: float | None
    """Similarity to the median repetition, 0 to 100 %; null where it is the only one."""
    worst: JointAmountAnswer | None
    """The angle that differs most from the median repetition, where the difference exceeds noise."""
    duration_s: float
    """How long it lasts, in seconds."""
    out_s: float
    """How long the way out lasts, in seconds."""
    back_s: float
    """How long the way back lasts, in seconds."""


@dataclass(frozen=True)
class RepetitionsAnswer(Answer):
    """The repetitions of one person, in order of time."""

    count: int
    """How many there are."""
    joint: str | None
    """The joint whose angle moves most in them; null where none does."""
    place: Literal["sideways", "height"] | None
    """The direction in which the whole body moves in them, where they show in its position, not in its shape."""
    median_duration_s: float | None
    """Their median duration in seconds; null where there are none."""
    warnings: tuple[str, ...]
    """Reasons why the count may be wrong."""
    repetitions: tuple[RepetitionAnswer, ...]
    """One by one."""


@dataclass(frozen=True)
class Counted(Answer):
    """The person whose repetitions were counted."""

    source: str
    """The clip, as it was given."""
    person: int
    """The person's id."""


@dataclass(frozen=True)
class CountedRepetitions(RepetitionsAnswer, Counted):
    """The answer of ``laban reps`` for a clip."""

    files: tuple[str, ...]
    """Paths of the files that were written."""
