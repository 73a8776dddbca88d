"""The order and the times of JSON objects, one per frame: by their time field, else by their number.

Fields are recognised by their names, like the columns of tables (``table_header``), in any spelling.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final, TypeVar

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.json_values import is_number, is_text, is_whole
from laban.errors import FormatError
from laban.io.assumptions import checked_size, clock_of
from laban.io.frame_times import (
    FrameOrder,
    order_of_names,
    order_of_numbers,
    order_of_times,
    seconds_of,
    seconds_of_cells,
    without_suffix,
)
from laban.io.loss import warn_of_assumption
from laban.io.table_header import kind_of, snake
from laban.io.text_table import numbers

_RATES: Final = ("fps", "frame_rate", "framerate", "video_fps")
_ABOUT: Final = ("metadata", "meta", "meta_info", "info", "video", "video_info")
_NUMBERS: Final = ("frame", "image")
Item = Mapping[str, object]
Key = TypeVar("Key")


def order_of_items(items: Sequence[object], *, fps: float | None) -> FrameOrder:
    """The order of frames: by their times, else by their numbers or names, else as they are listed.

    Raises FormatError where two have the same time or number, or where a time is missing and ``fps`` is None.
    """
    found = seconds_of_items(items, fps=fps)
    if found is not None:
        repeats = len(found[0]) - len(np.unique(found[0]))
        if not repeats:
            return sorted_by_times(found[0], note=found[1])
        if fps is None:
            raise FormatError(
                f"{repeats} of its frames have the time of another; if the clock is coarser than the frames, "
                "pass the frame rate (--fps)"
            )
    keys = frame_keys(items)
    return order_of_keys(keys if any(key is not None for key in keys) else _counts(items))


def frames_of_bodies(
    bodies: Sequence[Item], *, fps: float | None
) -> tuple[list[list[Item]], FrameOrder] | None:
    """Single bodies grouped by their times, else by their frames; None where they have neither."""
    keys = frame_keys(bodies)
    found = seconds_of_items(bodies, fps=fps)
    if found is not None and len(np.unique(found[0])) >= len(set(keys)):
        by_time = _grouped(bodies, found[0].tolist())
        return _ordered(by_time, sorted_by_times(np.array(list(by_time)), note=found[1]))
    if all(key is not None for key in keys):
        by_key = _grouped(bodies, keys)
        return _ordered(by_key, order_of_keys(list(by_key)))
    return None


def _ordered(grouped: Mapping[Key, list[Item]], order: FrameOrder) -> tuple[list[list[Item]], FrameOrder]:
    held = list(grouped.values())
    return [held[index] for index in order.order], order


def sorted_by_times(times_s: Float64Array, *, note: Mapping[str, object] | None = None) -> FrameOrder:
    """The order of frames with different times; warns if they are listed in another order."""
    if (np.diff(times_s) < 0).any():
        warn_of_assumption("its frames are not in order of time; they are sorted")
    return order_of_times(times_s, note=note)


def order_of_keys(keys: Sequence[int | str | None]) -> FrameOrder:
    """The order of frames by their numbers or names; as they are listed where they have none."""
    missing = sum(key is None for key in keys)
    if keys and all(isinstance(key, int) for key in keys):
        if len(set(keys)) != len(keys):
            raise FormatError("two of its frames have the same number (the same frame_id)")
        return order_of_numbers([key for key in keys if isinstance(key, int)])
    if keys and all(isinstance(key, str) for key in keys):
        names = [without_suffix(str(key)) for key in keys]
        return order_of_names(names, what="frames' names")
    if 0 < missing < len(keys):
        warn_of_assumption(
            f"{missing} of its {len(keys)} frames have no number; all are taken one by one, as they are listed"
        )
    return listed(len(keys))


def listed(count: int) -> FrameOrder:
    """Frames one after another, as they are listed."""
    return FrameOrder(tuple(range(count)), tuple(range(count)))


def times_of(order: FrameOrder, *, fps: float | None) -> tuple[Float64Array, dict[str, object]]:
    """(T,) seconds and the note for the metadata: the frames' own times, else their numbers ÷ ``fps`` (30)."""
    if order.own_times_s is not None:
        return order.times_s(1.0), order.note
    clock = clock_of(fps)
    return order.times_s(clock.fps), clock.note | order.note


def seconds_of_items(
    items: Sequence[object], *, fps: float | None
) -> tuple[Float64Array, dict[str, object]] | None:
    """(N,) the times of objects in the order listed, and a note; None where they have none."""
    name = _field(items, "time")
    if name is None:
        return None
    values = [one.get(name) if isinstance(one, Mapping) else None for one in items]
    missing = sum(value is None for value in values)
    if missing and fps is not None:
        return None
    if missing:
        raise FormatError(
            f"{missing} of its {len(values)} frames have no {name}, the others do; fill it in, or pass the frame "
            "rate (--fps)"
        )
    if all(isinstance(value, str) for value in values):
        return seconds_of_cells([str(value) for value in values], name=name, fps=fps)
    return seconds_of(numbers(values, what=name), name=name, fps=fps)


def frame_keys(items: Sequence[object]) -> list[int | str | None]:
    """The number or the name of each object."""
    name = next((found for kind in _NUMBERS if (found := _field(items, kind)) is not None), None)
    return [_key(one.get(name)) if name and isinstance(one, Mapping) else None for one in items]


def keyed_frames(content: Mapping[str, object], *, name: str) -> list[Item] | None:
    """The frames of an object that holds each under its number or its image's name, None for other objects.

    A frame that is not an object is put under ``name``; other numbers and words in the object are ignored.
    """
    held = {key: value for key, value in content.items() if isinstance(value, dict | list)}
    held = {key: value for key, value in held.items() if snake(str(key)) not in _ABOUT}
    if not held or not all(map(_is_frame_key, held)) or any("x" in one for one in held.values()):
        return None
    return [
        {"frame": whole_key(str(key)), **(value if isinstance(value, dict) else {name: value})}
        for key, value in held.items()
    ]


def _is_frame_key(key: object) -> bool:
    return any(letter.isdigit() for letter in str(key))


def say_when(items: Sequence[Item]) -> bool:
    """Whether all objects have a time or a frame number."""
    return all(any(kind_of(str(name)) in ("time", *_NUMBERS) for name in one) for one in items)


def whole_key(name: str) -> int | str:
    """The name as a number, if it is a whole number."""
    return int(name) if name.isascii() and name.isdigit() and len(name) <= 12 else name


def noted_fps(content: object) -> float | None:
    """The frame rate noted in the object that contains the frames."""
    for held in _about(content):
        rate = next(filter(is_number, map(held.get, _RATES)), 0)
        if rate > 0:
            return float(rate)
    return None


def noted_size(content: object) -> tuple[int, int] | None:
    """The image size noted, as width and height, in the object that contains the frames."""
    for held in _about(content):
        sides = [held.get(name, held.get(f"image_{name}")) for name in ("width", "height")]
        if all(is_number(side) and side >= 1 for side in sides):
            return checked_size(sides)
    return None


def _about(content: object) -> list[Mapping[str, object]]:
    """The fields of an object and of its parts that describe the whole file."""
    if not isinstance(content, Mapping):
        return []
    held = {snake(str(key)): value for key, value in content.items()}
    return [held, *(one for name in _ABOUT for one in _about(held.get(name)))]


def _field(items: Sequence[object], kind: str) -> str | None:
    """The field of a kind that most objects have, the first of several; the same time for all is not a clock."""
    values: dict[str, list[object]] = {}
    for one in items:
        for name, value in one.items() if isinstance(one, Mapping) else ():
            if type(value) in (int, float, str) and kind_of(str(name)) == kind:
                values.setdefault(str(name), []).append(value)
    if kind == "time" and len(items) > 1:
        values = {name: held for name, held in values.items() if len(set(held)) > 1}
    return max(values, key=lambda name: len(values[name]), default=None)


def _counts(items: Sequence[object]) -> list[int | str | None]:
    """The values of a field ``index`` or ``no`` where they rise from object to object; else None for each."""
    name = _field(items, "index")
    keys = [one.get(name) if isinstance(one, Mapping) else None for one in items]
    whole = [key for key in keys if type(key) is int]
    rises = len(whole) == len(keys) and all(before < after for before, after in pairwise(whole))
    return list(whole) if rises else [None] * len(keys)


def _grouped(bodies: Sequence[Item], keys: Sequence[Key]) -> dict[Key, list[Item]]:
    grouped: dict[Key, list[Item]] = {}
    for key, one in zip(keys, bodies, strict=True):
        grouped.setdefault(key, []).append(one)
    return grouped


def _key(value: object) -> int | str | None:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if is_whole(value) or is_text(value) else None
