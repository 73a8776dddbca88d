"""Measures of the body that several layers share."""

import numpy as np

from laban.core.arrays import Float64Array, FloatArray
from laban.core.skeleton import Skeleton


def midpoint(points: FloatArray, skeleton: Skeleton, *joints: str) -> Float64Array:
    """(..., C) mean of the named joints of (..., J, C) points; NaN where any of them is missing."""
    if len(joints) == 1:
        return np.asarray(points[..., skeleton.index(joints[0]), :], dtype=np.float64)
    chosen = points[..., [skeleton.index(joint) for joint in joints], :]
    return np.asarray(chosen.mean(axis=-2), dtype=np.float64)


def mid_hip(points: FloatArray, skeleton: Skeleton) -> Float64Array:
    """(..., C) the middle of the hips of (..., J, C) points. NaN is passed on."""
    return midpoint(points, skeleton, "left_hip", "right_hip")


def mid_shoulder(points: FloatArray, skeleton: Skeleton) -> Float64Array:
    """(..., C) the middle of the shoulders of (..., J, C) points. NaN is passed on."""
    return midpoint(points, skeleton, "left_shoulder", "right_shoulder")


def torso_length(points: FloatArray, skeleton: Skeleton) -> Float64Array:
    """(...) mid-shoulder to mid-hip distance of (..., J, C) points, in their own unit. NaN is passed on.

    The points must be in a space where lengths mean something: pixels, metres or torso lengths.
    """
    torso = mid_shoulder(points, skeleton) - mid_hip(points, skeleton)
    return np.asarray(np.sqrt((torso**2).sum(axis=-1)))
