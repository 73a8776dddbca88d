"""The drawing plan of a skeleton, computed once: limbs, hands and feet, and a circle for the head instead of facial
lines."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from laban.core.arrays import BoolArray, FloatArray
from laban.core.skeleton import Skeleton
from laban.render.palette import Side, side_of

_FACE_WORDS = frozenset({"nose", "eye", "ear", "mouth", "face", "head"})
_END_WORDS = frozenset({"pinky", "index", "thumb", "hand", "tip", "heel", "foot", "toe"})

ANGLE_ARMS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    f"{side}_{joint}": (tuple(f"{side}_{name}" for name in first), tuple(f"{side}_{name}" for name in second))
    for side in ("left", "right")
    for joint, first, second in (
        ("elbow", ("shoulder",), ("wrist",)),
        ("shoulder", ("elbow",), ("hip",)),
        ("hip", ("shoulder",), ("knee",)),
        ("knee", ("hip",), ("ankle",)),
        ("ankle", ("knee",), ("foot_index", "big_toe", "foot")),
    )
}
"""For each joint that may show an angle, the candidates for the ends of its two arms; the first known one is
used."""


@dataclass(frozen=True)
class Limb:
    """A bone to draw: its ends, its side, and its thickness relative to a thigh's."""

    first: int
    second: int
    side: Side
    thickness: float


@dataclass(frozen=True)
class Figure:
    """The drawing plan of one skeleton. ``dots`` are the joints worth a dot; ``face`` those the head hides."""

    limbs: tuple[Limb, ...]
    dots: tuple[int, ...]
    face: tuple[int, ...]
    shoulders: tuple[int, ...]
    hips: tuple[int, ...]


@dataclass(frozen=True)
class Head:
    """A circle for the head: centre (2,) and radius, in the space of the landmarks."""

    centre: FloatArray
    radius: float


@lru_cache(maxsize=32)
def figure_of(skeleton: Skeleton) -> Figure:
    """The plan of ``skeleton``: facial bones are left out, hands and feet are thin."""
    names = skeleton.names
    face = {index for index, name in enumerate(names) if _is_face(name)}
    limbs = tuple(_limb(skeleton, bone) for bone in skeleton.bones if not face & set(bone))
    dots = tuple(i for i, name in enumerate(names) if i not in face and not _is_end(name))
    return Figure(limbs, dots, tuple(sorted(face)), _middle(skeleton, "shoulder"), _middle(skeleton, "hip"))


def figure_size(points: FloatArray, figure: Figure) -> float:
    """A body's size as a torso length, from the torso itself or from the body's width and height.

    A torso seen from above is short in the image although the body is not, so the largest estimate is used.
    ``points`` (J, C); NaN joints are ignored; NaN if nothing is known.
    """
    known = points[_finite(points)]
    if not len(known):
        return float("nan")
    torso = _distance(_mean(points, figure.shoulders), _mean(points, figure.hips))
    return float(np.fmax(torso, 0.28 * np.ptp(known, axis=0).max()))


def head_of(points: FloatArray, figure: Figure) -> Head | None:
    """The circle for the head, or None if no point of the face is known. ``points`` (J, C)."""
    face = points[list(figure.face)]
    face = face[_finite(face)]
    size = figure_size(points, figure)
    if not len(face) or not np.isfinite(size):
        return None
    centre = (face.max(axis=0) + face.min(axis=0)) / 2
    spread = float(np.linalg.norm(np.ptp(face, axis=0))) / 2
    return Head(centre, float(np.clip(spread * 1.15, 0.16 * size, 0.3 * size)))


def neck_of(points: FloatArray, figure: Figure, head: Head) -> FloatArray | None:
    """(2, C) the line from mid-shoulder to the rim of the head; None if they overlap or are unknown."""
    base = _mean(points, figure.shoulders)
    reach = _distance(base, head.centre)
    if not reach > head.radius:
        return None
    return np.stack([base, head.centre + (base - head.centre) * (head.radius / reach)])


def _limb(skeleton: Skeleton, bone: tuple[int, int]) -> Limb:
    names = [skeleton.names[index] for index in bone]
    sides = {side_of(name) for name in names}
    thin = any(_is_end(name) for name in names)
    return Limb(*bone, side=sides.pop() if len(sides) == 1 else "middle", thickness=0.55 if thin else 1.0)


def _middle(skeleton: Skeleton, joint: str) -> tuple[int, ...]:
    for names in ((f"left_{joint}", f"right_{joint}"), (f"mid_{joint}",), ("neck",), ("spine_base",)):
        if skeleton.has(*names):
            return tuple(skeleton.index(name) for name in names)
    return ()


def _mean(points: FloatArray, joints: tuple[int, ...]) -> FloatArray:
    return points[list(joints)].mean(axis=0) if joints else np.full(points.shape[1], np.nan)


def _distance(first: FloatArray, second: FloatArray) -> float:
    return float(np.linalg.norm(first - second))


def _finite(points: FloatArray) -> BoolArray:
    finite: BoolArray = np.all(np.isfinite(points), axis=1)
    return finite


def _is_face(name: str) -> bool:
    return bool(_FACE_WORDS & set(name.split("_")))


def _is_end(name: str) -> bool:
    return bool(_END_WORDS & set(name.split("_")))
