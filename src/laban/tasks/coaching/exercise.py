"""An exercise: the movement or pose to do, the joints that matter, how it is counted, and its faults."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from laban.core.answers.coaching import ExerciseAnswer
from laban.core.sequence import PoseSequence
from laban.core.space import Space
from laban.errors import InvalidValueError

When = Literal["always", "start", "out", "turn", "back"]
"""A part of a repetition: its beginning and end, the way out, the middle, the way back."""

View = Literal["any", "front", "side"]


@dataclass(frozen=True)
class JointRule:
    """A joint angle that matters: differences below ``tolerance_deg`` are ignored; ``weight`` is its share
    in the score."""

    tolerance_deg: float = 15.0
    weight: float = 1.0


@dataclass(frozen=True)
class Counting:
    """A repetition goes from ``rest`` of a measure beyond ``turn`` and back (hysteresis by two thresholds)."""

    measure: str
    rest: float
    turn: float


@dataclass(frozen=True)
class TempoRange:
    """How many seconds the way out and the way back may take."""

    out_s: tuple[float, float]
    back_s: tuple[float, float]


@dataclass(frozen=True)
class Fault:
    """A rule that is broken while a measure is ``above`` or ``below`` its threshold, in one part of a repetition.

    ``view`` is from where it can be seen; it is ignored in other views. ``advice`` is a sentence for the trainee;
    where it is empty the texts of the language have one under ``name``. ``source`` is where the threshold is from.
    """

    name: str
    measure: str
    source: str
    above: float | None = None
    below: float | None = None
    when: When = "always"
    view: View = "any"
    advice: str = ""

    def __post_init__(self) -> None:
        if (self.above is None) == (self.below is None):
            raise InvalidValueError(f"fault {self.name!r} needs one threshold, above or below")


@dataclass(frozen=True, eq=False)
class Exercise:
    """What a trainee is compared with.

    ``reference`` is one repetition, or one instant of a pose that is held, in torso lengths from mid-hip, facing
    the viewer. ``joints`` are the angles that matter. ``either_side``: the sides of the body do different things,
    and the trainee may choose which does what. ``view`` is the best view for a camera.
    """

    name: str
    title: str
    reference: PoseSequence
    joints: Mapping[str, JointRule]
    source: str = ""
    view: View = "any"
    either_side: bool = False
    counting: Counting | None = None
    tempo: TempoRange | None = None
    faults: tuple[Fault, ...] = field(default=())

    def __post_init__(self) -> None:
        if Space.BODY not in self.reference.spaces:
            raise InvalidValueError(
                f"the reference of {self.name!r} must be in torso lengths, got {self.reference.spaces}"
            )
        object.__setattr__(self, "joints", MappingProxyType(dict(self.joints)))

    @property
    def is_hold(self) -> bool:
        """Whether it is a pose to be held, without repetitions."""
        return len(self.reference) == 1

    def answer(self) -> ExerciseAnswer:
        """The answer that is printed and written."""
        return ExerciseAnswer(
            name=self.name,
            title=self.title,
            kind="held" if self.is_hold else "counted",
            view=self.view,
            either_side=self.either_side,
            joints=tuple(self.joints),
            faults=tuple(fault.name for fault in self.faults),
            source=self.source,
        )

    @property
    def duration_s(self) -> float:
        """Seconds of one repetition of the reference; 0 of a pose."""
        return float(self.reference.times_s[-1] - self.reference.times_s[0])
