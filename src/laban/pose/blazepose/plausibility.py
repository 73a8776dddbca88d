"""Whether what the landmark network drew can be a body: it draws one on chairs and signs when asked to.

The limits are wide: they turn away what no person can look like, not unusual people or postures.
"""

import numpy as np

from laban.core.arrays import Float64Array, FloatArray
from laban.pose.blazepose.landmarker import Body

_SHOULDERS, _HIPS = (11, 12), (23, 24)
_LIMBS = ((11, 13), (12, 14), (13, 15), (14, 16), (23, 25), (24, 26), (25, 27), (26, 28))
_MIN_TORSO_SHARE = 0.06
_MAX_LIMB_TO_TORSO = 2.2
_MIN_TORSO_VISIBILITY = 0.25
_MIN_BOX_VISIBILITY = 0.2
_MIN_BOX_POINTS = 6


def torso_length_px(image_px: FloatArray, depth_px: FloatArray | None = None) -> float:
    """Mid-shoulder to mid-hip distance, with depth where it is given."""
    points = image_px if depth_px is None else np.column_stack([image_px, depth_px])
    chest, hips = points[list(_SHOULDERS)].mean(axis=0), points[list(_HIPS)].mean(axis=0)
    return float(np.linalg.norm(chest - hips))


def is_plausible(body: Body) -> bool:
    """Whether torso and limbs have lengths, and visibilities, that a body can have."""
    torso = torso_length_px(body.image_px, body.depth_px)
    if torso < _MIN_TORSO_SHARE * body.region.side_px:
        return False
    seen = body.visibility[[*_SHOULDERS, *_HIPS]].mean()
    return bool(seen >= _MIN_TORSO_VISIBILITY and _longest_limb(body) <= _MAX_LIMB_TO_TORSO * torso)


def body_box(body: Body) -> Float64Array:
    """(4,) box in pixels round the landmarks, without the ones that are only guessed far outside the picture."""
    points = body.image_px[body.visibility >= _MIN_BOX_VISIBILITY]
    points = points if len(points) >= _MIN_BOX_POINTS else body.image_px
    return np.concatenate([points.min(axis=0), points.max(axis=0)]).astype(np.float64)


def agreement(first: Body, second: Body) -> float:
    """Mean distance of the main joints of two looks at one body, in torso lengths of the second."""
    joints = sorted({joint for limb in _LIMBS for joint in limb})
    distance = np.linalg.norm(first.image_px[joints] - second.image_px[joints], axis=1)
    weight = np.maximum(second.visibility[joints], 0.05)
    torso = max(torso_length_px(second.image_px, second.depth_px), 1e-6)
    return float((distance * weight).sum() / weight.sum() / torso)


def _longest_limb(body: Body) -> float:
    points = np.column_stack([body.image_px, body.depth_px])
    first, second = (list(ends) for ends in zip(*_LIMBS, strict=True))
    return float(np.linalg.norm(points[first] - points[second], axis=1).max())
