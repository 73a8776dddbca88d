"""The part of an image that a classifier sees: a square around a person or the whole image, at a fixed size."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from laban.core.answers.metrics import ViewOfImage
from laban.core.arrays import Float64Array, FloatArray, ImageArray
from laban.core.checks import choose, in_range

Whose = Literal["person", "whole"]
_GREY = (127, 127, 127)
"""The middle of the backbone's input range: neutral grey."""


@dataclass(frozen=True)
class View:
    """A square of ``side_px`` pixels. With ``whose`` "person" it is centred on the person's box and ``margin``
    times as wide as the box's longer side; with "whole" it contains the whole image. Outside of the image it is
    grey."""

    side_px: int = 224
    margin: float = 1.2
    whose: Whose = "person"

    def __post_init__(self) -> None:
        choose(self.whose, {"person": 0, "whole": 0}, what="view")
        in_range(self.side_px, name="side_px", low=32, high=1024)
        in_range(self.margin, name="margin", low=0.5, high=4.0)

    def square(self, size_wh: tuple[int, int], box_xyxy_px: FloatArray | None) -> Float64Array:
        """(4,) the square of an image that is shown, in pixels; without a box the whole image.

        >>> View(margin=1.0).square((640, 480), np.array([100.0, 100.0, 200.0, 300.0]))
        array([ 50., 100., 250., 300.])
        """
        if box_xyxy_px is None or self.whose == "whole":
            centre, side = np.array(size_wh) / 2, float(max(size_wh))
        else:
            corners = np.asarray(box_xyxy_px, dtype=np.float64).reshape(2, 2)
            centre, side = corners.mean(axis=0), self.margin * max(float(np.ptp(corners, axis=0).max()), 1.0)
        return np.concatenate([centre - side / 2, centre + side / 2])

    def answer(self) -> ViewOfImage:
        """The answer that is printed and written."""
        return ViewOfImage(self.side_px, self.margin, self.whose)

    def to_json(self) -> dict[str, object]:
        """As JSON holds it."""
        return {"side_px": self.side_px, "margin": self.margin, "whose": self.whose}


def widened(square: FloatArray, by: float) -> Float64Array:
    """(4,) a square with the same centre, ``by`` times as wide."""
    corners = np.asarray(square, dtype=np.float64).reshape(2, 2)
    middle = corners.mean(axis=0)
    return np.asarray((middle + (corners - middle) * by).reshape(4))


def shown(image_rgb: ImageArray, square: FloatArray, *, side_px: int) -> ImageArray:
    """(side, side, 3) the square of an image (H, W, 3), averaged where it shrinks; grey outside the
    image."""
    import cv2

    left, top = (round(float(value)) for value in square[:2])
    side = max(1, round(float(square[2] - square[0])))
    height, width = image_rgb.shape[:2]
    inside = image_rgb[max(top, 0) : max(0, top + side), max(left, 0) : max(0, left + side)]
    around = (max(0, -top), max(0, top + side - height), max(0, -left), max(0, left + side - width))
    if any(around):
        inside = _padded(inside, around, side)
    way = cv2.INTER_AREA if side > side_px else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(inside, (side_px, side_px), interpolation=way), dtype=np.uint8)


def _padded(inside: ImageArray, around: tuple[int, int, int, int], side: int) -> ImageArray:
    import cv2

    if 0 in inside.shape:
        return np.full((side, side, 3), _GREY, np.uint8)
    return np.asarray(cv2.copyMakeBorder(inside, *around, cv2.BORDER_CONSTANT, value=_GREY), np.uint8)
