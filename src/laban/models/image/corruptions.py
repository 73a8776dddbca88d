"""Corruptions: the same image with another camera, light or background."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import cv2
import numpy as np

from laban.core.arrays import Float32Array, FloatArray, ImageArray

Shift = Callable[[ImageArray, Float32Array | None, np.random.Generator], ImageArray | None]
"""From an image (S, S, 3) and the mask of its person (S, S), 0 to 1, to another; None where it needs a mask
and there is none."""

UNCORRUPTED = "as they are"
_GREY = (127, 127, 127)
_TURN_DEG = 10.0
_NEARER, _ASIDE = 1.2, 0.08
_LOW_PX = 48


def _scaled(image: ImageArray, *, contrast: float = 1.0, brightness: float = 1.0) -> ImageArray:
    middle = image.mean()
    values = ((image.astype(np.float32) - middle) * contrast + middle) * brightness
    return _bytes(values)


def _brighter(image: ImageArray, mask: Float32Array | None, source: np.random.Generator) -> ImageArray:  # noqa: ARG001
    return _scaled(image, brightness=1.5)


def _darker(image: ImageArray, mask: Float32Array | None, source: np.random.Generator) -> ImageArray:  # noqa: ARG001
    return _scaled(image, brightness=0.5)


def _flat(image: ImageArray, mask: Float32Array | None, source: np.random.Generator) -> ImageArray:  # noqa: ARG001
    return _scaled(image, contrast=0.4)


def _blurred(image: ImageArray, mask: Float32Array | None, source: np.random.Generator) -> ImageArray:  # noqa: ARG001
    return np.asarray(cv2.GaussianBlur(image, (0, 0), image.shape[0] / 90), np.uint8)


def _noisy(image: ImageArray, mask: Float32Array | None, source: np.random.Generator) -> ImageArray:  # noqa: ARG001
    return _bytes(image + source.normal(0, 25, image.shape))


def _turned(image: ImageArray, mask: Float32Array | None, source: np.random.Generator) -> ImageArray:  # noqa: ARG001
    return _moved(image, turn_deg=_TURN_DEG * float(source.choice([-1, 1])))


def _cropped(image: ImageArray, mask: Float32Array | None, source: np.random.Generator) -> ImageArray:  # noqa: ARG001
    return _moved(image, scale=_NEARER, shift=_ASIDE * source.choice([-1, 1], 2))


def _coarse(image: ImageArray, mask: Float32Array | None, source: np.random.Generator) -> ImageArray:  # noqa: ARG001
    small = cv2.resize(image, (_LOW_PX, _LOW_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, image.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def _elsewhere(
    image: ImageArray, mask: Float32Array | None, source: np.random.Generator
) -> ImageArray | None:
    """The person in front of a wall and a floor of random colours, with furniture."""
    if mask is None:
        return None
    alpha = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), image.shape[0] / 200)[..., None]
    return _bytes(image * alpha + drawn_room(image.shape[0], source) * (1 - alpha))


def drawn_room(side_px: int, source: np.random.Generator) -> FloatArray:
    """(S, S, 3) an empty room: a wall, a floor, some boxes, and noise."""
    room = np.empty((side_px, side_px, 3), np.float32)
    floor = round(side_px * source.uniform(0.55, 0.8))
    room[:floor], room[floor:] = _muted(source), _muted(source)
    for _ in range(6):
        corner = source.uniform(0, side_px, 2).astype(int)
        reach = corner + source.uniform(0.1, 0.4, 2) * side_px
        cv2.rectangle(room, corner.tolist(), reach.astype(int).tolist(), _muted(source).tolist(), -1)
    coarse = source.normal(0, 6, (16, 16, 3)).astype(np.float32)
    return np.asarray(room + cv2.resize(coarse, (side_px, side_px), interpolation=cv2.INTER_CUBIC))


def _muted(source: np.random.Generator) -> FloatArray:
    """(3,) a typical colour of a wall."""
    return np.asarray(source.uniform(40, 215) + source.uniform(-35, 35, 3))


def _moved(
    image: ImageArray, *, turn_deg: float = 0.0, scale: float = 1.0, shift: FloatArray | float = 0.0
) -> ImageArray:
    side = image.shape[0]
    matrix = cv2.getRotationMatrix2D((side / 2, side / 2), turn_deg, scale)
    matrix[:, 2] = matrix[:, 2] + np.asarray(shift) * side
    return np.asarray(
        cv2.warpAffine(image, matrix, (side, side), flags=cv2.INTER_LINEAR, borderValue=_GREY), np.uint8
    )


def _bytes(values: FloatArray) -> ImageArray:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)


CORRUPTIONS: Mapping[str, Shift] = MappingProxyType(
    {
        "brighter by half": _brighter,
        "half as bright": _darker,
        "contrast 40 %": _flat,
        "blurred": _blurred,
        "noisy": _noisy,
        "turned 10°": _turned,
        "nearer, off centre": _cropped,
        "another room": _elsewhere,
        "48 px": _coarse,
    }
)
"""The corruptions that a classifier is evaluated under, by name."""
