"""How long-running work reports its progress: one signature for all of it."""

from collections.abc import Callable

Progress = Callable[[float, float | None], None]
"""Called as ``progress(done, total)`` in units of the work itself (frames, files, bytes); the total is None where
it is not known. An exception raised by it ends the work."""


def unheard(done: float, total: float | None = None) -> None:
    """Progress that is ignored.

    >>> unheard(3, 10)
    """
