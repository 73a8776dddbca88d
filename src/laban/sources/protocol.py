"""The interface of every source of images."""

from collections.abc import Iterator
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from laban.core.arrays import Float64Array, IntArray
from laban.core.frame import Frame
from laban.errors import SourceError


@runtime_checkable
class FrameSource(Protocol):
    """An open resource that yields frames in order of time.

    ``times_s`` (T,) are the times of all frames, the first 0.0, where they can be known without decoding, else
    None; ``keyframes`` are the indices at which reading may begin without decoding earlier frames. ``frames``
    may be called repeatedly and from several threads: each call reads independently.
    """

    @property
    def name(self) -> str:
        """The name of the source: a path, an address, a device."""
        ...

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height in pixels of the upright image."""
        ...

    @property
    def fps(self) -> float | None:
        """Mean frames a second, where known."""
        ...

    @property
    def times_s(self) -> Float64Array | None: ...

    @property
    def is_live(self) -> bool:
        """Whether it goes on until it is closed, like a camera: its frames come once, when they are taken, and
        ``times_s`` is None."""
        ...

    @property
    def keyframes(self) -> IntArray: ...

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings about the source so far, a sentence each."""
        ...

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Frame]:
        """Frames from ``start`` up to, but not including, ``stop``."""
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


def known_times_s(source: FrameSource) -> Float64Array:
    """(T,) the times of all frames; raises SourceError for a live source, and where they cannot be known."""
    if source.is_live:
        raise SourceError(f"{source.name} has no end; record it to a file first")
    if source.times_s is None:
        raise SourceError(f"{source.name} has no frame times; convert it to a video file first")
    return source.times_s


class OpenSource:
    """Shared by sources: a context manager that closes, and not live."""

    @property
    def is_live(self) -> bool:
        return False

    def close(self) -> None:
        """Releases all resources; may be called repeatedly."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
