"""Defaults for what a recording needs and a file may lack: the clock and the image size."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, SupportsInt

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.checks import in_range
from laban.errors import InvalidValueError
from laban.io.limits import MAX_FRAMES, at_most
from laban.io.loss import warn_of_assumption

DEFAULT_FPS: Final = 30.0
DEFAULT_SIZE_WH: Final = (1280, 720)
_SIDE_LIMIT: Final = 1_000_000


@dataclass(frozen=True)
class Clock:
    """A steady clock, and a note for the metadata where it was assumed."""

    fps: float
    note: dict[str, object] = field(default_factory=dict)

    def times_s(self, count: int) -> Float64Array:
        """(count,) seconds: frame number ÷ fps."""
        return np.arange(at_most(count, MAX_FRAMES, what="frames")) / self.fps


@dataclass(frozen=True)
class Image:
    """The size of an image, and a note for the metadata where it was assumed."""

    size_wh: tuple[int, int]
    note: dict[str, object] = field(default_factory=dict)


def clock_of(fps: float | None) -> Clock:
    """The requested steady clock, else 30 frames per second, noted as assumed."""
    if fps is None:
        return Clock(DEFAULT_FPS, {"fps": DEFAULT_FPS})
    return Clock(in_range(float(fps), name="fps", low=1e-6, high=1e6))


def image_of(size_wh: tuple[int, int] | None, *, form: str) -> Image:
    """The requested image size, else 1280×720 with a warning, noted as assumed."""
    if size_wh is None:
        width, height = DEFAULT_SIZE_WH
        warn_of_assumption(
            f"{form} does not contain the image size; {width}x{height} is assumed, and angles depend on it: "
            "pass size_wh (--size 1920x1080)",
            noted=False,
        )
        return Image(DEFAULT_SIZE_WH, {"size_wh": [width, height]})
    return Image(checked_size(size_wh))


def checked_size(size_wh: Iterable[object]) -> tuple[int, int]:
    """A (width, height) of whole pixels within reason."""
    try:
        width, height = map(_whole, size_wh)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidValueError("size_wh must be (width, height) in whole pixels") from error
    if not (0 < width <= _SIDE_LIMIT and 0 < height <= _SIDE_LIMIT):
        raise InvalidValueError(f"size_wh must be from 1 to {_SIDE_LIMIT} pixels a side, got {size_wh!r}")
    return width, height


def _whole(side: object) -> int:
    if not isinstance(side, str | SupportsInt):
        raise TypeError(f"{side!r} is not a number")
    return int(side)


def assumed_words(metadata: Mapping[str, object]) -> tuple[str, ...]:
    """The assumptions made about a recording, as its metadata keeps them, a sentence or a phrase each.

    >>> assumed_words({"assumed": {"fps": 30.0}, "notes": ["its z is left out"]})
    ('fps 30.0 is assumed', 'its z is left out')
    """
    assumed, notes = metadata.get("assumed", {}), metadata.get("notes", [])
    told = (
        [f"{name} {value} is assumed" for name, value in assumed.items()] if isinstance(assumed, dict) else []
    )
    return (*told, *(str(one) for one in notes)) if isinstance(notes, list) else tuple(told)


def with_notes(metadata: Mapping[str, object], notes: Iterable[str]) -> dict[str, object]:
    """The metadata with further sentences under ``notes``, each once."""
    known = metadata.get("notes", [])
    listed = list(dict.fromkeys([*(known if isinstance(known, list) else []), *notes]))
    return {**metadata, "notes": listed} if listed else dict(metadata)


def noted(form: str, *notes: dict[str, object], **more: object) -> dict[str, object]:
    """The metadata of a recording read from ``form``; it has ``assumed`` only where something was assumed."""
    assumed = {key: value for note in notes for key, value in note.items()}
    return {"format": form, **({"assumed": assumed} if assumed else {}), **more}
