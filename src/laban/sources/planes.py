"""The decoder's pictures as upright planes and RGB."""

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from laban.core.arrays import ImageArray
from laban.core.frame import YuvPlanes

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

# The layouts that are taken as they are, and whether their luma is 0 to 255.
PLANAR = {"yuv420p": False, "yuvj420p": True}
_BT709, _FULL_RANGE = 1, 2
_TURNS = {1: cv2.ROTATE_90_COUNTERCLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_CLOCKWISE}


def quarter_turns(picture: "VideoFrame") -> int:
    """Quarter turns against the clock that make the picture upright."""
    return round(picture.rotation / 90) % 4


def planes_of(picture: "VideoFrame", *, turns: int) -> YuvPlanes:
    """The planes as views of the decoder's memory, or as turned copies."""
    width, height = picture.width, picture.height
    half = ((height + 1) // 2, (width + 1) // 2)
    shapes = ((height, width), half, half)
    luma, blue, red = (
        _upright(_view(plane, shape), turns=turns)
        for plane, shape in zip(picture.planes, shapes, strict=True)
    )
    full = PLANAR[picture.format.name] or int(picture.color_range) == _FULL_RANGE
    return YuvPlanes(luma, blue, red, full_range=full, bt709=int(picture.colorspace) == _BT709)


def _view(plane: Any, shape: tuple[int, int]) -> ImageArray:
    """The array keeps the plane, and with it the picture, alive."""
    rows = np.frombuffer(plane, dtype=np.uint8).reshape(-1, plane.line_size)
    view = rows[: shape[0], : shape[1]]
    view.flags.writeable = False
    return view


def _upright(image: ImageArray, *, turns: int) -> ImageArray:
    return np.asarray(cv2.rotate(image, _TURNS[turns]), dtype=np.uint8) if turns else image


def rgb_of(picture: "VideoFrame", *, turns: int) -> ImageArray:
    """(H, W, 3) RGB, upright."""
    return _upright(np.asarray(picture.to_ndarray(format="rgb24"), dtype=np.uint8), turns=turns)
