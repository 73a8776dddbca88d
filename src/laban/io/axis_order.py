"""Files with y before x, such as MoveNet's [y, x, score]: swapped before the coordinates are used."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from laban.core.arrays import FloatArray
from laban.errors import InvalidValueError

_EXCHANGED: Final[ContextVar[list[int] | None]] = ContextVar("exchanged", default=None)


@contextmanager
def y_first(asked: bool, *, form: str) -> Iterator[None]:
    """Coordinates read inside the block have y before x if ``asked``.

    Raises InvalidValueError if the reader of ``form`` read no image coordinates.
    """
    if not asked:
        yield
        return
    counts: list[int] = []
    token = _EXCHANGED.set(counts)
    try:
        yield
    finally:
        _EXCHANGED.reset(token)
    if not counts:
        raise InvalidValueError(f"swap_xy is for image coordinates, and {form} has none; omit it")


def x_first(points: FloatArray) -> FloatArray:
    """The points (…, 2) that were read, with x before y."""
    counts = _EXCHANGED.get()
    if counts is None:
        return points
    counts.append(len(points))
    return points[..., ::-1]
