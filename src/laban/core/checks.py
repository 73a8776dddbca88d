"""Checks on what a caller passes, each failing with a message that says what to do."""

import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from laban.errors import InvalidValueError, UnknownNameError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
S = TypeVar("S", bound="DataclassInstance")


def choose(name: str, table: Mapping[str, T], *, what: str) -> T:
    """The entry called ``name``; an unknown name raises with the most similar one and the whole list."""
    try:
        return table[name]
    except KeyError:
        raise UnknownNameError(unknown_message(name, table, what=what)) from None


def unknown_message(name: str, names: Iterable[str], *, what: str) -> str:
    """A sentence that names the unknown name, the most similar known one and all known names."""
    known = sorted(names)
    near = difflib.get_close_matches(str(name), known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    return f"unknown {what} {name!r}{hint} Known: {', '.join(known)}"


def with_given(settings: S, **options: object) -> S:
    """The settings with every field changed for which a value other than None is given."""
    return replace(settings, **{name: value for name, value in options.items() if value is not None})


def in_range(value: float, *, name: str, low: float = -math.inf, high: float = math.inf) -> float:
    """``value`` if it is finite and lies in [low, high]."""
    if not (_is_finite(value) and low <= value <= high):
        raise InvalidValueError(f"{name} must be a finite number from {low:g} to {high:g}, got {value!r}")
    return value


def positive(value: float, *, name: str) -> float:
    """``value`` if it is finite and above zero."""
    if not (_is_finite(value) and value > 0):
        raise InvalidValueError(f"{name} must be a finite number above zero, got {value!r}")
    return value


def _is_finite(value: object) -> bool:
    try:
        return math.isfinite(value)  # type: ignore[arg-type]
    except (TypeError, OverflowError):
        return False
