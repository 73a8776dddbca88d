"""What an exercise file may hold, key by key, with the range of every number."""

from itertools import pairwise
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from laban.core.checks import choose, unknown_message
from laban.features.angles import MAIN_ANGLES
from laban.tasks.coaching.exercise import View, When
from laban.tasks.coaching.form_measures import check_measure
from laban.tasks.coaching.keyframes import KEY_JOINTS
from laban.tasks.comparison.main_joints import MAIN_JOINTS

Finite = Annotated[float, Field(allow_inf_nan=False, ge=-1000.0, le=1000.0)]


Seconds = Annotated[float, Field(gt=0.0, le=600.0)]


class _Part(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        strict=False,
        use_attribute_docstrings=True,
        json_schema_serialization_defaults_required=True,
    )


class JointPart(_Part):
    """How one joint's angle is compared."""

    tolerance_deg: float = Field(15.0, gt=0.0, le=90.0)
    """The tolerated difference in degrees."""
    weight: float = Field(1.0, gt=0.0, le=100.0)
    """How much it counts."""


class CountPart(_Part):
    """What counts as a repetition."""

    measure: str
    """The measure that goes from rest to the turn and back."""
    rest: Finite
    """Its value at rest, in its unit."""
    turn: Finite
    """Its value at the turn, in its unit."""

    @model_validator(mode="after")
    def _apart(self) -> "CountPart":
        check_measure(self.measure)
        if self.rest == self.turn:
            raise ValueError("rest and turn must differ")
        return self


class TempoPart(_Part):
    """How fast a repetition should be."""

    out_s: tuple[Seconds, Seconds]
    """Least and most seconds of the way out."""
    back_s: tuple[Seconds, Seconds]
    """Least and most seconds of the way back."""

    @model_validator(mode="after")
    def _ordered(self) -> "TempoPart":
        if self.out_s[0] > self.out_s[1] or self.back_s[0] > self.back_s[1]:
            raise ValueError("each tempo goes from the least to the most seconds")
        return self


class FaultPart(_Part):
    """A fault, reported where a measure is beyond a threshold."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)
    """Its name."""
    measure: str
    """The measure."""
    source: str = Field(min_length=1, max_length=500)
    """Where the threshold comes from."""
    above: Finite | None = None
    """Above this, in the measure's unit, it is a fault."""
    below: Finite | None = None
    """Below this, in the measure's unit, it is a fault."""
    when: When = "always"
    """In which part of a repetition."""
    view: View = "any"
    """From which side it can be seen."""
    advice: str = Field("", max_length=200)
    """What to do about it."""

    @model_validator(mode="after")
    def _one_threshold(self) -> "FaultPart":
        check_measure(self.measure)
        if (self.above is None) == (self.below is None):
            raise ValueError("a fault needs one threshold, above or below")
        return self


class KeyframePart(_Part):
    """An instant of the reference."""

    time_s: float = Field(0.0, ge=0.0, le=3600.0)
    """When it is, in seconds."""
    points: dict[str, Annotated[list[Finite], Field(min_length=2, max_length=3)]]
    """The place of each joint: x to the right and y down, and z away from the camera where it is known."""

    @model_validator(mode="after")
    def _joints(self) -> "KeyframePart":
        unknown = [name for name in self.points if name not in KEY_JOINTS]
        if unknown:
            raise ValueError(unknown_message(unknown[0], KEY_JOINTS, what="joint"))
        lacking = [name for name in MAIN_JOINTS if name not in self.points]
        if lacking:
            raise ValueError(f"a keyframe needs all main joints, {', '.join(lacking)} not given")
        return self


class ExercisePart(_Part):
    """What an exercise file may hold; see docs/exercises.md for what each key means."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)
    """Its name."""
    title: str = Field(min_length=1, max_length=100)
    """What people call it."""
    source: str = Field("", max_length=1000)
    """Where it is from."""
    view: View = "any"
    """The view from which it is seen best."""
    either_side: bool = False
    """Whether it may be done on either side."""
    joints: dict[str, JointPart] = Field(min_length=1)
    """How each joint that matters is compared."""
    count: CountPart | None = None
    """What counts as a repetition; null of a pose that is held."""
    tempo: TempoPart | None = None
    """How fast a repetition should be; null where any speed is right."""
    faults: list[FaultPart] = Field(default_factory=list, max_length=50)
    """The faults that it reports."""
    keyframes: list[KeyframePart] = Field(min_length=1, max_length=500)
    """The reference, instant by instant; one alone is a pose to be held."""

    @model_validator(mode="after")
    def _consistent(self) -> "ExercisePart":
        for name in self.joints:
            choose(name, dict.fromkeys(MAIN_ANGLES), what="joint angle")
        times = [one.time_s for one in self.keyframes]
        if any(after <= before for before, after in pairwise(times)):
            raise ValueError("keyframes must come in order of time")
        if len({len(place) for one in self.keyframes for place in one.points.values()}) > 1:
            raise ValueError("all points must have two coordinates, or all three")
        if len(times) == 1 and (self.count or self.tempo):
            raise ValueError("a pose that is held, with one keyframe, has no count and no tempo")
        names = [one.name for one in self.faults]
        if len(set(names)) < len(names):
            raise ValueError("two faults have one name")
        return self


class LearntExercise(ExercisePart):
    """An exercise that was learnt from an example, with where it was written."""

    file: str
    """Path of the file that was written."""
