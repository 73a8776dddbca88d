"""The base of every answer: a frozen dataclass of plain values with one JSON form."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from pathlib import PurePath
from typing import ClassVar, Self, cast

import numpy as np

from laban.core.arrays import FloatArray
from laban.core.json_values import Json, JsonObject


@dataclass(frozen=True)
class Answer:
    """An answer for a person, a page or a program.

    JSON holds its fields under the same names and in the same order; each has a docstring, which becomes its
    description in ``docs/schemas``. Times are in seconds, and a name carries its unit. A value that may be unknown
    is ``… | None``: ``known`` turns NaN into None when an answer is built. A field whose default is None is omitted
    from JSON where it is None.
    """

    # pydantic, which generates the schemas, reads this attribute; core itself does not need pydantic.
    __pydantic_config__: ClassVar[Mapping[str, object]] = {
        "extra": "forbid",
        "use_attribute_docstrings": True,
    }

    @classmethod
    def extending(cls, answer: "Answer", **more: object) -> Self:
        """``answer`` with the additional fields of this class."""
        held = {field.name: getattr(answer, field.name) for field in fields(answer)}
        return cast(Callable[..., Self], cls)(**held, **more)

    def to_json(self) -> JsonObject:
        """The answer as JSON holds it."""
        held = ((field, getattr(self, field.name)) for field in fields(self))
        return {
            _key(field.name): to_json(value)
            for field, value in held
            if value is not None or field.default is not None
        }


def to_json(value: object) -> Json:
    """``value`` as JSON holds it: NaN and infinity become null, answers objects, arrays and tuples lists.

    Mappings become objects, paths and the members of an Enum their text. Raises TypeError for anything else.

    >>> to_json({"angle_deg": float("nan"), "spans": ((0.0, 1.5),)})
    {'angle_deg': None, 'spans': [[0.0, 1.5]]}
    """
    if isinstance(value, Enum):
        return to_json(value.value)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return _of_many(value)


def json_text(value: object, *, indent: int | None = None) -> str:
    """``value`` as JSON text, on one line unless ``indent`` is given; every letter as it is.

    >>> json_text({"label": "Häkchen"})
    '{"label": "Häkchen"}'
    """
    return json.dumps(to_json(value), indent=indent, ensure_ascii=False, allow_nan=False)


def known(value: float) -> float | None:
    """``value``, or None where it is not finite.

    >>> known(1.5), known(float("nan"))
    (1.5, None)
    """
    return float(value) if math.isfinite(value) else None


def known_rounded(value: float, digits: int) -> float | None:
    """``value`` rounded, or None where it is not finite.

    >>> known_rounded(1.26, 1)
    1.3
    """
    return round(float(value), digits) if math.isfinite(value) else None


def known_each(values: FloatArray) -> tuple[float | None, ...]:
    """``values`` (N,) with None for those that are not finite.

    >>> known_each(np.array([1.0, np.nan]))
    (1.0, None)
    """
    return tuple(known(value) for value in values.tolist())


def _of_many(value: object) -> Json:
    if isinstance(value, Answer):
        return value.to_json()
    if isinstance(value, Mapping):
        return {str(key): to_json(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(part) for part in value]
    if isinstance(value, np.ndarray | np.generic):
        return to_json(value.tolist())
    if isinstance(value, PurePath):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {_key(field.name): to_json(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"JSON holds no {type(value).__name__}")


def _key(name: str) -> str:
    """A field's name in JSON; ``from_`` becomes ``from``, which is a keyword in Python."""
    return name.rstrip("_")
