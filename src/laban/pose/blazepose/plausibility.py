"""Whether landmarks can be a body: the network also finds bodies on chairs and signs.

The limits are wide: they reject what no person can look like, not unusual people or postures.
"""

import math
from collections.abc import Mapping
from itertools import combinations

import numpy as np

from laban.core.arrays import Float64Array, FloatArray
from laban.core.body import torso_length
from laban.core.skeleton import BLAZEPOSE33
from laban.pose.blazepose.landmarker import Body

_CHEST_AND_HIPS = np.array([11, 12, 23, 24])
_LIMBS = ((11, 13), (12, 14), (13, 15), (14, 16), (23, 25), (24, 26), (25, 27), (26, 28))
_LIMB_STARTS, _LIMB_ENDS = (np.array(ends) for ends in zip(*_LIMBS, strict=True))
_MIN_TORSO_SHARE = 0.06
_MAX_LIMB_TO_TORSO = 2.2
_MIN_TORSO_VISIBILITY = 0.25
_MIN_BOX_VISIBILITY = 0.2
_MIN_BOX_POINTS = 6
SAME_BODY = 0.3
_MAIN = sorted({0, *(joint for limb in _LIMBS for joint in limb)})
_PAINTED = (*_LIMBS, (11, 24), (12, 23), (11, 23), (12, 24), (11, 12), (23, 24))
_PAINT_REACH = 0.2
_MAX_COVERED = 0.5


def torso_px(body: Body) -> float:
    """The torso length of a body in pixels, its depth counted."""
    return float(torso_length(np.column_stack([body.image_px, body.depth_px]), BLAZEPOSE33))


def is_plausible(body: Body) -> bool:
    """Whether torso and limbs have lengths, and visibilities, that a body can have."""
    torso = torso_px(body)
    if torso < _MIN_TORSO_SHARE * body.region.side_px:
        return False
    seen = body.visibility[_CHEST_AND_HIPS].sum() / len(_CHEST_AND_HIPS)
    return bool(seen >= _MIN_TORSO_VISIBILITY and _longest_limb(body) <= _MAX_LIMB_TO_TORSO * torso)


def body_box(body: Body) -> Float64Array:
    """(4,) box in pixels around the landmarks, without guesses far outside the image."""
    points = body.image_px[body.visibility >= _MIN_BOX_VISIBILITY]
    points = points if len(points) >= _MIN_BOX_POINTS else body.image_px
    return np.asarray(np.concatenate([points.min(axis=0), points.max(axis=0)]), dtype=np.float64)


def agreement(first: Body, second: Body) -> float:
    """Mean distance of the main joints of two bodies, in torso lengths of the second."""
    joints = sorted({joint for limb in _LIMBS for joint in limb})
    distance = np.linalg.norm(first.image_px[joints] - second.image_px[joints], axis=1)
    weight = np.maximum(second.visibility[joints], 0.05)
    torso = max(torso_px(second), 1e-6)
    return float((distance * weight).sum() / weight.sum() / torso)


def doubles(bodies: Mapping[int, Body]) -> list[tuple[int, int]]:
    """The pairs of keys with the same body."""
    return [
        (first, second)
        for first, second in combinations(bodies, 2)
        if agreement(bodies[first], bodies[second]) < SAME_BODY
    ]


def is_apart(body: Body, hidden: Body) -> bool:
    """Whether ``body``, found after ``hidden`` was masked, is another body than the masked one.

    Its joints must mostly lie off the masked limbs, and it must have about the expected place and size.
    """
    torso = torso_px(hidden)
    joints = body.image_px[_MAIN]
    distance = np.min([_to_segment(joints, hidden.image_px[[a, b]]) for a, b in _PAINTED], axis=0)
    covered = (distance < _PAINT_REACH * torso).mean()
    grown = body.following.side_px / body.region.side_px
    moved = body.region.distance(body.following)
    return bool(covered <= _MAX_COVERED and 0.6 <= grown <= 1.6 and moved <= 0.3)


def _to_segment(points: FloatArray, ends: FloatArray) -> FloatArray:
    """(N,) distance of each point (N, 2) to the segment between two ends (2, 2)."""
    along = ends[1] - ends[0]
    share = ((points - ends[0]) @ along / max(float(along @ along), 1e-9)).clip(0.0, 1.0)
    return np.asarray(np.linalg.norm(points - ends[0] - share[:, None] * along, axis=1))


def _longest_limb(body: Body) -> float:
    """In the image plane: the depth of hands stretched towards the camera is not reliable."""
    apart = body.image_px[_LIMB_STARTS] - body.image_px[_LIMB_ENDS]
    return math.sqrt(float((apart**2).sum(axis=1).max()))
