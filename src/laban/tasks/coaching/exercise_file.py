"""Exercises as files: short, so that a coach can read them, and refused with a reason where they are not right."""

import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from laban.core.arrays import Float64Array
from laban.core.checks import choose, unknown_message
from laban.errors import FormatError, UnknownNameError
from laban.features.angles import MAIN_ANGLES
from laban.io.files import read_text, reading, write_text
from laban.tasks.coaching.exercise import Counting, Exercise, Fault, JointRule, TempoRange, View, When
from laban.tasks.coaching.form_measures import check_measure
from laban.tasks.coaching.keyframes import KEY_JOINTS, between_keyframes, from_mapping
from laban.tasks.comparison.measures import MAIN_JOINTS

SUFFIX = ".toml"

_FOLDER = "exercises"

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
    """How one joint's angle is judged."""

    tolerance_deg: float = Field(15.0, gt=0.0, le=90.0)
    """By how many degrees it may differ."""
    weight: float = Field(1.0, gt=0.0, le=100.0)
    """How much it counts."""


class CountPart(_Part):
    """What counts as a repetition."""

    measure: str
    """The measure that goes there and back."""
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
    """A fault, told where a measure is beyond a threshold."""

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
    """From where it is seen best."""
    either_side: bool = False
    """Whether it may be done on either side."""
    joints: dict[str, JointPart] = Field(min_length=1)
    """How each joint that matters is judged."""
    count: CountPart | None = None
    """What counts as a repetition; null of a pose that is held."""
    tempo: TempoPart | None = None
    """How fast a repetition should be; null where any speed is right."""
    faults: list[FaultPart] = Field(default_factory=list, max_length=50)
    """The faults that it tells of."""
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


def shipped_exercises() -> tuple[str, ...]:
    """The names of the exercises that come with Laban."""
    folder = resources.files(__package__).joinpath(_FOLDER)
    return tuple(sorted(one.name[: -len(SUFFIX)] for one in folder.iterdir() if one.name.endswith(SUFFIX)))


def load_exercise(exercise: str | Path) -> Exercise:
    """A shipped exercise by its name, or one from a file.

    Raises UnknownNameError for a name that is neither, FormatError for a file that is no exercise.

    >>> squat = load_exercise("squat")
    >>> squat.title, squat.counting.measure, squat.faults[0].name
    ('Squat', 'mean_knee', 'knees_inside_feet')
    """
    name = str(exercise)
    if name in shipped_exercises():
        text = resources.files(__package__).joinpath(_FOLDER, name + SUFFIX).read_text(encoding="utf-8")
        return parse_exercise(text, where=name)
    path = Path(exercise)
    if not path.is_file():
        raise UnknownNameError(
            unknown_message(name, shipped_exercises(), what="exercise")
            + "; or give a file that ends in .toml"
        )
    if path.suffix.lower() != SUFFIX:
        raise FormatError(
            f"{name} is no exercise, which are {SUFFIX} files; make one of a clip or image: "
            f"laban coach learn {name} -o {path.stem}{SUFFIX}"
        )
    with reading(path, form="exercise"):
        text = read_text(path)
    return parse_exercise(text, where=name)


def parse_exercise(text: str, *, where: str) -> Exercise:
    """An exercise from the text of its file; ``where`` is what errors call it."""
    try:
        part = ExercisePart.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise FormatError(f"{where} is not TOML: {error}") from None
    except ValidationError as error:
        raise FormatError(f"{where} is no exercise: {_first_fault(error)}") from None
    except UnknownNameError as error:
        raise FormatError(f"{where} is no exercise: {error}") from None
    return _exercise(part)


def _first_fault(error: ValidationError) -> str:
    """What is wrong first and where; a key that is not known before all, because others may be missing for it."""
    faults = sorted(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")
    first, place = faults[0], [str(part) for part in faults[0]["loc"]]
    if first["type"] == "extra_forbidden":
        inside = " of " + ".".join(place[:-1]) if len(place) > 1 else ""
        return unknown_message(place[-1], _known_keys(first["loc"]), what=f"key{inside}")
    return f"{'.'.join(place)}: {first['msg']}" if place else str(first["msg"])


def _known_keys(loc: tuple[int | str, ...]) -> tuple[str, ...]:
    inside: Mapping[str, type[BaseModel]] = {
        "joints": JointPart,
        "count": CountPart,
        "tempo": TempoPart,
        "faults": FaultPart,
        "keyframes": KeyframePart,
    }
    part = inside.get(str(loc[0]), ExercisePart) if len(loc) > 1 else ExercisePart
    return tuple(part.model_fields)


def _exercise(part: ExercisePart) -> Exercise:
    return Exercise(
        name=part.name,
        title=part.title,
        reference=between_keyframes([one.time_s for one in part.keyframes], _points(part)),
        joints={name: JointRule(rule.tolerance_deg, rule.weight) for name, rule in part.joints.items()},
        source=part.source,
        view=part.view,
        either_side=part.either_side,
        counting=Counting(**part.count.model_dump()) if part.count else None,
        tempo=TempoRange(**part.tempo.model_dump()) if part.tempo else None,
        faults=tuple(Fault(**one.model_dump()) for one in part.faults),
    )


def _points(part: ExercisePart) -> Float64Array:
    width = len(next(iter(part.keyframes[0].points.values())))
    return np.stack([from_mapping(one.points, width=width) for one in part.keyframes])


def save_exercise(part: ExercisePart, path: str | Path) -> Path:
    """Writes the file of an exercise, at once or not at all; it can be read, edited and loaded again."""
    target = Path(path)
    write_text(target, exercise_text(part))
    return target


def exercise_text(part: ExercisePart) -> str:
    """The exercise as the text of a file, with a line of explanation where a coach may want to change something."""
    return "\n".join(_lines(part)) + "\n"


def _lines(part: ExercisePart) -> Iterator[str]:
    yield f"name = {_toml(part.name)}"
    yield f"title = {_toml(part.title)}"
    yield f"source = {_toml(part.source)}"
    yield f"view = {_toml(part.view)}  # from where a camera sees it best: front, side or any"
    yield f"either_side = {_toml(part.either_side)}  # whether it may be done on the other side as well"
    if part.count:
        yield from ("", "# A repetition goes from rest beyond turn and back.", "[count]")
        yield from _pairs(part.count)
    if part.tempo:
        yield from (
            "",
            "# Seconds that the way out and the way back may take, the least and the most.",
            "[tempo]",
        )
        yield from _pairs(part.tempo)
    yield from ("", "# The joints that matter; a difference below the tolerance is as good as none.")
    yield "[joints]"
    for name, rule in part.joints.items():
        yield f"{name} = {{ {', '.join(_pairs(rule))} }}"
    for fault in part.faults:
        yield from ("", "[[faults]]", *_pairs(fault))
    yield from (
        "",
        "# The movement: places in torso lengths from the middle of the hips, to the viewer's right,",
    )
    yield "# downwards, and away from the viewer, of somebody who faces the viewer."
    for keyframe in part.keyframes:
        yield from ("[[keyframes]]", f"time_s = {_toml(keyframe.time_s)}", "[keyframes.points]")
        yield from (f"{name} = {_toml(place)}" for name, place in keyframe.points.items())
        yield ""


def _pairs(part: BaseModel) -> Iterator[str]:
    for key, value in part.model_dump(exclude_none=True).items():
        if value != "":
            yield f"{key} = {_toml(value)}"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return repr(round(float(value), 3) + 0.0)  # no -0.0
