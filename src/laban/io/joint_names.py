"""Joints by their names, in any spelling, and skeletons by a set of names or a number of joints."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.skeleton import COCO17, SKELETONS, Skeleton
from laban.errors import FormatError

_SIDES: Final = {"l": "left", "left": "left", "lt": "left", "r": "right", "right": "right", "rt": "right"}
_NOISE: Final = {"joint", "keypoint", "landmark", "kp", "kpt", "pose", "body"}
_PARTS: Final = {
    "bigtoe": "big_toe",
    "smalltoe": "small_toe",
    "littletoe": "small_toe",
    "pinky_toe": "small_toe",
    "little_toe": "small_toe",
    "footindex": "foot_index",
    "pinky_finger": "pinky",
    "index_finger": "index",
    "handtip": "hand_tip",
    "eyeinner": "eye_inner",
    "eyeouter": "eye_outer",
    "inner_eye": "eye_inner",
    "outer_eye": "eye_outer",
    "shldr": "shoulder",
}
_MIDDLE: Final = {
    "midhip": "mid_hip",
    "hip": "mid_hip",
    "hips": "mid_hip",
    "pelvis": "mid_hip",
    "root": "mid_hip",
    "center_hip": "mid_hip",
    "top_head": "head_top",
    "headtop": "head_top",
    "top_of_head": "head_top",
    "head_top": "head_top",
    "spine_base": "spine_base",
}
_FEET: Final = ("big_toe", "small_toe", "heel")
BODY23: Final = Skeleton(
    "body23",
    (*COCO17.names, *(f"{side}_{part}" for side in ("left", "right") for part in _FEET)),
    (
        *COCO17.bone_names,
        *((f"{side}_ankle", f"{side}_{part}") for side in ("left", "right") for part in ("big_toe", "heel")),
        *((f"{side}_big_toe", f"{side}_small_toe") for side in ("left", "right")),
    ),
)
"""The body and feet of COCO-WholeBody: its first 23 of 133 points."""
_OPENPOSE25: Final = SKELETONS["openpose25"]
OPENPOSE19: Final = Skeleton(
    "openpose19",
    _OPENPOSE25.names[:19],
    tuple(bone for bone in _OPENPOSE25.bone_names if set(bone) <= set(_OPENPOSE25.names[:19])),
)
_USUAL: Final = (COCO17, SKELETONS["blazepose33"], BODY23, SKELETONS["halpe26"], *SKELETONS.values())
"""Skeletons in the order in which a subset of their joints is matched with them."""
_MPI: Final = (
    *("head_top", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow"),
    *("left_wrist", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle", "chest"),
)
OPENPOSE15: Final = Skeleton("openpose15", _MPI, (("head_top", "neck"), ("neck", "chest")))


@dataclass(frozen=True)
class Body:
    """The joints of a file: its first ``points`` of every person, put into the order of ``skeleton``.

    ``places[j]`` is the position in the file of joint ``j`` of the skeleton, −1 where it is missing.
    """

    skeleton: Skeleton
    points: int
    places: tuple[int, ...]

    def arrange(self, values: Float64Array) -> Float64Array:
        """(…, P, C) points of the file as (…, J, C) of the skeleton, NaN where the file has none."""
        places = np.array(self.places)
        arranged: Float64Array = values[..., np.maximum(places, 0), :].astype(np.float64)
        arranged[..., places < 0, :] = np.nan
        return arranged


_BY_COUNT: Final = {17: COCO17, 18: SKELETONS["openpose18"], 25: _OPENPOSE25, 26: SKELETONS["halpe26"]}
_FIRST_OF: Final = {133: BODY23, 136: SKELETONS["halpe26"]}
KNOWN_COUNTS: Final = (*_BY_COUNT, *_FIRST_OF)
COUNTS: Final = "17, 18, 25, 26, 133 or 136"


def body_of_count(
    points: int, *, asked: Skeleton | None = None, more: dict[int, Skeleton] | None = None
) -> Body:
    """The body that a number of points usually stands for, or the requested skeleton.

    133 points are COCO-WholeBody and 136 Halpe, of which the body and the feet are taken.
    """
    known = {**_BY_COUNT, **_FIRST_OF, **(more or {})}
    skeleton = asked or known.get(points)
    if skeleton is None:
        raise FormatError(
            f"a body of {points} joints is not a known body (known are {COUNTS} joints); pass skeleton= "
            "(--skeleton NAME)"
        )
    if asked is not None and len(asked) != points:
        raise FormatError(
            f"its bodies have {points} joints, {asked.name} has {len(asked)}; pass another skeleton="
        )
    return Body(skeleton, points, tuple(range(len(skeleton))))


def body_of_names(names: Sequence[str], *, form: str) -> Body:
    """The body whose joints are called ``names``, in any order and spelling.

    A subset of the joints of a known skeleton becomes that skeleton, with the others missing. Where no known
    skeleton has all of them, they form one of their own, without bones.
    """
    joints = [joint_named(name) or name for name in names]
    if len(set(joints)) != len(joints) or not joints:
        raise FormatError("its joints must have unique names")
    skeleton = _fitting(tuple(joints)) or Skeleton(form, tuple(joints), ())
    places = {joint: index for index, joint in enumerate(joints)}
    return Body(skeleton, len(joints), tuple(places.get(joint, -1) for joint in skeleton.names))


def _fitting(joints: tuple[str, ...]) -> Skeleton | None:
    """The known skeleton with exactly these joints, in any order, else a common one that contains them."""
    for known in SKELETONS.values():
        if known.names == joints:
            return known
    alike = [known for known in SKELETONS.values() if set(known.names) == set(joints)]
    usual = [known for known in _USUAL if set(joints) <= set(known.names)] if len(joints) >= 5 else []
    return next(iter((*alike, *usual)), None)


@lru_cache(maxsize=4096)
def joint_named(text: str) -> str | None:
    """The joint that ``text`` names, or None.

    >>> [joint_named(text) for text in ("Left Shoulder", "RBigToe", "hip_left", "NOSE", "tail")]
    ['left_shoulder', 'right_big_toe', 'left_hip', 'nose', None]
    """
    words = _words(text)
    sides = [_SIDES[word] for word in words if word in _SIDES]
    rest = "_".join(word for word in words if word not in _SIDES)
    if len(sides) == 1 and rest:
        return _sided(sides[0], rest)
    whole = "_".join(words)
    if sides or not whole:
        return None
    if whole in _known():
        return whole
    if whole in _MIDDLE:
        return _MIDDLE[whole]
    for prefix, side in (("left", "left"), ("right", "right"), ("l", "left"), ("r", "right")):
        if whole.startswith(prefix) and (found := _sided(side, whole.removeprefix(prefix).strip("_"))):
            return found
    return None


def _sided(side: str, part: str) -> str | None:
    part = _PARTS.get(part, part)
    for name in (f"{side}_{part}", f"{part}_{side}"):
        if name in _known():
            return name
    return None


def _words(text: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", text.strip())
    return [word for word in re.split(r"[^a-z0-9]+", spaced.lower()) if word and word not in _NOISE]


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(name for skeleton in (*SKELETONS.values(), BODY23) for name in skeleton.names)
