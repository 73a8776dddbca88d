"""Files that have y before x, as MoveNet's [y, x, score]: exchanged before anything is made of the coordinates."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from laban.core.arrays import FloatArray
from laban.errors import InvalidValueError

_EXCHANGED: Final[ContextVar[list[int] | None]] = ContextVar("exchanged", default=None)


@contextmanager
def y_first(asked: bool, *, form: str) -> Iterator[None]:
    """Coordinates that are read inside have y before x, where ``asked``.

    Raises InvalidValueError where the reader of ``form`` read no coordinates of an image.
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
        raise InvalidValueError(
            f"swap_xy is for coordinates of an image, of which {form} has none; leave it out"
        )


def x_first(points: FloatArray) -> FloatArray:
    """Points (…, 2) as they were read, with x before y."""
    counts = _EXCHANGED.get()
    if counts is None:
        return points
    counts.append(len(points))
    return points[..., ::-1]
