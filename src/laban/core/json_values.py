"""The values that JSON holds, and checks that narrow a value of unknown type.

Each check is exact: a bool is not a number, and only the types that ``json.loads`` returns pass.
"""

from collections.abc import Mapping
from typing import TypeAlias, TypeGuard

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""Anything that ``json.loads`` returns."""
JsonObject: TypeAlias = dict[str, Json]
"""An object of JSON: names and their values."""


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a number, NaN included.

    >>> is_number(1), is_number(0.5), is_number(True), is_number("1")
    (True, True, False, False)
    """
    return type(value) in (int, float)


def is_whole(value: object) -> TypeGuard[int]:
    """Whether a value is a whole number.

    >>> is_whole(1), is_whole(1.0), is_whole(True)
    (True, False, False)
    """
    return type(value) is int


def is_text(value: object) -> TypeGuard[str]:
    """Whether a value is text."""
    return type(value) is str


def are_numbers(value: object) -> TypeGuard[list[float]]:
    """Whether a value is a list of numbers, perhaps an empty one."""
    return isinstance(value, list) and all(type(one) in (int, float) for one in value)


def are_objects(value: object) -> TypeGuard[list[JsonObject]]:
    """Whether a value is a list of objects, perhaps an empty one."""
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def object_at(value: Mapping[str, object], name: str) -> dict[str, object]:
    """The object under a name; an empty one where there is none.

    >>> object_at({"assumed": {"fps": 30.0}}, "assumed"), object_at({"assumed": 3}, "assumed")
    ({'fps': 30.0}, {})
    """
    found = value.get(name)
    return dict(found) if isinstance(found, Mapping) else {}


def texts_at(value: Mapping[str, object], name: str) -> tuple[str, ...]:
    """The items of the list under a name, each as text; none where there is no list.

    >>> texts_at({"notes": ["its z is left out", 2]}, "notes"), texts_at({}, "notes")
    (('its z is left out', '2'), ())
    """
    found = value.get(name)
    return tuple(map(str, found)) if isinstance(found, list | tuple) else ()
