"""Skeletons: their joints in order, which are left and right, and the bones between them.

Orders: BlazePose from the MediaPipe pose landmarker; COCO from the keypoint challenge; OpenPose 18 and 25
from the OpenPose output documentation; Halpe 26 from the Halpe-FullBody repository; NTU 25 from the Kinect v2
joint list of NTU RGB+D; JHMDB 15 from the JHMDB puppet annotation; Penn 13 from the Penn Action read-me; Kinect 20
from the Kinect for Windows SDK 1.8 as NW-UCLA has it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType

import numpy as np

from laban.core.arrays import FloatArray, IntArray
from laban.core.checks import choose, unknown_message
from laban.errors import InvalidValueError, UnknownNameError

Bone = tuple[int, int]


@dataclass(frozen=True)
class Skeleton:
    """An ordered set of named joints and the bones between them.

    Two joints named ``left_x`` and ``right_x`` (or ``x_left`` and ``x_right``) are a pair.
    """

    name: str
    names: tuple[str, ...]
    bone_names: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        if len(set(self.names)) != len(self.names):
            raise InvalidValueError(f"skeleton {self.name!r} names a joint twice")
        for first, second in self.bone_names:
            self.index(first)
            self.index(second)

    def __len__(self) -> int:
        return len(self.names)

    def index(self, joint: str) -> int:
        """The position of ``joint``; an unknown joint raises UnknownNameError with the most similar name."""
        try:
            return self.positions[joint]
        except KeyError:
            raise UnknownNameError(unknown_message(joint, self.names, what=f"{self.name} joint")) from None

    def has(self, *joints: str) -> bool:
        """Whether this skeleton has all of ``joints``."""
        return self.positions.keys() >= set(joints)

    def places(self, *joints: str) -> list[int]:
        """The positions of several joints; an unknown joint raises UnknownNameError with the most similar name."""
        try:
            return list(map(self.positions.__getitem__, joints))
        except KeyError:
            return [self.index(joint) for joint in joints]

    @cached_property
    def bones(self) -> tuple[Bone, ...]:
        """The bones as index pairs."""
        return tuple((self.index(first), self.index(second)) for first, second in self.bone_names)

    @cached_property
    def pairs(self) -> tuple[Bone, ...]:
        """(left, right) index pairs."""
        mirrored = ((index, self.positions.get(_other_side(name))) for index, name in enumerate(self.names))
        return tuple(
            (index, other)
            for index, other in mirrored
            if other is not None and "left" in self.names[index].split("_")
        )

    @cached_property
    def flip(self) -> IntArray:
        """(J,) the index each joint takes when the body is mirrored."""
        order = np.arange(len(self.names))
        for left, right in self.pairs:
            order[[left, right]] = right, left
        order.flags.writeable = False
        return order

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """The position of each joint by name."""
        return {name: index for index, name in enumerate(self.names)}


@dataclass(frozen=True)
class SkeletonMapping:
    """How each joint of ``target`` is derived from joints of ``source``, and what is lost.

    ``parts[j]`` are the source joints whose mean is target joint ``j``, empty where it cannot be derived.
    """

    source: Skeleton
    target: Skeleton
    parts: tuple[tuple[int, ...], ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Target joints that cannot be derived from the source; they become NaN."""
        return tuple(name for name, part in zip(self.target.names, self.parts, strict=True) if not part)

    @property
    def derived(self) -> tuple[str, ...]:
        """Target joints estimated from others, as a mid-point or a near neighbour."""
        same = (tuple(self.source.names[index] for index in part) for part in self.parts)
        return tuple(
            name for name, part in zip(self.target.names, same, strict=True) if part and part != (name,)
        )

    @property
    def dropped(self) -> tuple[str, ...]:
        """Source joints that no target joint uses."""
        used = {index for part in self.parts for index in part}
        return tuple(name for index, name in enumerate(self.source.names) if index not in used)

    def apply(self, landmarks: FloatArray) -> FloatArray:
        """(..., J, C) of the source to (..., K, C) of the target; NaN in any part gives NaN."""
        return self._gather(landmarks, axis=-2, reduce_mean=True)

    def apply_visibility(self, visibility: FloatArray) -> FloatArray:
        """(..., J) to (..., K): the least visible part decides; a missing joint is NaN."""
        return self._gather(visibility, axis=-1, reduce_mean=False)

    def _gather(self, values: FloatArray, *, axis: int, reduce_mean: bool) -> FloatArray:
        shape = list(values.shape)
        if len(shape) < -axis or shape[axis] != len(self.source):
            raise InvalidValueError(
                f"{self.source.name} has {len(self.source)} joints, got values of shape {values.shape}"
            )
        shape[axis] = len(self.parts)
        out = np.full(shape, np.nan, dtype=values.dtype)
        moved, result = np.moveaxis(values, axis, 0), np.moveaxis(out, axis, 0)
        for index, part in enumerate(self.parts):
            if part:
                chosen = moved[list(part)]
                result[index] = chosen.mean(axis=0) if reduce_mean else chosen.min(axis=0)
        return out


def skeleton(name: str) -> Skeleton:
    """The skeleton called ``name``.

    >>> skeleton("coco17").names[:3]
    ('nose', 'left_eye', 'right_eye')
    """
    return choose(name, SKELETONS, what="skeleton")


@lru_cache(maxsize=64)
def map_skeleton(source: Skeleton, target: Skeleton) -> SkeletonMapping:
    """The mapping by joint name from ``source`` to ``target``, with what it loses.

    >>> mapping = map_skeleton(skeleton("blazepose33"), skeleton("openpose18"))
    >>> mapping.derived, mapping.missing
    (('neck',), ())
    """
    return SkeletonMapping(source, target, tuple(_parts(source, joint) for joint in target.names))


def _parts(source: Skeleton, joint: str) -> tuple[int, ...]:
    for names in ((joint,), *_STAND_INS.get(joint, ())):
        if source.has(*names):
            return tuple(source.index(name) for name in names)
    return ()


def _other_side(name: str) -> str:
    swap = {"left": "right", "right": "left"}
    mirrored = "_".join(swap.get(part, part) for part in name.split("_"))
    return mirrored if mirrored != name else ""


def _sided(*names: str) -> tuple[str, ...]:
    return tuple(f"{side}_{name}" for name in names for side in ("left", "right"))


def _both(*bones: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((f"{side}_{a}", f"{side}_{b}") for a, b in bones for side in ("left", "right"))


_SHOULDERS = ("left_shoulder", "right_shoulder")
_HIPS = ("left_hip", "right_hip")
_EARS = ("left_ear", "right_ear")

_STAND_INS: dict[str, tuple[tuple[str, ...], ...]] = {
    "neck": (("spine_top",), ("shoulder_center",), _SHOULDERS),
    "spine_top": (("shoulder_center",), _SHOULDERS, ("neck",)),
    "mid_hip": (("spine_base",), ("hip_center",), _HIPS),
    "spine_base": (("mid_hip",), ("hip_center",), _HIPS),
    "spine_mid": (("belly",), ("spine",), _SHOULDERS + _HIPS),
    "belly": (("spine_mid",), ("spine",), _SHOULDERS + _HIPS),
    "hip_center": (("spine_base",), ("mid_hip",), _HIPS),
    "shoulder_center": (("spine_top",), ("neck",), _SHOULDERS),
    "spine": (("spine_mid",), ("belly",), _SHOULDERS + _HIPS),
    "head": (("face",), _EARS, ("nose",)),
    "face": (("head",), ("nose",)),
    **{
        f"{side}_{joint}": tuple((f"{side}_{other}",) for other in others)
        for side in ("left", "right")
        for joint, others in {
            "big_toe": ("foot_index", "foot"),
            "foot_index": ("big_toe", "foot"),
            "foot": ("foot_index", "big_toe"),
            "hand_tip": ("index",),
            "index": ("hand_tip",),
        }.items()
    },
    **{f"{side}_hand": ((f"{side}_index", f"{side}_pinky"),) for side in ("left", "right")},
}

_LIMBS = _both(("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"))
_TORSO = (*_both(("shoulder", "hip")), _SHOULDERS, _HIPS)
_COCO_NAMES = (
    "nose",
    *_sided("eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle"),
)
_COCO_FACE = (("nose", "left_eye"), ("nose", "right_eye"), *_both(("eye", "ear")))
_RIGHT_ARM = ("right_shoulder", "right_elbow", "right_wrist")
_LEFT_ARM = ("left_shoulder", "left_elbow", "left_wrist")
_RIGHT_LEG = ("right_hip", "right_knee", "right_ankle")
_LEFT_LEG = ("left_hip", "left_knee", "left_ankle")
_FACE = ("right_eye", "left_eye", "right_ear", "left_ear")
_NECK_BONES = (("nose", "neck"), ("neck", "left_shoulder"), ("neck", "right_shoulder"))

_ALL = (
    Skeleton(
        "blazepose33",
        (
            "nose",
            *("left_eye_inner", "left_eye", "left_eye_outer"),
            *("right_eye_inner", "right_eye", "right_eye_outer"),
            *_EARS,
            *("mouth_left", "mouth_right"),
            *_sided("shoulder", "elbow", "wrist", "pinky", "index", "thumb"),
            *_sided("hip", "knee", "ankle", "heel", "foot_index"),
        ),
        (
            *(("nose", "left_eye_inner"), ("nose", "right_eye_inner"), ("mouth_left", "mouth_right")),
            *_both(("eye_inner", "eye"), ("eye", "eye_outer"), ("eye_outer", "ear")),
            *_LIMBS,
            *_TORSO,
            *_both(("wrist", "pinky"), ("wrist", "index"), ("wrist", "thumb"), ("pinky", "index")),
            *_both(("ankle", "heel"), ("heel", "foot_index"), ("ankle", "foot_index")),
        ),
    ),
    Skeleton("coco17", _COCO_NAMES, (*_COCO_FACE, *_LIMBS, *_TORSO)),
    Skeleton(
        "openpose18",
        ("nose", "neck", *_RIGHT_ARM, *_LEFT_ARM, *_RIGHT_LEG, *_LEFT_LEG, *_FACE),
        (*_COCO_FACE, *_NECK_BONES, *_LIMBS, ("neck", "left_hip"), ("neck", "right_hip")),
    ),
    Skeleton(
        "openpose25",
        (
            *("nose", "neck", *_RIGHT_ARM, *_LEFT_ARM, "mid_hip", *_RIGHT_LEG, *_LEFT_LEG, *_FACE),
            *("left_big_toe", "left_small_toe", "left_heel"),
            *("right_big_toe", "right_small_toe", "right_heel"),
        ),
        (
            *(*_COCO_FACE, *_NECK_BONES, *_LIMBS, ("neck", "mid_hip")),
            *(("mid_hip", "left_hip"), ("mid_hip", "right_hip")),
            *_both(("ankle", "big_toe"), ("big_toe", "small_toe"), ("ankle", "heel")),
        ),
    ),
    Skeleton(
        "halpe26",
        (*_COCO_NAMES, "head_top", "neck", "mid_hip", *_sided("big_toe", "small_toe", "heel")),
        (
            *(*_COCO_FACE, *_LIMBS, ("head_top", "neck"), ("neck", "mid_hip")),
            *(("neck", "left_shoulder"), ("neck", "right_shoulder")),
            *(("mid_hip", "left_hip"), ("mid_hip", "right_hip")),
            *_both(("ankle", "big_toe"), ("big_toe", "small_toe"), ("ankle", "heel")),
        ),
    ),
    Skeleton(
        "ntu25",
        (
            *("spine_base", "spine_mid", "neck", "head", *_LEFT_ARM, "left_hand", *_RIGHT_ARM, "right_hand"),
            *(*_LEFT_LEG, "left_foot", *_RIGHT_LEG, "right_foot", "spine_top"),
            *("left_hand_tip", "left_thumb", "right_hand_tip", "right_thumb"),
        ),
        (
            *(("spine_base", "spine_mid"), ("spine_mid", "spine_top"), ("spine_top", "neck")),
            *(("neck", "head"), ("spine_top", "left_shoulder"), ("spine_top", "right_shoulder")),
            *(("spine_base", "left_hip"), ("spine_base", "right_hip"), *_LIMBS),
            *_both(("ankle", "foot"), ("wrist", "hand"), ("hand", "hand_tip"), ("wrist", "thumb")),
        ),
    ),
    Skeleton(
        "jhmdb15",
        (
            *("neck", "belly", "face", "right_shoulder", "left_shoulder", "right_hip", "left_hip"),
            *("right_elbow", "left_elbow", "right_knee", "left_knee"),
            *("right_wrist", "left_wrist", "right_ankle", "left_ankle"),
        ),
        (
            *(("face", "neck"), ("neck", "belly"), ("neck", "left_shoulder"), ("neck", "right_shoulder")),
            *(("belly", "left_hip"), ("belly", "right_hip"), *_LIMBS),
        ),
    ),
    Skeleton(
        "penn13",
        ("head", *_sided("shoulder", "elbow", "wrist", "hip", "knee", "ankle")),
        (("head", "left_shoulder"), ("head", "right_shoulder"), *_LIMBS, *_TORSO),
    ),
    Skeleton(
        "kinect20",
        (
            *("hip_center", "spine", "shoulder_center", "head"),
            *(*_LEFT_ARM, "left_hand", *_RIGHT_ARM, "right_hand"),
            *(*_LEFT_LEG, "left_foot", *_RIGHT_LEG, "right_foot"),
        ),
        (
            *(("hip_center", "spine"), ("spine", "shoulder_center"), ("shoulder_center", "head")),
            *(("shoulder_center", "left_shoulder"), ("shoulder_center", "right_shoulder")),
            *(("hip_center", "left_hip"), ("hip_center", "right_hip"), *_LIMBS),
            *_both(("wrist", "hand"), ("ankle", "foot")),
        ),
    ),
)

SKELETONS: Mapping[str, Skeleton] = MappingProxyType({one.name: one for one in _ALL})
BLAZEPOSE33 = SKELETONS["blazepose33"]
COCO17 = SKELETONS["coco17"]
