"""How far a body is turned from the camera, computed from its landmarks."""

import numpy as np

from laban.core.arrays import Float64Array, FloatArray
from laban.core.body import mid_hip, mid_shoulder, torso_length
from laban.core.sequence import PoseSequence
from laban.core.skeleton import Skeleton
from laban.errors import InvalidValueError

_WIDTHS = (("shoulder", 0.62, 2.0), ("hip", 0.36, 1.0))
"""For shoulders and hips: their width in torso lengths between the landmarks of an adult seen from the front, and
the weight of their direction."""

_POINTS_AT_CAMERA = 0.35

_NEEDED = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")


def compute_yaw_deg(sequence: PoseSequence) -> Float64Array:
    """(T,) how far the body is turned: 0 faces the camera, 90 the right edge of the image, -90 the left edge,
    ±180 away from the camera; NaN where shoulders or hips are missing.

    It is the direction across which shoulders and hips lie, about the trunk's own axis in the image, so that the
    camera's roll makes no difference. Without metres it is computed from their apparent width relative to the
    torso, most reliably near a side view: front and back are distinguished by which shoulder is on the left in the
    image, the two sides by the nose. ``shoulder_yaw_deg`` uses the shoulders alone. Raises InvalidValueError for a
    skeleton without shoulders and hips.
    """
    return yaw_deg_of(sequence.image_px, sequence.world_m, sequence.skeleton)


def shoulder_yaw_deg(left_shoulder: Float64Array, right_shoulder: Float64Array) -> Float64Array:
    """(T,) how far the shoulders of an upright body are turned, from their positions (T, C); NaN in two dimensions.

    Zero and sign are those of ``compute_yaw_deg``, but the quantity is another: that averages over shoulders and
    hips, and in a twisted trunk the two differ by 20 degrees and more. Arms follow the shoulders, so this value
    decides whether the joint angles of two bodies can be compared; it is fast enough for every live frame.

    >>> left, right = np.array([[0.2, -1.0, 0.0]]), np.array([[-0.2, -1.0, 0.0]])
    >>> shoulder_yaw_deg(left, right).tolist()
    [0.0]
    """
    line = left_shoulder - right_shoulder
    if line.shape[-1] < 3:
        return np.full(len(line), np.nan)
    return np.asarray(np.degrees(np.arctan2(line[:, 2], line[:, 0])))


def mean_yaw_deg(yaw_deg: Float64Array) -> float:
    """The mean direction; NaN where none is known."""
    known = np.radians(yaw_deg[np.isfinite(yaw_deg)])
    if not len(known):
        return float("nan")
    return float(np.degrees(np.arctan2(np.sin(known).mean(), np.cos(known).mean())))


def yaw_deg_of(image_px: FloatArray | None, world_m: FloatArray | None, skeleton: Skeleton) -> Float64Array:
    """The same of (T, J, 2) pixels and (T, J, 3) metres, either of which may be None."""
    if not skeleton.has(*_NEEDED):
        lacking = [joint for joint in _NEEDED if not skeleton.has(joint)]
        raise InvalidValueError(
            "how a body is turned needs landmarks of shoulders and hips; "
            f"{skeleton.name} lacks {', '.join(lacking)}"
        )
    if world_m is not None:
        return _from_metres(world_m.astype(np.float64), skeleton)
    if image_px is not None:
        return _from_widths(image_px.astype(np.float64), skeleton)
    raise InvalidValueError(
        "how a body is turned needs landmarks in pixels or metres, got torso lengths only"
    )


def _from_metres(points: Float64Array, skeleton: Skeleton) -> Float64Array:
    right = _right_of_trunk(points, skeleton)
    ahead = np.zeros((len(points), 2))
    for joint, _, weight in _WIDTHS:
        line = _line(points, skeleton, joint)
        across = np.stack([line[:, 2], (line[:, :2] * right).sum(axis=1)], axis=1)
        length = np.linalg.norm(across, axis=1, keepdims=True)
        ahead += weight * across / np.where(length > 0, length, np.nan)
    return np.asarray(np.degrees(np.arctan2(ahead[:, 0], ahead[:, 1])))


def _from_widths(points: Float64Array, skeleton: Skeleton) -> Float64Array:
    right, torso = _right_of_trunk(points, skeleton), torso_length(points, skeleton)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = [
            (_line(points, skeleton, joint) * right).sum(axis=1) / torso / width
            for joint, width, _ in _WIDTHS
        ]
    turned = np.degrees(np.arccos(np.clip(np.mean(shares, axis=0), -1.0, 1.0)))
    return np.asarray(np.where(_nose_ahead(points, right, skeleton) < 0, -turned, turned))


def _right_of_trunk(points: Float64Array, skeleton: Skeleton) -> Float64Array:
    """(T, 2) the direction in the image that is right of the trunk's axis; right itself where the trunk points at
    the camera, and has no axis there."""
    trunk = mid_shoulder(points, skeleton) - mid_hip(points, skeleton)
    flat = np.linalg.norm(trunk[:, :2], axis=1, keepdims=True)
    whole = np.linalg.norm(trunk, axis=1, keepdims=True)
    right = np.stack([-trunk[:, 1], trunk[:, 0]], axis=1) / np.where(flat > 0, flat, np.nan)
    return np.asarray(np.where(flat < _POINTS_AT_CAMERA * whole, np.array([1.0, 0.0]), right))


def _nose_ahead(points: Float64Array, right: Float64Array, skeleton: Skeleton) -> Float64Array:
    """(T,) how far the nose is to the right of the ears, or of the shoulders without ears; 0 where unknown."""
    if not skeleton.has("nose"):
        return np.zeros(len(points))
    beside = (points * right[:, None]).sum(axis=2)
    back = np.full(len(points), np.nan)
    for joint in ("ear", "shoulder"):
        if skeleton.has(f"left_{joint}", f"right_{joint}"):
            sides = beside[:, [skeleton.index(f"{side}_{joint}") for side in ("left", "right")]]
            known = np.isfinite(sides)
            middle = np.where(known, sides, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
            back = np.where(np.isnan(back) & known.any(axis=1), middle, back)
    return np.asarray(np.nan_to_num(beside[:, skeleton.index("nose")] - back))


def _line(points: Float64Array, skeleton: Skeleton, joint: str) -> Float64Array:
    left, right = skeleton.places(f"left_{joint}", f"right_{joint}")
    return points[:, left] - points[:, right]
