"""How work that takes long says how far it is: one shape for all of it."""

from collections.abc import Callable

Progress = Callable[[float, float | None], None]
"""Called as ``progress(done, total)`` in units of the work itself (frames, files, bytes); the total is None where
it is not known. What it raises ends the work."""


def unheard(done: float, total: float | None = None) -> None:
    """The progress that nobody follows.

    >>> unheard(3, 10)
    """
