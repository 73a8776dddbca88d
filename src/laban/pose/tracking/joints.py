"""The main joints of a body of any skeleton, with guesses for unknown ones.

Where a joint is missing, its neighbours or its counterpart on the other side replace it, and otherwise a standing
body of the same size, so that every body has a position and a size. The lengths of that body are those of
Drillis and Contini (1966) as shares of the stature, here in trunk lengths from hips to shoulders.
"""

import math
from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from laban.core.arrays import BoolArray, Float64Array, IntArray
from laban.core.pose import Pose
from laban.core.skeleton import Skeleton
from laban.errors import InvalidValueError

_Groups = tuple[tuple[int, ...], ...]

MAIN = (
    "nose",
    *(f"{side}_{joint}" for joint in ("shoulder", "elbow", "wrist") for side in ("left", "right")),
    *(f"{side}_{joint}" for joint in ("hip", "knee", "ankle") for side in ("left", "right")),
)
LEAST_KNOWN = 3
_PARTNERS = np.array([0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11])
_SHOULDERS, _HIPS = [1, 2], [7, 8]
_HEIGHTS = np.array([1.45, 1, 1, 0.35, 0.35, -0.15, -0.15, 0, 0, -0.85, -0.85, -1.7, -1.7])
_BONES = ((1, 2, 0.75), (1, 3, 0.65), (2, 4, 0.65), (3, 5, 0.5), (4, 6, 0.5))
_LEGS = ((7, 9, 0.85), (8, 10, 0.85), (9, 11, 0.85), (10, 12, 0.85), (7, 8, 0.65))
_SIDES_OF_TRUNK = ((1, 7, 1.0), (2, 8, 1.0), (0, 1, 0.6), (0, 2, 0.6))
_LEAST_TORSO_TO_EXTENT = 0.28

_NEIGHBOURS = {
    "nose": ("left_eye", "right_eye", "left_ear", "right_ear", "mouth_left", "mouth_right", "head", "face"),
    **{f"{side}_shoulder": ("neck", "spine_top", "shoulder_center") for side in ("left", "right")},
    **{f"{side}_hip": ("mid_hip", "spine_base", "hip_center") for side in ("left", "right")},
    **{
        f"{side}_{joint}": tuple(f"{side}_{other}" for other in others)
        for side in ("left", "right")
        for joint, others in {
            "wrist": ("pinky", "index", "thumb", "hand"),
            "ankle": ("heel", "foot_index", "foot", "big_toe"),
        }.items()
    },
}


def shared_skeleton(poses: Iterable[Pose]) -> Skeleton:
    """The one skeleton of all poses.

    Raises InvalidValueError where there are several, or where it lacks shoulders or hips.
    """
    skeletons = {pose.skeleton.name: pose.skeleton for pose in poses}
    if len(skeletons) > 1:
        names = " and ".join(sorted(skeletons))
        raise InvalidValueError(f"tracking needs poses of one skeleton, got {names}: convert them to one")
    (skeleton,) = skeletons.values()
    positions = _positions(skeleton)
    if not all(positions[row] for row in (*_SHOULDERS, *_HIPS)):
        raise InvalidValueError(
            f"tracking needs shoulders and hips, which the skeleton {skeleton.name!r} lacks"
        )
    return skeleton


def main_joints(values: Float64Array, skeleton: Skeleton) -> Float64Array:
    """(N, 13, C) of the main joints from (N, J, C) of all: a missing one is the mean of its known
    neighbours, such as the fingers for a wrist; NaN where none is known."""
    out = own_joints(values, skeleton)
    return with_neighbours(out, values, skeleton) if has_nan(out) else out


def own_joints(values: Float64Array, skeleton: Skeleton) -> Float64Array:
    """(N, 13, C) of the main joints from (N, J, C) of all, NaN where one is missing."""
    rows, absent = _rows(skeleton)
    out = values.take(rows, axis=1)
    if absent:
        out[:, absent] = np.nan
    return out


def with_neighbours(joints: Float64Array, values: Float64Array, skeleton: Skeleton) -> Float64Array:
    """The main joints (N, 13, C), with those that have a NaN taken from their neighbours in (N, J, C)."""
    groups, out = _positions(skeleton), joints.copy()
    for row, column in np.argwhere(np.isnan(joints).any(axis=2)).tolist():
        known = [one for one in groups[column][1:] if not has_nan(values[row, one])]
        if known:
            out[row, column] = values[row, known].mean(axis=0)
    return out


def has_nan(values: Float64Array) -> bool:
    """Whether any value is NaN; a sum is much faster than a test of each value in small arrays."""
    return math.isnan(np.add.reduce(values, axis=None))


def with_guesses(joints: Float64Array) -> Float64Array:
    """The joints (N, 13, 2) with guesses in place of NaN; at least three of each body must be known."""
    unknown = np.asarray(np.isnan(joints).any(axis=2))
    out = np.where(unknown[..., None], joints[:, _PARTNERS], joints)
    missing = np.asarray(np.isnan(out).any(axis=2))
    for row in np.flatnonzero(missing.any(axis=1)):
        torso_px = likely_torso_px(joints[row], ~unknown[row])
        upright = np.stack([np.zeros(len(MAIN)), -_HEIGHTS * torso_px], axis=1)
        away = (out[row] - upright)[_anchors(~missing[row])].mean(axis=0)
        out[row, missing[row]] = upright[missing[row]] + away
    return out


def likely_torso_px(joints: Float64Array, known: BoolArray) -> float:
    """The trunk length from the bone that gives the largest: perspective shortens bones and never lengthens
    them."""
    extent = np.ptp(joints[known], axis=0)
    lengths = [
        float(np.hypot(*(joints[one] - joints[other]))) / usual
        for one, other, usual in (*_BONES, *_LEGS, *_SIDES_OF_TRUNK)
        if known[one] and known[other]
    ]
    return max(*lengths, _LEAST_TORSO_TO_EXTENT * float(np.hypot(*extent)), 1.0)


def _anchors(known: BoolArray) -> list[int]:
    """The joints that locate the body: the hips, else the shoulders, else all known ones."""
    for pair in (_HIPS, _SHOULDERS):
        if known[pair].any():
            return [one for one in pair if known[one]]
    return [int(one) for one in np.flatnonzero(known)]


@lru_cache(maxsize=16)
def _positions(skeleton: Skeleton) -> _Groups:
    """For each main joint its position in a skeleton, then those of its neighbours; empty where it has neither."""
    named = ((name, *_NEIGHBOURS.get(name, ())) for name in MAIN)
    return tuple(tuple(skeleton.index(one) for one in names if skeleton.has(one)) for names in named)


@lru_cache(maxsize=16)
def _rows(skeleton: Skeleton) -> tuple[IntArray, list[int]]:
    """(13,) the position of each main joint or its first neighbour, and the main joints that have neither."""
    groups = _positions(skeleton)
    absent = [index for index, group in enumerate(groups) if not group]
    return np.array([group[0] if group else 0 for group in groups], dtype=np.intp), absent
