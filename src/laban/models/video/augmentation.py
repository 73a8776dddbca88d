"""Clips as another camera might have taken them: nearer, darker, less sharp, from the other side, a part of them.

All frames of a clip are changed alike: what moves in it is what moved before.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from laban.core.arrays import ImageArray
from laban.core.checks import in_range
from laban.models.image.augmentation import exposed, without_colour


@dataclass(frozen=True)
class ClipAugmentation:
    """How far each clip may be changed; 0 leaves a step out.

    ``left_out`` the largest share of its time that is left out at its ends together; ``zoom`` and ``shift`` the
    largest change of size and place, as shares of the sides; ``brightness`` and ``contrast`` the largest change as
    shares; ``colour`` the largest share of its colour that is lost; ``blur`` the probability of a blur and
    ``blur_px`` its largest width; ``mirror`` the probability of a mirror.
    """

    left_out: float = 0.3
    zoom: float = 0.15
    shift: float = 0.08
    brightness: float = 0.25
    contrast: float = 0.25
    colour: float = 0.7
    blur: float = 0.3
    blur_px: float = 1.6
    mirror: float = 0.5

    def __post_init__(self) -> None:
        for name in ("left_out", "zoom", "shift", "brightness", "contrast"):
            in_range(getattr(self, name), name=name, low=0, high=0.9)
        for name in ("colour", "blur", "mirror"):
            in_range(getattr(self, name), name=name, low=0, high=1)
        in_range(self.blur_px, name="blur_px", low=0, high=20)


def part_of_clip(changes: ClipAugmentation, source: np.random.Generator) -> tuple[float, float]:
    """The beginning and end, as shares of the clip, of the part that is shown."""
    left_out = changes.left_out * source.random()
    begin = left_out * source.random()
    return begin, begin + 1 - left_out


def changed_clip(images: ImageArray, changes: ClipAugmentation, source: np.random.Generator) -> ImageArray:
    """The frames (T, H, W, 3) after random changes, the same for each."""
    height, width = images.shape[1:3]
    mirrored = source.random() < changes.mirror
    scale = 1.0 + changes.zoom * source.uniform(-1, 1)
    aside = changes.shift * source.uniform(-1, 1, 2) * (width, height)
    centre = np.array([width / 2, height / 2])
    matrix = np.column_stack([np.eye(2) * scale, centre * (1 - scale) + aside])
    blur_px = changes.blur_px * source.random() if source.random() < changes.blur else 0.0
    grey, brightness, contrast = (
        changes.colour * source.random(),
        1 + changes.brightness * source.uniform(-1, 1),
        1 + changes.contrast * source.uniform(-1, 1),
    )
    middle = float(images.mean())
    out = np.empty_like(images)
    for index, image in enumerate(images):
        moved = cv2.warpAffine(
            image[:, ::-1] if mirrored else image,
            matrix,
            (width, height),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        pale = without_colour(np.asarray(moved, np.float32), grey)
        values = exposed(pale, brightness=brightness, contrast=contrast, middle=middle)
        if blur_px > 0:
            values = np.asarray(cv2.GaussianBlur(values, (0, 0), max(0.3, blur_px)), np.float32)
        out[index] = np.clip(np.round(values), 0, 255)
    return out
