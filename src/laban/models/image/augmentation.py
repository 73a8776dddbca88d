"""Images as they might have been taken: turned a little, nearer, darker, less sharp, from the other side."""

from dataclasses import dataclass

import cv2
import numpy as np

from laban.core.arrays import FloatArray, ImageArray
from laban.core.checks import in_range


@dataclass(frozen=True)
class ImageAugmentation:
    """How far each image may be changed; 0 leaves a step out.

    ``turn_deg`` the largest turn; ``zoom`` and ``shift`` the largest change of size and place, as shares of
    the side; ``brightness`` and ``contrast`` the largest change as shares; ``colour`` how much of its colour
    may be lost; ``blur`` the probability of a blur, ``blur_px`` its largest width; ``mirror`` the probability
    of a mirror; ``hide`` the probability that a part of the image is grey.
    """

    turn_deg: float = 8.0
    zoom: float = 0.12
    shift: float = 0.06
    brightness: float = 0.25
    contrast: float = 0.25
    colour: float = 0.6
    blur: float = 0.25
    blur_px: float = 1.6
    mirror: float = 0.5
    hide: float = 0.2

    def __post_init__(self) -> None:
        in_range(self.turn_deg, name="turn_deg", low=0, high=45)
        in_range(self.blur_px, name="blur_px", low=0, high=20)
        for name in ("zoom", "shift", "brightness", "contrast"):
            in_range(getattr(self, name), name=name, low=0, high=0.9)
        for name in ("colour", "blur", "mirror", "hide"):
            in_range(getattr(self, name), name=name, low=0, high=1)


def changed(
    roomy: ImageArray, changes: ImageAugmentation, source: np.random.Generator, *, side_px: int, share: float
) -> ImageArray:
    """(side, side, 3) the input cut from ``roomy`` (S, S, 3) after random changes; unchanged it would be the middle
    ``share`` of it. It is not mirrored: that may change the label, so it is up to the caller."""
    size = roomy.shape[0]
    zoom = 1.0 + changes.zoom * source.uniform(-1, 1)
    scale = side_px / (size * share) * zoom
    matrix = cv2.getRotationMatrix2D((size / 2, size / 2), changes.turn_deg * source.uniform(-1, 1), scale)
    matrix[:, 2] = matrix[:, 2] + side_px / 2 - size / 2 + changes.shift * side_px * source.uniform(-1, 1, 2)
    moved = cv2.warpAffine(
        roomy, matrix, (side_px, side_px), flags=cv2.INTER_LINEAR, borderValue=(127, 127, 127)
    )
    image = _recoloured(np.asarray(moved, np.float32), changes, source)
    if source.random() < changes.blur:
        blurred = cv2.GaussianBlur(image, (0, 0), max(0.3, changes.blur_px * source.random()))
        image = np.asarray(blurred, np.float32)
    if source.random() < changes.hide:
        _hide(image, source)
    return np.clip(np.round(image), 0, 255).astype(np.uint8)


def _recoloured(image: FloatArray, changes: ImageAugmentation, source: np.random.Generator) -> FloatArray:
    pale = without_colour(image, changes.colour * source.random())
    brightness, contrast = 1 + np.array([changes.brightness, changes.contrast]) * source.uniform(-1, 1, 2)
    return exposed(pale, brightness=brightness, contrast=contrast, middle=pale.mean())


def without_colour(image: FloatArray, share: float) -> FloatArray:
    """The image (H, W, 3) with a share of its colour replaced by grey."""
    grey = image @ np.array([0.299, 0.587, 0.114], np.float32)
    return image + (grey[..., None] - image) * np.float32(share)


def exposed(image: FloatArray, *, brightness: float, contrast: float, middle: float) -> FloatArray:
    """The image with its distances from the value ``middle`` times ``contrast``, and all of it times
    ``brightness``."""
    return np.asarray(((image - middle) * contrast + middle) * brightness, dtype=np.float32)


def _hide(image: FloatArray, source: np.random.Generator) -> None:
    """Greys a part: at most a third of the side each way."""
    side = image.shape[0]
    high, wide = (round(side * source.uniform(0.1, 0.33)) for _ in range(2))
    top, left = (round(source.uniform(0, side - extent)) for extent in (high, wide))
    image[top : top + high, left : left + wide] = 127
