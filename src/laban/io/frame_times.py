"""The order and the clock of frames, by one rule for every reader.

Frames are in natural order (2 before 10). Their number is the one that counts up from name to name (or the id,
or the column ``frame``); a frame's time is its number ÷ fps, and counting from 1 starts at time 0. Missing numbers
are missing times. A column of times is itself the clock, and so is a clock in the frames' names (``name_clock``).
Digits of a hash, ids of an image collection and numbers that two frames share are not a clock: such frames follow
each other one by one, in natural order.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.name_clock import clock_of_names
from laban.errors import FormatError
from laban.io.clock_text import clock_seconds, is_clock_text
from laban.io.loss import warn_of_assumption

_PARTS: Final = re.compile(r"(\d+)")
_SUFFIX: Final = re.compile(r"\.[A-Za-z]\w{1,4}$")
_LONGEST_NUMBER: Final = 12
_LARGEST_MEAN_STEP: Final = 1000
"""The largest mean step from one number to the next; numbers further apart are ids, not a count."""
_LARGEST_SECONDS: Final = 1e8
_ONE_BY_ONE: Final = {"frames": "in natural order, one by one: no number counts them"}
_UNITS_PER_S: Final = {
    "s": 1.0,
    "ms": 1e3,
    "us": 1e6,
    "100 ns": 1e7,
    "ns": 1e9,
    "min": 1 / 60,
    "hours": 1 / 3600,
    "days": 1 / 86_400,
}
_POSSIBLE_FPS: Final = (1.0, 1000.0)
_USUAL_FPS: Final = {
    **dict.fromkeys(("s", "us", "ns", "hours", "days"), (5.0, 240.0)),
    "ms": (2.0, 240.0),
    "100 ns": (14.0, 61.0),
}
"""Frame rates by which a unit is recognised; ticks of 100 ns are used by Kinect and Windows."""
_SLACK: Final = 1.01
_UNIT_OF_NAME: Final = re.compile(
    r"(?:^|_)(ms|msec|millis\w*|us|usec|micros\w*|ns|nsec|nanos\w*|min|mins|minutes?|s|sec|secs|seconds)$"
)


@dataclass(frozen=True)
class FrameOrder:
    """The order of frames: ``order`` are positions in the input, ``numbers`` the frames' ascending numbers."""

    order: tuple[int, ...]
    numbers: tuple[int, ...]
    note: dict[str, object] = field(default_factory=dict)
    own_times_s: tuple[float, ...] | None = None

    def times_s(self, fps: float) -> Float64Array:
        """(T,) seconds: the frames' own times where the file has them, else number ÷ fps."""
        if self.own_times_s is not None:
            return np.array(self.own_times_s, dtype=np.float64)
        return np.array(self.numbers, dtype=np.float64) / fps


def natural_key(name: str) -> tuple[tuple[str, int, str], ...]:
    """A sorting key by which ``frame_2`` comes before ``frame_10``."""
    parts = _PARTS.split(name.lower())
    pairs = zip(parts[::2], [*parts[1::2], ""], strict=True)
    return tuple((text, int(digits[:4000] or 0), digits) for text, digits in pairs)


def order_of_names(names: Sequence[str], *, what: str = "names") -> FrameOrder:
    """The order of frames by their names, without folder or suffix: by the clock in the names where all times
    differ, else by the number that counts up next to it."""
    clock, doubt = clock_of_names(names)
    if doubt is not None:
        warn_of_assumption(f"{doubt}; give the times in a column or field time where it is none")
    if clock is not None and clock.is_fine:
        times_s, note = seconds_of(clock.times_s, name="time_s")
        return order_of_times(times_s, note={"times": f"from the clock in the {what}"} | note)
    numbers = counting_number(names if clock is None else clock.rest)
    if numbers is not None:
        return _by_number(numbers)
    order = sorted(range(len(names)), key=lambda index: natural_key(names[index]))
    if len(set(names)) > 1 and _share_a_number(names):
        warn_of_assumption(
            f"the numbers in the {what} repeat, as those of several clips in one folder do; the "
            "frames are taken one "
            "by one in natural order: convert each clip by itself"
        )
    note = dict[str, object](_ONE_BY_ONE) if len(names) > 1 else {}
    return FrameOrder(tuple(order), tuple(range(len(names))), note)


def order_of_times(times_s: Float64Array, *, note: Mapping[str, object] | None = None) -> FrameOrder:
    """The order of frames with different times."""
    order = tuple(int(index) for index in np.argsort(times_s, kind="stable"))
    own = tuple(float(times_s[index]) for index in order)
    return FrameOrder(order, tuple(range(len(order))), dict(note or {}), own)


def without_suffix(name: str) -> str:
    """The name of an image or file without the folder and without a suffix of letters; the fraction of a
    second in a name is not a suffix.

    >>> without_suffix("shots/12.5.jpg"), without_suffix("shots\\\\12.5")
    ('12.5', '12.5')
    """
    return _SUFFIX.sub("", name.replace("\\", "/").rpartition("/")[2])


def order_of_numbers(numbers: Sequence[int]) -> FrameOrder:
    """The order of frames by unique whole numbers."""
    if _counts(numbers):
        return _by_number(numbers)
    order = sorted(range(len(numbers)), key=lambda index: numbers[index])
    note = dict[str, object](_ONE_BY_ONE) if len(numbers) > 1 else {}
    return FrameOrder(tuple(order), tuple(range(len(numbers))), note)


def counting_number(names: Sequence[str]) -> list[int] | None:
    """The number that counts up from name to name, or None where there is none.

    It is at the same position in every name, between the same letters, and different in each; of several such
    numbers it is the one that rises slowest.

    >>> counting_number(["cam1_frame_0_rf.c81e72", "cam1_frame_10_rf.a87ff6", "cam1_frame_2_rf.eccbc8"])
    [0, 10, 2]
    >>> counting_number(["c81e728d", "a87ff679", "eccbc87e"]) is None
    True
    """
    candidates = [numbers for numbers in _number_columns(names) if _counts(numbers)]
    return min(candidates, key=lambda numbers: max(numbers) - min(numbers)) if candidates else None


def seconds_of(
    values: Float64Array, *, name: str, fps: float | None = None
) -> tuple[Float64Array, dict[str, object]]:
    """(N,) seconds from a column of times, and a note where something had to be assumed.

    The unit is the one that the column's ``name`` ends in. Without one it is seconds if the median step gives a
    possible frame rate (1 to 1000 a second), else the only unit in which it gives a usual one. Where several units
    or none fit, ``fps`` decides; without it a FormatError is raised. Times since 1970 count from the first.
    """
    if not np.isfinite(values).all():
        raise FormatError(f"its column {name} has rows without a time; fill or drop them")
    named = _UNIT_OF_NAME.search(_snake(name))
    step = _median_step(values)
    if named:
        unit: str | None = _checked_unit(_unit(named.group(1)), step, name=name)
    else:
        unit = _likely_unit(values, step, name=name, fps=fps)
    if unit is None:
        return _one_by_one(values, fps=fps or 1.0, name=name)
    rate = f" ({_UNITS_PER_S[unit] / step:.4g} frames a second)" if step else ""
    note: dict[str, object] = {} if named or unit == "s" else {"time_unit": f"{unit} in column {name}{rate}"}
    first = float(values.min()) if len(values) else 0.0
    if first / _UNITS_PER_S[unit] > _LARGEST_SECONDS:
        values, note = values - first, note | {"time_origin_s": first / _UNITS_PER_S[unit]}
    return values / _UNITS_PER_S[unit], note


def seconds_of_cells(
    cells: Sequence[str], *, name: str, fps: float | None = None, first_line: int = 1
) -> tuple[Float64Array, dict[str, object]]:
    """The same from text, which may hold numbers, clocks with colons or dates; the unit of the latter is known."""
    values = clock_seconds(cells, first_line=first_line, fps=fps)
    return seconds_of(values, name="time_s" if is_clock_text(cells) else name, fps=fps)


def _number_columns(names: Sequence[str]) -> Iterator[list[int]]:
    split = [_PARTS.split(name) for name in names]
    mirrored = [
        [part if index % 2 else part[::-1] for index, part in enumerate(parts[::-1])] for parts in split
    ]
    for parts in (split, mirrored):
        yield from _aligned(parts)


def _aligned(names: Sequence[Sequence[str]]) -> Iterator[list[int]]:
    """The numbers that follow the same text in every name and precede the same letter."""
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
    """Whether the last numbers of the names belong to several counts: some of them occur more than once."""
    last = [found[-1] for name in names if (found := _PARTS.findall(name))]
    repeats = len(last) - len(set(last))
    return len(last) == len(names) and repeats >= len(names) / 3


def _by_number(numbers: Sequence[int]) -> FrameOrder:
    order = sorted(range(len(numbers)), key=lambda index: numbers[index])
    start = 1 if numbers[order[0]] == 1 else 0
    return FrameOrder(tuple(order), tuple(numbers[index] - start for index in order))


def _median_step(values: Float64Array) -> float:
    """The median step between different times; 0 where there are fewer than two."""
    steps = np.diff(np.unique(values))
    return float(np.median(steps)) if len(steps) else 0.0


def _likely_unit(values: Float64Array, step: float, *, name: str, fps: float | None) -> str | None:
    """The unit of times without a named one; None where only ``fps`` determines the step from row to row."""
    low, high = _POSSIBLE_FPS
    if not step or low / _SLACK <= 1 / step <= high * _SLACK:
        if step >= 1 and (values == np.round(values)).all():
            warn_of_assumption(
                f"the times in {name} are taken for seconds, a second or more from row to row; call the column "
                "frame where it counts frames, or name the unit, as in time_ms"
            )
        return "s"
    fitting = _usual_units(step)
    if len(fitting) == 1:
        return fitting[0]
    if fps is None:
        said = " or ".join(f"{unit} ({_UNITS_PER_S[unit] / step:.3g} frames a second)" for unit in fitting)
        raise FormatError(
            f"its column {name} rises by {step:.6g} from row to row, which is no frame rate in seconds and may "
            f"be {said or 'anything'}; name the unit, as in time_s or time_ms, or pass the frame rate (--fps)"
        )
    return next((unit for unit in fitting if 0.8 < _UNITS_PER_S[unit] / step / fps < 1.25), None)


def _usual_units(step: float) -> list[str]:
    """The units in which times that rise by ``step`` give a usual frame rate."""
    rates = {unit: scale / step for unit, scale in _UNITS_PER_S.items()}
    return [unit for unit, (low, high) in _USUAL_FPS.items() if low / _SLACK <= rates[unit] <= high * _SLACK]


def _checked_unit(unit: str, step: float, *, name: str) -> str:
    """The unit of the column's name; raises FormatError if frames would be faster than any camera's and another
    fits."""
    if step and _UNITS_PER_S[unit] / step > _POSSIBLE_FPS[1] * _SLACK:
        others = _usual_units(step)
        if others:
            raise FormatError(
                f"its column {name} rises by {step:.6g} from row to row, {_UNITS_PER_S[unit] / step:.3g} frames a "
                f"second in {unit}; expected a camera's rate, as in {others[0]}: correct the name of the column"
            )
    return unit


def _one_by_one(values: Float64Array, *, fps: float, name: str) -> tuple[Float64Array, dict[str, object]]:
    _, rank = np.unique(values, return_inverse=True)
    return rank / fps, {"frames": f"in the order of column {name}, one by one: its unit is not known"}


def _unit(word: str) -> str:
    if re.fullmatch("mins?|minutes?", word):
        return "min"
    return {"m": "ms", "u": "us", "n": "ns"}.get(word[0], "s") if not word.startswith("mic") else "us"


def _snake(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()).strip("_")
