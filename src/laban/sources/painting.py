"""Synthetic people as simple images: limbs, a trunk and a head, nearer people in front."""

import colorsys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from laban.core.arrays import Float64Array, ImageArray
from laban.core.skeleton import BLAZEPOSE33

Ink = tuple[int, ...]
_SUBPIXEL_BITS = 4
_GOLDEN = 0.381966
_LIMBS: tuple[tuple[str, float, tuple[str, ...]], ...] = (
    ("trousers", 0.15, ("hip", "knee")),
    ("trousers", 0.12, ("knee", "ankle")),
    ("shoes", 0.1, ("ankle", "heel", "foot_index", "ankle")),
    ("shirt", 0.11, ("shoulder", "elbow")),
    ("skin", 0.08, ("elbow", "wrist")),
    ("skin", 0.07, ("wrist", "pinky", "index", "thumb", "wrist")),
)
_HEAD_RADIUS_M, _EYE_RADIUS_M = 0.135, 0.014


@dataclass(frozen=True, eq=False)
class Figure:
    """One person in one image: ``image_px`` (33, 2), pixels per metre there, and the distance."""

    person: int
    image_px: Float64Array
    px_per_m: float
    away_m: float


def paint_people(canvas: ImageArray, figures: Sequence[Figure]) -> None:
    """Draws all people into ``canvas`` (H, W, 3), each in their own colours, the nearest last."""
    for figure in sorted(figures, key=lambda one: -one.away_m):
        _paint(canvas, figure, _clothes(figure.person))


def paint_owners(canvas: ImageArray, figures: Sequence[Figure]) -> None:
    """Writes into ``canvas`` (H, W) the person seen in each pixel, plus 1."""
    for figure in sorted(figures, key=lambda one: -one.away_m):
        _paint(canvas, figure, dict.fromkeys(_clothes(0), (figure.person + 1,)), smooth=False)


def backdrop(size_wh: tuple[int, int], *, rng: np.random.Generator) -> ImageArray:
    """(H, W, 3) a wall and a floor with blotches."""
    width, height = size_wh
    rows = np.linspace(0, 1, height)[:, None, None]
    shade = np.where(rows < 0.55, 205 - 25 * rows, 150 - 60 * rows) * np.array([1.0, 0.98, 0.94])
    small = rng.normal(scale=7, size=(12, 16, 1)).astype(np.float32)
    blotches = cv2.resize(small, size_wh, interpolation=cv2.INTER_CUBIC).reshape(height, width, 1)
    return np.clip(np.broadcast_to(shade, (height, width, 3)) + blotches, 0, 255).astype(np.uint8)


def _clothes(person: int) -> dict[str, Ink]:
    """Distinct colours for people with successive numbers."""
    hue = (0.6 + person * _GOLDEN) % 1.0
    skin = (224, 172, 140) if person % 2 == 0 else (141, 85, 56)
    return {
        "shirt": _rgb(hue, 0.75, 0.8),
        "trousers": _rgb((hue + 0.45) % 1.0, 0.5, 0.4),
        "shoes": (40, 40, 45),
        "skin": skin,
        "eyes": (30, 25, 25),
    }


def _rgb(hue: float, saturation: float, value: float) -> Ink:
    return tuple(round(255 * part) for part in colorsys.hsv_to_rgb(hue, saturation, value))


def _paint(canvas: ImageArray, figure: Figure, inks: dict[str, Ink], *, smooth: bool = True) -> None:
    kind = cv2.LINE_AA if smooth else cv2.LINE_8
    for part, points, thick_m in _strokes(figure.image_px):
        thick = max(1, round(thick_m * figure.px_per_m))
        fixed = _fixed(points)
        if part == "shirt" and len(points) == 4:
            cv2.fillConvexPoly(canvas, cv2.convexHull(fixed), inks[part], kind, _SUBPIXEL_BITS)
        cv2.polylines(canvas, [fixed], False, inks[part], thick, kind, _SUBPIXEL_BITS)
    head = _fixed(_joints(figure.image_px, "left_ear", "right_ear").mean(axis=0))
    _dot(canvas, head, inks["skin"], _HEAD_RADIUS_M * figure.px_per_m, kind)
    for eye in _fixed(_joints(figure.image_px, "left_eye", "right_eye")):
        _dot(canvas, eye, inks["eyes"], _EYE_RADIUS_M * figure.px_per_m, kind)


def _strokes(image_px: Float64Array) -> Iterator[tuple[str, Float64Array, float]]:
    """The parts of a body except its head, in drawing order: the colour's name, the points, the width in metres."""
    for part, thick_m, joints in _LIMBS[:3]:
        yield from _both_sides(image_px, part, thick_m, joints)
    neck = _joints(image_px, "left_shoulder", "right_shoulder").mean(axis=0)
    chin = _joints(image_px, "mouth_left", "mouth_right").mean(axis=0)
    yield "skin", np.stack([neck, chin]), 0.11
    trunk = _joints(image_px, "left_shoulder", "right_shoulder", "right_hip", "left_hip")
    yield "shirt", trunk, 0.14
    for part, thick_m, joints in _LIMBS[3:]:
        yield from _both_sides(image_px, part, thick_m, joints)


def _both_sides(
    image_px: Float64Array, part: str, thick_m: float, joints: Sequence[str]
) -> Iterator[tuple[str, Float64Array, float]]:
    for side in ("left", "right"):
        yield part, _joints(image_px, *(f"{side}_{joint}" for joint in joints)), thick_m


def _joints(image_px: Float64Array, *names: str) -> Float64Array:
    return image_px[[BLAZEPOSE33.index(name) for name in names]]


def _fixed(points: Float64Array) -> "np.typing.NDArray[np.int32]":
    """Points in OpenCV's fixed-point fractions of a pixel."""
    return np.asarray(np.round(points * 2**_SUBPIXEL_BITS), dtype=np.int32)


def _dot(
    canvas: ImageArray, centre: "np.typing.NDArray[np.int32]", ink: Ink, radius_px: float, kind: int
) -> None:
    radius = max(1, round(radius_px * 2**_SUBPIXEL_BITS))
    cv2.circle(canvas, (int(centre[0]), int(centre[1])), radius, ink, cv2.FILLED, kind, _SUBPIXEL_BITS)
