"""From where a body is seen: the side, the front, the back or between, told by its landmarks."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from laban.core.arrays import Float64Array, FloatArray
from laban.core.body import mid_hip, mid_shoulder, torso_length
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.core.skeleton import Skeleton
from laban.errors import InvalidValueError

ViewName = Literal["front", "back", "left side", "right side", "oblique", "unknown"]

SIDE_VIEWS: tuple[ViewName, ...] = ("left side", "right side")
FACING_VIEWS: tuple[ViewName, ...] = ("front", "back")

PRINCIPAL_DEG: dict[ViewName, float] = {"front": 0.0, "right side": 90.0, "back": 180.0, "left side": -90.0}
"""How far a body is turned in each view, see ``View``."""

WITHIN_DEG = 30.0
"""A body turned by no more than this from a principal view is measured in it. A length across may then look up to
an eighth too short, which the intervals hold."""

_WIDTHS = (("shoulder", 0.62, 2.0), ("hip", 0.36, 1.0))
"""Between shoulders and hips: the width in torso lengths as landmarks have it of an adult seen from the front, and
the weight of its direction."""

_POINTS_AT_CAMERA = 0.35

_NEEDED = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")


@dataclass(frozen=True)
class View:
    """From where a body is seen. ``yaw_deg`` is how far it is turned: 0 faces the camera, 90 the right edge of the
    picture (so that its right side is seen), -90 the left edge, ±180 away from the camera. NaN where unknown."""

    name: ViewName
    yaw_deg: float

    @property
    def oblique_deg(self) -> float:
        """Degrees from the nearest of front, back and the sides, 0 to 45.

        >>> View("oblique", 130.0).oblique_deg
        40.0
        """
        return abs((self.yaw_deg + 45.0) % 90.0 - 45.0)

    @property
    def words(self) -> str:
        """The view as a person says it.

        >>> View("oblique", 40.0).words, View("left side", -85.0).words
        ('oblique, 40° from the front toward the right side', 'from the left side')
        """
        if self.name == "unknown":
            return "from where cannot be told"
        if self.name != "oblique":
            return f"from the {self.name}"
        near, next_ = sorted(PRINCIPAL_DEG, key=lambda one: _apart(self.yaw_deg, PRINCIPAL_DEG[one]))[:2]
        return f"oblique, {self.oblique_deg:.0f}° from the {near} toward the {next_}"


def view_of(pose: Pose) -> View:
    """The view in which a pose is seen. Raises InvalidValueError for a skeleton without shoulders and hips."""
    third = None if pose.world_m is None else pose.world_m[None]
    return view_at(float(_yaw_deg(pose.image_px[None], third, pose.skeleton)[0]))


def view_at(yaw_deg: float) -> View:
    """The view of a body turned by so much.

    >>> view_at(-75.0).name, view_at(40.0).name, view_at(float("nan")).name
    ('left side', 'oblique', 'unknown')
    """
    if not np.isfinite(yaw_deg):
        return View("unknown", float("nan"))
    near = min(PRINCIPAL_DEG, key=lambda name: _apart(yaw_deg, PRINCIPAL_DEG[name]))
    return View(near if _apart(yaw_deg, PRINCIPAL_DEG[near]) <= WITHIN_DEG else "oblique", yaw_deg)


def compute_yaw_deg(sequence: PoseSequence) -> Float64Array:
    """(T,) how far the body is turned, as in ``View``; NaN where shoulders or hips are missing.

    It is the direction across which shoulders and hips lie, about the trunk's own axis in the picture, so that the
    camera's roll makes no difference. Without metres it follows from how wide they look beside the torso, and is
    surest near the side: front and back are told apart by which shoulder is left in the picture, the sides by the
    nose. Raises InvalidValueError for a skeleton without shoulders and hips.
    """
    return _yaw_deg(sequence.image_px, sequence.world_m, sequence.skeleton)


def mean_yaw_deg(yaw_deg: Float64Array) -> float:
    """The mean direction; NaN where none is known."""
    known = np.radians(yaw_deg[np.isfinite(yaw_deg)])
    if not len(known):
        return float("nan")
    return float(np.degrees(np.arctan2(np.sin(known).mean(), np.cos(known).mean())))


def _yaw_deg(image_px: FloatArray | None, world_m: FloatArray | None, skeleton: Skeleton) -> Float64Array:
    lacking = [joint for joint in _NEEDED if not skeleton.has(joint)]
    if lacking:
        raise InvalidValueError(
            f"posture needs landmarks of shoulders and hips; {skeleton.name} lacks {', '.join(lacking)}"
        )
    if world_m is not None:
        return _from_metres(world_m.astype(np.float64), skeleton)
    if image_px is not None:
        return _from_widths(image_px.astype(np.float64), skeleton)
    raise InvalidValueError("posture needs landmarks in pixels or metres, got torso lengths only")


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
    """(T, 2) the direction in the picture that is right of the trunk's axis; right itself where the trunk points at
    the camera, and has no axis there."""
    trunk = mid_shoulder(points, skeleton) - mid_hip(points, skeleton)
    flat = np.linalg.norm(trunk[:, :2], axis=1, keepdims=True)
    whole = np.linalg.norm(trunk, axis=1, keepdims=True)
    right = np.stack([-trunk[:, 1], trunk[:, 0]], axis=1) / np.where(flat > 0, flat, np.nan)
    return np.asarray(np.where(flat < _POINTS_AT_CAMERA * whole, np.array([1.0, 0.0]), right))


def _nose_ahead(points: Float64Array, right: Float64Array, skeleton: Skeleton) -> Float64Array:
    """(T,) how far right the nose is of the ears, or of the shoulders where there are no ears; 0 where unknown."""
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
    return points[:, skeleton.index(f"left_{joint}")] - points[:, skeleton.index(f"right_{joint}")]


def _apart(first_deg: float, second_deg: float) -> float:
    return abs((first_deg - second_deg + 180.0) % 360.0 - 180.0)
