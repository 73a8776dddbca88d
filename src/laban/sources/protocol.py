"""What every source of images promises, wherever they come from."""

from collections.abc import Iterator
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from laban.core.arrays import Float64Array, IntArray
from laban.core.frame import Frame
from laban.errors import SourceError


@runtime_checkable
class FrameSource(Protocol):
    """An open resource that gives frames in order of time.

    ``times_s`` (T,) are the times of all frames, the first 0.0, where they can be known without decoding, else
    None; ``keyframes`` are the indices at which reading may begin without decoding what is before. ``frames``
    may be called again and from several threads: each call reads for itself.
    """

    @property
    def name(self) -> str:
        """What to call the source: a path, an address, a device."""
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
        """Whether it goes on until somebody ends it, as a camera does: its frames come once, when they are taken,
        and ``times_s`` is None."""
        ...

    @property
    def keyframes(self) -> IntArray: ...

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was wrong with the source so far, a sentence each."""
        ...

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Frame]:
        """Frames ``start`` up to but without ``stop``."""
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
        raise SourceError(
            f"{source.name} does not tell the times of its frames; convert it to a video file first"
        )
    return source.times_s


class OpenSource:
    """What sources share: being a context manager that closes, and not being live."""

    @property
    def is_live(self) -> bool:
        return False

    def close(self) -> None:
        """Frees what is held; may be called again."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
