"""The spaces of landmarks, and the exact conversions between them.

*Pixel*: origin at the top-left corner of the image, x right, y down, so that an image W wide spans 0 to W.
*Normalised*: pixels divided by width and height; no length or angle may be measured there.
*World*: metres, origin mid-hip, x right in the image, y down, z away from the camera.
*Body*: torso lengths, origin mid-hip.
"""

from enum import StrEnum

import numpy as np

from laban.core.arrays import FloatArray
from laban.core.checks import positive


class Space(StrEnum):
    """The space of a set of coordinates."""

    PIXEL = "pixel"
    NORMALISED = "normalised"
    WORLD = "world"
    BODY = "body"


def normalise_px(image_px: FloatArray, *, size_wh: tuple[int, int]) -> FloatArray:
    """(..., 2) pixels to the [0, 1] square that files and models exchange. NaN stays NaN.

    >>> normalise_px(np.array([[960.0, 540.0]]), size_wh=(1920, 1080))
    array([[0.5, 0.5]])
    """
    return image_px / _size(size_wh, like=image_px)


def denormalise_px(normalised: FloatArray, *, size_wh: tuple[int, int]) -> FloatArray:
    """(..., 2) normalised coordinates to pixels. NaN stays NaN.

    >>> denormalise_px(np.array([[0.5, 0.5]]), size_wh=(1920, 1080))
    array([[960., 540.]])
    """
    return normalised * _size(size_wh, like=normalised)


def _size(size_wh: tuple[int, int], *, like: FloatArray) -> FloatArray:
    return np.array([positive(side, name="size_wh") for side in size_wh], dtype=like.dtype)
