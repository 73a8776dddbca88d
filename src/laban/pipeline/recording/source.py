"""The description of a source, which other processes and machines can open."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from laban.sources import FrameSource, open_source


@dataclass(frozen=True)
class SourceDescription:
    """All that is needed to open a source: its address and, where it has none of its own, its frame rate."""

    path: str
    fps: float | None = None

    @contextmanager
    def opened(self) -> Iterator[FrameSource]:
        """The open source, which several threads may use at once; the last of them to leave closes it.

        Raises what ``open_source`` raises.
        """
        with _LOCK:
            shared = _OPEN.get(self)
            if shared is None:
                shared = _OPEN[self] = _Shared(open_source(self.path, fps=self.fps))
            shared.users += 1
        try:
            yield shared.source
        finally:
            with _LOCK:
                shared.users -= 1
                if not shared.users:
                    del _OPEN[self]
                    shared.source.close()


@dataclass
class _Shared:
    source: FrameSource
    users: int = 0


_OPEN: dict[SourceDescription, _Shared] = {}
"""The sources that are open in this process: opening a video reads all of its times, too slow for each span."""
_LOCK = Lock()
