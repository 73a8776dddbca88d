"""The decoder's images as upright planes and RGB."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from laban.core.arrays import ImageArray
from laban.core.frame import YuvPlanes

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

# The pixel formats that are used without conversion, and whether their luma is 0 to 255.
PLANAR = {"yuv420p": False, "yuvj420p": True}
_BT709, _FULL_RANGE = 1, 2
_QUARTER_WITHIN_DEG = 1.0


@dataclass(frozen=True)
class Orientation:
    """The transformation that makes a stored image upright: first ``swapped`` axes, then flips along x and y."""

    swapped: bool = False
    flip_x: bool = False
    flip_y: bool = False

    def size_of(self, size_wh: tuple[int, int]) -> tuple[int, int]:
        """The upright size for a stored one, and vice versa."""
        return size_wh[::-1] if self.swapped else size_wh

    def applied(self, image: ImageArray) -> ImageArray:
        """The image itself if it is upright, else a turned copy."""
        out = np.asarray(cv2.transpose(image) if self.swapped else image, dtype=np.uint8)
        if self.flip_x or self.flip_y:
            out = np.asarray(cv2.flip(out, -1 if self.flip_x and self.flip_y else int(self.flip_x)), np.uint8)
        return out


UPRIGHT = Orientation()


def orientation_of(image: "VideoFrame") -> Orientation:
    """By the display matrix (ISO/IEC 14496-12, 8.3.2), to the nearest quarter turn; it may also mirror."""
    matrix = _display_matrix(image)
    if matrix is None:
        return UPRIGHT
    a, b, c, d = matrix
    if abs(b) > abs(a):
        return Orientation(swapped=True, flip_x=c < 0, flip_y=b < 0)
    return Orientation(flip_x=a < 0, flip_y=d < 0)


class Orientations:
    """The orientation of each image of a stream, read again only where the image's rotation differs.

    Reading an image's display matrix creates a reference cycle, so that hundreds of decoded images stay in memory
    until the collector runs; reading the rotation does not.
    """

    def __init__(self) -> None:
        self._by_rotation: dict[int, Orientation] = {}

    def of(self, image: "VideoFrame") -> Orientation:
        """The orientation of ``image``."""
        known = self._by_rotation.get(image.rotation)
        if known is None:
            known = self._by_rotation[image.rotation] = orientation_of(image)
        return known


def odd_turn_deg(image: "VideoFrame") -> float | None:
    """The clockwise rotation in the display matrix, 0 to 360, if it is not a multiple of 90; else None."""
    matrix = _display_matrix(image)
    if matrix is None:
        return None
    turn_deg = math.degrees(math.atan2(matrix[1], matrix[0])) % 360.0
    is_quarter = abs((turn_deg + 45.0) % 90.0 - 45.0) <= _QUARTER_WITHIN_DEG
    return None if is_quarter else turn_deg


def _display_matrix(image: "VideoFrame") -> tuple[int, int, int, int] | None:
    """Its parts a, b, c and d as the file has them; None where there is none."""
    held: Any = image.side_data.get("DISPLAYMATRIX")
    if held is None:
        return None
    a, b, _, c, d = np.frombuffer(held, dtype=np.int32)[:5].tolist()
    return a, b, c, d


def planes_of(image: "VideoFrame", *, upright: Orientation = UPRIGHT) -> YuvPlanes:
    """The planes as views of the decoder's memory, or as turned copies."""
    width, height = image.width, image.height
    half = ((height + 1) // 2, (width + 1) // 2)
    shapes = ((height, width), half, half)
    luma, blue, red = (
        upright.applied(_view(plane, shape)) for plane, shape in zip(image.planes, shapes, strict=True)
    )
    full = PLANAR[image.format.name] or int(image.color_range) == _FULL_RANGE
    return YuvPlanes(luma, blue, red, full_range=full, bt709=int(image.colorspace) == _BT709)


def _view(plane: Any, shape: tuple[int, int]) -> ImageArray:
    """The array keeps the plane, and with it the image, alive."""
    rows = np.frombuffer(plane, dtype=np.uint8).reshape(-1, plane.line_size)
    view = rows[: shape[0], : shape[1]]
    view.flags.writeable = False
    return view


def rgb_of(image: "VideoFrame", *, upright: Orientation = UPRIGHT) -> ImageArray:
    """(H, W, 3) RGB, upright."""
    return upright.applied(np.asarray(image.to_ndarray(format="rgb24"), dtype=np.uint8))
