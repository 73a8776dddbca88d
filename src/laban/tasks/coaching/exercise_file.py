"""Exercises as files: short, so that a coach can read them; invalid ones are refused with the reason."""

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ValidationError

from laban.core.arrays import Float64Array
from laban.core.checks import unknown_message
from laban.errors import FormatError, UnknownNameError
from laban.io.files import read_text, reading, write_text
from laban.tasks.coaching.exercise import Counting, Exercise, Fault, JointRule, TempoRange
from laban.tasks.coaching.exercise_parts import (
    CountPart,
    ExercisePart,
    FaultPart,
    JointPart,
    KeyframePart,
    TempoPart,
)
from laban.tasks.coaching.exercise_text import exercise_text
from laban.tasks.coaching.keyframes import between_keyframes, from_mapping

SUFFIX = ".toml"

_FOLDER = "exercises"


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
    """The first fault and its place; unknown keys first, because others may be missing as a result."""
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
