"""The order and the clock of frames, by one rule for every reader.

Frames are in natural order (2 before 10). Their number is the one that counts up from name to name (or the id,
or the column ``frame``); a frame's time is its number ÷ fps, where counting from 1 starts at time 0. Numbers
that are left out are times that are left out. A column of times is the clock itself. Digits of a hash, ids of a
collection of pictures and numbers that two frames share are no clock: such frames follow each other one by one,
in natural order.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from laban.core.arrays import Float64Array
from laban.errors import FormatError
from laban.sequences.io.loss import warn_of_assumption

_PARTS: Final = re.compile(r"(\d+)")
_LONGEST_NUMBER: Final = 12
_LARGEST_MEAN_STEP: Final = 1000
"""Frames from one number to the next, on average; where it is more, the numbers are ids, not a count."""
_LARGEST_SECONDS: Final = 1e8
_ONE_BY_ONE: Final = {"frames": "in natural order, one by one: no number counts them"}
_UNITS_PER_S: Final = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}
_UNIT_OF_NAME: Final = re.compile(
    r"(?:^|_)(ms|msec|millis\w*|us|usec|micros\w*|ns|nsec|nanos\w*|s|sec|secs|seconds)$"
)
_PLAUSIBLE_STEP_S: Final = (1 / 125, 0.5)


@dataclass(frozen=True)
class FrameOrder:
    """Where each frame stands: ``order`` are positions in what was given, ``numbers`` the frames' numbers,
    ascending."""

    order: tuple[int, ...]
    numbers: tuple[int, ...]
    note: dict[str, Any] = field(default_factory=dict)

    def times_s(self, fps: float) -> Float64Array:
        """(T,) seconds: number ÷ fps."""
        return np.array(self.numbers, dtype=np.float64) / fps


def natural_key(name: str) -> tuple[tuple[str, int, str], ...]:
    """A sorting key by which ``frame_2`` comes before ``frame_10``."""
    parts = _PARTS.split(name.lower())
    pairs = zip(parts[::2], [*parts[1::2], ""], strict=True)
    return tuple((text, int(digits[:4000] or 0), digits) for text, digits in pairs)


def order_of_names(names: Sequence[str], *, what: str = "names") -> FrameOrder:
    """The order of frames that are told apart by name, without folder or suffix."""
    numbers = counting_number(names)
    if numbers is not None:
        return _by_number(numbers)
    order = sorted(range(len(names)), key=lambda index: natural_key(names[index]))
    if len(set(names)) > 1 and _share_a_number(names):
        warn_of_assumption(
            f"the numbers in the {what} repeat, as those of several clips in one folder do; the "
            "frames are taken one "
            "by one in natural order: convert each clip by itself"
        )
    note = _ONE_BY_ONE if len(names) > 1 else {}
    return FrameOrder(tuple(order), tuple(range(len(names))), dict(note))


def order_of_numbers(numbers: Sequence[int]) -> FrameOrder:
    """The order of frames that are told apart by whole numbers, each its own."""
    if _counts(numbers):
        return _by_number(numbers)
    order = sorted(range(len(numbers)), key=lambda index: numbers[index])
    note = _ONE_BY_ONE if len(numbers) > 1 else {}
    return FrameOrder(tuple(order), tuple(range(len(numbers))), dict(note))


def counting_number(names: Sequence[str]) -> list[int] | None:
    """The number that counts up from name to name, or None where there is none.

    It stands at the same place in every name, between the same letters, is another one in each, and of several
    such it is the one that rises slowest.

    >>> counting_number(["cam1_frame_0_rf.c81e72", "cam1_frame_10_rf.a87ff6", "cam1_frame_2_rf.eccbc8"])
    [0, 10, 2]
    >>> counting_number(["c81e728d", "a87ff679", "eccbc87e"]) is None
    True
    """
    candidates = [numbers for numbers in _number_columns(names) if _counts(numbers)]
    return min(candidates, key=lambda numbers: max(numbers) - min(numbers)) if candidates else None


def seconds_of(values: Float64Array, *, name: str) -> tuple[Float64Array, dict[str, Any]]:
    """(N,) seconds out of a column of times, and a note where something had to be assumed.

    The unit is the one that the column's ``name`` ends in. Without one it is seconds, unless whole numbers rise in
    steps that are plausible in one smaller unit alone. Times since 1970 count from the first.
    """
    if not np.isfinite(values).all():
        raise FormatError(f"its column {name} has rows without a time; fill or drop them")
    named = _UNIT_OF_NAME.search(_snake(name))
    unit = _unit(named.group(1)) if named else _likely_unit(values)
    note: dict[str, Any] = {} if named or unit == "s" else {"time_unit": f"{unit} in column {name}"}
    if not named and unit == "s" and len(values) > 1 and np.median(np.diff(np.unique(values))) >= 1:
        warn_of_assumption(
            f"the times in {name} are taken for seconds, a second or more from row to row; call the "
            "column frame where "
            "it counts frames, or name the unit, as in time_ms"
        )
    scale = _UNITS_PER_S[unit]
    first = float(values.min()) if len(values) else 0.0
    if first / scale > _LARGEST_SECONDS:
        values, note = values - first, note | {"time_origin_s": first / scale}
    return values / scale, note


def _number_columns(names: Sequence[str]) -> Iterator[list[int]]:
    split = [_PARTS.split(name) for name in names]
    mirrored = [
        [part if index % 2 else part[::-1] for index, part in enumerate(parts[::-1])] for parts in split
    ]
    for parts in (split, mirrored):
        yield from _aligned(parts)


def _aligned(names: Sequence[Sequence[str]]) -> Iterator[list[int]]:
    """The numbers that stand behind the same text in every name and before the same letter."""
    for place in range(1, min((len(parts) for parts in names), default=0), 2):
        if len({parts[place - 1] for parts in names}) > 1:
            return
        digits = [parts[place] for parts in names]
        if len({parts[place + 1][:1] for parts in names}) == 1 and max(map(len, digits)) <= _LONGEST_NUMBER:
            yield [int(one) for one in digits]


def _counts(numbers: Sequence[int]) -> bool:
    if len(numbers) < 2 or len(set(numbers)) != len(numbers) or min(numbers) < 0:
        return False
    return (max(numbers) - min(numbers)) / (len(numbers) - 1) <= _LARGEST_MEAN_STEP


def _share_a_number(names: Sequence[str]) -> bool:
    """Whether the last numbers of the names are those of several counts: some of them come more than once."""
    last = [found[-1] for name in names if (found := _PARTS.findall(name))]
    repeats = len(last) - len(set(last))
    return len(last) == len(names) and repeats >= len(names) / 3


def _by_number(numbers: Sequence[int]) -> FrameOrder:
    order = sorted(range(len(numbers)), key=lambda index: numbers[index])
    start = 1 if numbers[order[0]] == 1 else 0
    return FrameOrder(tuple(order), tuple(numbers[index] - start for index in order))


def _likely_unit(values: Float64Array) -> str:
    steps = np.diff(np.unique(values))
    if len(steps) < 2 or (values != np.round(values)).any():
        return "s"
    low, high = _PLAUSIBLE_STEP_S
    step = float(np.median(steps))
    fitting = [unit for unit, scale in _UNITS_PER_S.items() if low <= step / scale <= high and scale > 1]
    return fitting[0] if fitting else "s"


def _unit(word: str) -> str:
    return {"m": "ms", "u": "us", "n": "ns"}.get(word[0], "s") if not word.startswith("mic") else "us"


def _snake(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()).strip("_")
