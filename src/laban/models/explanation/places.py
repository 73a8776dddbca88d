"""Places of a clip's frames that are hidden one after the other: a grid of patches, and what is shown instead."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import cv2
import numpy as np

from laban.core.arrays import Float32Array, ImageArray
from laban.core.checks import choose

Fill = Callable[[ImageArray], Float32Array]
"""From the frames (T, H, W, 3) of a clip to what is shown where they are hidden, (H, W, 3)."""

_REACH = (
    0.2  # of a patch beyond each of its edges, over which it fades out: a hard edge is a shape of its own
)
_BLUR = 1 / 6  # of the shorter side of an image: colours are left, shapes are not


def fill_of(images: ImageArray, *, fill: str) -> Float32Array:
    """(H, W, 3) what is shown where frames (T, H, W, 3) are hidden; ``fill`` is a name in
    ``PLACE_FILLS``, an unknown one raises UnknownNameError."""
    return choose(fill, PLACE_FILLS, what="fill of places")(images)


def patches(grid_wh: tuple[int, int], size_wh: tuple[int, int]) -> Float32Array:
    """(rows · columns, H, W) the strength, 0 to 1, with which each patch of a grid hides an image, row by row.

    Neighbouring patches overlap a little, and fade out there.
    """
    (columns, rows), (width, height) = grid_wh, size_wh
    across, down = _ramps(columns, width), _ramps(rows, height)
    grid = down[:, None, :, None] * across[None, :, None, :]
    return np.asarray(grid.reshape(rows * columns, height, width), dtype=np.float32)


def hidden_at(image_rgb: ImageArray, fill: Float32Array, strength: Float32Array) -> ImageArray:
    """A new image in which ``fill`` (H, W, 3) replaces the image (H, W, 3) with a ``strength`` (H, W) of 0 to 1."""
    share = strength[..., None]
    return np.asarray(np.rint(image_rgb * (1 - share) + fill * share), dtype=np.uint8)


def _ramps(count: int, length: int) -> Float32Array:
    """(count, length) the strength of each of ``count`` parts along a side of ``length`` pixels."""
    side = length / count
    middle = (np.arange(count)[:, None] + 0.5) * side
    beyond = np.abs(np.arange(length)[None] + 0.5 - middle) - side / 2
    return np.asarray(np.clip(1 - beyond / (_REACH * side), 0, 1), dtype=np.float32)


def _still(images: ImageArray) -> Float32Array:
    return np.asarray(images.mean(axis=0, dtype=np.float64), dtype=np.float32)


def _blurred(images: ImageArray) -> Float32Array:
    return blurred(_still(images))


def blurred(image_rgb: Float32Array) -> Float32Array:
    """The colours of an image (H, W, 3) without its shapes."""
    sigma = _BLUR * min(image_rgb.shape[:2])
    wide = cv2.GaussianBlur(image_rgb, (0, 0), sigmaX=sigma, borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(wide, dtype=np.float32)


PLACE_FILLS: Mapping[str, Fill] = MappingProxyType({"still": _still, "blur": _blurred})
"""``still``: the mean of the clip there, in which nothing moves; ``blur``: the same without shapes, so that still
things are hidden too."""
