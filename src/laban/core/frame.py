"""One image of a source, with the time it was taken."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from laban.core.arrays import ImageArray
from laban.core.checks import in_range
from laban.errors import InvalidValueError


@dataclass(frozen=True, eq=False)
class YuvPlanes:
    """The decoder's own 4:2:0 planes, already upright.

    ``luma`` is (H, W), ``blue`` and ``red`` are (ceil(H/2), ceil(W/2)), all uint8. ``full_range``: luma spans
    0–255, else 16–235; ``bt709``: the matrix is that of ITU-R BT.709, else of BT.601.
    """

    luma: ImageArray
    blue: ImageArray
    red: ImageArray
    full_range: bool = False
    bt709: bool = False

    def __post_init__(self) -> None:
        planes = (self.luma, self.blue, self.red)
        if any(plane.ndim != 2 or plane.dtype != np.uint8 for plane in planes):
            got = ", ".join(f"{plane.shape} {plane.dtype}" for plane in planes)
            raise InvalidValueError(f"planes must be (H, W) uint8, got {got}")
        height, width = self.luma.shape
        half = ((height + 1) // 2, (width + 1) // 2)
        if self.blue.shape != half or self.red.shape != half:
            raise InvalidValueError(
                f"chroma planes must be {half} for a {(height, width)} luma plane, "
                f"got {self.blue.shape} and {self.red.shape}"
            )

    @property
    def size_wh(self) -> tuple[int, int]:
        height, width = self.luma.shape
        return width, height


@dataclass(frozen=True, eq=False)
class Frame:
    """An image as planes or as RGB; ``image_rgb`` is converted from the planes when it is first read.

    ``index`` counts from 0 in the source; ``time_s`` is the decoder's timestamp in seconds, from the start
    of the source. Build one with ``Frame.from_rgb`` or ``Frame.from_planes``.
    """

    index: int
    time_s: float
    size_wh: tuple[int, int]
    planes: YuvPlanes | None
    to_rgb: Callable[[], ImageArray]

    def __post_init__(self) -> None:
        in_range(self.time_s, name="time_s")
        in_range(self.index, name="index", low=0)

    @classmethod
    def from_rgb(cls, image_rgb: ImageArray, *, index: int = 0, time_s: float = 0.0) -> "Frame":
        """A frame from an RGB image (H, W, 3) uint8."""
        image = np.ascontiguousarray(image_rgb)
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
            raise InvalidValueError(f"image_rgb must be (H, W, 3) uint8, got {image.shape} {image.dtype}")
        height, width = image.shape[:2]
        return cls(index, time_s, (width, height), None, lambda: image)

    @classmethod
    def from_planes(
        cls, planes: YuvPlanes, *, to_rgb: Callable[[], ImageArray], index: int, time_s: float
    ) -> "Frame":
        """A frame from decoder planes; ``to_rgb`` converts them when ``image_rgb`` is first read."""
        return cls(index, time_s, planes.size_wh, planes, to_rgb)

    @cached_property
    def image_rgb(self) -> ImageArray:
        """The image as (H, W, 3) uint8 RGB, upright."""
        return self.to_rgb()


@dataclass(frozen=True)
class FrameInfo:
    """What a watcher gets about a frame besides its people: its ``index`` in the source, its size, and the frame
    itself, None where only landmarks arrived."""

    index: int = 0
    size_wh: tuple[int, int] | None = None
    frame: Frame | None = None

    @classmethod
    def of(cls, frame: Frame) -> "FrameInfo":
        """The information about ``frame``."""
        return cls(frame.index, frame.size_wh, frame)
