"""Limits on everything that is decoded: size, duration and number of frames."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from laban.core.checks import positive
from laban.errors import LimitError

T = TypeVar("T")
_MOST_BYTES_A_PIXEL = 8


@dataclass(frozen=True)
class Limits:
    """The limits of decoding, in pixels and seconds."""

    max_pixels: int = 8192 * 4608
    max_frames: int = 5_000_000
    max_duration_s: float = 8 * 3600.0
    max_fps: float = 1000.0
    max_streams: int = 64
    max_frame_wall_s: float = 10.0

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            positive(getattr(self, name), name=name)

    def check_size(self, size_wh: tuple[int, int], *, name: str) -> None:
        """Refuses an image without pixels or with too many."""
        width, height = size_wh
        if width <= 0 or height <= 0:
            raise LimitError(
                f"{name}: its header gives the image no size that can be decoded ({width}×{height}); scale it "
                "down first, or copy it again if it is damaged"
            )
        if width * height > self.max_pixels:
            raise LimitError(
                f"{name}: a frame is {width}×{height}, more than the limit of {self.max_pixels / 1e6:.1f} "
                "megapixels; scale the source down first"
            )

    def check_file(self, size_bytes: int, *, name: str) -> None:
        """Refuses an image file larger than ``max_pixels`` could need."""
        most = _MOST_BYTES_A_PIXEL * self.max_pixels
        if size_bytes > most:
            raise LimitError(
                f"{name}: {size_bytes / 1e6:.0f} MB, more than the limit of {most / 1e6:.0f}; scale it down first"
            )

    def check_streams(self, count: int, *, name: str) -> None:
        """Refuses a container with too many streams."""
        if count > self.max_streams:
            raise LimitError(f"{name}: {count} streams, more than the limit of {self.max_streams}")

    def check_length(self, *, frames: int, duration_s: float, name: str) -> None:
        """Refuses a source with too many frames, too many a second, or that is too long."""
        if frames > self.max_frames:
            raise LimitError(f"{name}: more than {self.max_frames} frames; cut the source into parts")
        if duration_s > self.max_duration_s:
            raise LimitError(
                f"{name}: {duration_s / 3600:.1f} hours, more than the limit of "
                f"{self.max_duration_s / 3600:.1f}; cut the source into parts"
            )
        if frames > 1 and duration_s * self.max_fps < frames - 1:
            raise LimitError(
                f"{name}: more than {self.max_fps:g} frames a second; the header is not to be believed"
            )


def timely(items: Iterator[T], *, limits: Limits, name: str) -> Iterator[T]:
    """The same items; raises LimitError where one took longer than the wall time allowed for a frame."""
    while True:
        began_s = time.monotonic()
        item = next(items, None)
        if item is None:
            return
        if time.monotonic() - began_s > limits.max_frame_wall_s:
            raise LimitError(f"{name}: a frame took longer than {limits.max_frame_wall_s:g} s to decode")
        yield item
