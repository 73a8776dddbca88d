"""The joints in the columns of a window, for networks that use the body's structure."""

import numpy as np

from laban.core.arrays import IntArray
from laban.core.skeleton import Skeleton, skeleton
from laban.features.spec import FeatureBlock, FeatureSpec

_FINE = frozenset({"eye", "ear", "mouth", "pinky", "thumb", "heel", "toe"})
_MANY = 20
_LENGTHS = ("torso", "body")


def body_joints(body: Skeleton) -> tuple[int, ...]:
    """The joints of the body; of a detailed skeleton without the small ones of face, hands and feet."""
    if len(body) <= _MANY:
        return tuple(range(len(body)))
    return tuple(index for index, name in enumerate(body.names) if not _is_fine(name))


def positions(spec: FeatureSpec) -> FeatureBlock | None:
    """The first set that is coordinates, joint by joint, in lengths of the body; None where there is none."""
    return next((block for block in _of_joints(spec) if spec.units[block.start] in _LENGTHS), None)


def columns_by_joint(spec: FeatureSpec, blocks: tuple[FeatureBlock, ...]) -> IntArray:
    """(J, C) the columns of each of the body's joints in these blocks."""
    joints = np.array(body_joints(skeleton(spec.skeleton)))
    parts = [
        block.start + joints[:, None] * block.channels + np.arange(block.channels)[None] for block in blocks
    ]
    return np.concatenate(parts, axis=1)


def _of_joints(spec: FeatureSpec) -> list[FeatureBlock]:
    return [block for block in spec.blocks if block.channels]


def _is_fine(name: str) -> bool:
    words = set(name.split("_"))
    return bool(words & _FINE) or ("index" in words and "foot" not in words)
