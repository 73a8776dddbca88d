"""Which columns of an example belong to which joint, and which joints make up a limb."""

import re
from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from laban.core.arrays import BoolArray
from laban.core.skeleton import skeleton
from laban.features.angles import JOINT_ANGLES
from laban.features.spec import FEATURE_SETS, FeatureSpec

_ANGLE = "angle_"
_PARTS: tuple[tuple[str, frozenset[str]], ...] = (
    ("head", frozenset({"nose", "eye", "ear", "mouth", "face", "head", "neck"})),
    ("arm", frozenset({"elbow", "wrist", "hand", "pinky", "index", "thumb"})),
    ("leg", frozenset({"knee", "ankle", "heel", "foot", "toe"})),
)


def columns_of_joints(spec: FeatureSpec) -> BoolArray:
    """(J, F) whether a column belongs to a joint: its coordinates, an angle measured at it, a bone that ends there.

    A column may belong to several joints, or to none, such as the distance between two people.

    >>> columns_of_joints(FeatureSpec())[0].nonzero()[0].tolist()
    [0, 1]
    """
    names = skeleton(spec.skeleton).names
    told = np.zeros((len(names), spec.width), dtype=np.bool_)
    for block in spec.blocks:
        for column in range(block.start, block.stop):
            if block.channels:
                told[(column - block.start) // block.channels, column] = True
            elif not FEATURE_SETS[block.name].of_pair:
                told[_joints_in(spec.names[column], names), column] = True
    return told


@lru_cache(maxsize=16)
def limbs_of(skeleton_name: str) -> Mapping[str, tuple[int, ...]]:
    """The joints of the head, the trunk, each arm and each leg, by index; parts without a joint are left out.

    >>> limbs_of("coco17")["left arm"]
    (7, 9)
    """
    parts: dict[str, list[int]] = {}
    for index, name in enumerate(skeleton(skeleton_name).names):
        parts.setdefault(_limb_of(name), []).append(index)
    return {name: tuple(joints) for name, joints in parts.items()}


def _limb_of(joint: str) -> str:
    words = set(joint.split("_"))
    part = next((part for part, its in _PARTS if its & words), "trunk")
    # "left_foot_index" is a toe, not a finger
    part = "leg" if part == "arm" and "foot" in words else part
    side = next((side for side in ("left", "right") if side in words), None)
    return part if side is None or part in ("head", "trunk") else f"{side} {part}"


def _joints_in(column: str, joints: tuple[str, ...]) -> list[int]:
    """The joints in a column's name; an angle belongs to the joint that it is measured at."""
    named = column.removeprefix(_ANGLE)
    if column.startswith(_ANGLE) and named in JOINT_ANGLES:
        return [joints.index(joint) for joint in JOINT_ANGLES[named][1] if joint in joints]
    return [index for index, joint in enumerate(joints) if _speaks_of(column, joint)]


def _speaks_of(column: str, joint: str) -> bool:
    """Whether the column's name contains the joint's as whole words, not as part of a longer joint's name."""
    return re.search(rf"(?<![a-z]){joint}(?!_?(inner|outer|index))(?![a-z])", column) is not None
