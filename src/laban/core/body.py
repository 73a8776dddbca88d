"""Measures of the body that several layers share."""

import numpy as np

from laban.core.arrays import Float64Array, FloatArray
from laban.core.skeleton import Skeleton


def midpoint(points: FloatArray, skeleton: Skeleton, *joints: str) -> Float64Array:
    """(..., C) mean of the named joints of (..., J, C) points; NaN where any of them is missing."""
    places = skeleton.places(*joints)
    if len(places) == 1:
        return np.asarray(points[..., places[0], :], dtype=np.float64)
    if (
        len(places) == 2
    ):  # the same as the mean below, in a third of its time; 0.0 because a sum has no negative zero
        return np.asarray((points[..., places[0], :] + points[..., places[1], :] + 0.0) / 2, dtype=np.float64)
    chosen = points[..., places, :]
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
    places = skeleton.places("left_shoulder", "right_shoulder", "left_hip", "right_hip")
    # Written out instead of calling the functions above: a live stream computes it several times a frame.
    left, right = points[..., places[0::2], :], points[..., places[1::2], :]
    middles = np.asarray((left + right) / 2, dtype=np.float64)
    torso = middles[..., 0, :] - middles[..., 1, :]
    return np.asarray(np.sqrt((torso**2).sum(axis=-1)))
