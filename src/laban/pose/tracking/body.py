"""The measures of a body that tell one person from another: where it is, how large, how it stands."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import BoolArray, Float32Array, Float64Array
from laban.core.pose import Pose
from laban.core.skeleton import Skeleton
from laban.pose.tracking.joints import LEAST_KNOWN, main_joints, shared_skeleton, with_guesses

_SHOULDERS, _HIPS = [1, 2], [7, 8]
_TRUNK = [1, 2, 7, 8]
_BONE_STARTS, _BONE_ENDS = [7, 8, 9, 10, 1, 2, 3, 4], [9, 10, 11, 12, 3, 4, 5, 6]
_PARTS = ([7, 8, 9, 10, 11, 12], [1, 2, 3, 4, 5, 6], [0, 1, 2])
_LEAST_WEIGHT = 0.05
_GUESSED_WEIGHT = 0.005
_LEAST_TORSO_TO_REACH = 0.28
_TORSO_M = 0.5


@dataclass(frozen=True, eq=False)
class Bodies:
    """N bodies of one frame.

    ``hip_px`` (N, 2) mid-hips; ``torso_px`` (N,) torso lengths as they would be seen upright, so that somebody
    who bends towards the camera does not shrink; ``joints_px`` (N, 13, 2) and
    ``weight`` (N, 13) the main joints and how far to trust each; ``shape`` (N, 3)
    logarithms of leg, arm and neck lengths in torso lengths, as the picture shows them, NaN where a joint of them
    is not known.
    """

    hip_px: Float64Array
    torso_px: Float64Array
    joints_px: Float64Array
    weight: Float64Array
    shape: Float64Array

    def __len__(self) -> int:
        return len(self.hip_px)


def measurable(poses: Sequence[Pose]) -> list[int]:
    """The positions of the poses of which at least three main joints are known, so that they can be measured."""
    if not poses:
        return []
    known = np.isfinite(_joints_px(poses, shared_skeleton(poses))).all(axis=2).sum(axis=1)
    return [int(row) for row in np.flatnonzero(known >= LEAST_KNOWN)]


def measure(poses: Sequence[Pose]) -> Bodies:
    """The measures of every pose. Landmarks that are NaN are guessed from the others, and hardly weigh.

    The poses must be measurable and of one skeleton that has shoulders and hips, else InvalidValueError is raised.
    """
    skeleton = shared_skeleton(poses)
    seen = _joints_px(poses, skeleton)
    known = np.asarray(np.isfinite(seen).all(axis=2))
    is_whole = bool(known.all())
    joints = seen if is_whole else with_guesses(seen)
    weight = np.where(known, np.maximum(_visibility(poses, skeleton), _LEAST_WEIGHT), _GUESSED_WEIGHT)
    hips = (joints[:, _HIPS[0]] + joints[:, _HIPS[1]]) / 2
    chest = (joints[:, _SHOULDERS[0]] + joints[:, _SHOULDERS[1]]) / 2
    torso = np.maximum(_torso_px(_metres(poses, skeleton), seen, _reach_px(joints, hips, chest)), 1.0)
    shape = _proportions(joints, chest, torso)
    return Bodies(
        hips, torso, joints, weight, shape if is_whole else np.where(_whole_parts(known), shape, np.nan)
    )


def body_distances(first: Bodies, second: Bodies) -> Float64Array:
    """(N, M) weighted mean distance of the main joints, in torso lengths of the larger body."""
    apart = first.joints_px[:, None] - second.joints_px[None]
    distance = np.sqrt(np.einsum("nmjc,nmjc->nmj", apart, apart))
    weight = first.weight[:, None] * second.weight[None]
    mean = (distance * weight).sum(axis=2) / weight.sum(axis=2)
    return np.asarray(mean / np.maximum(first.torso_px[:, None], second.torso_px[None]))


def appearance_distances(
    first: Sequence[Float64Array | None], second: Sequence[Float32Array | None]
) -> Float64Array:
    """(N, M) half the L1 distance of histograms that sum to 1, in [0, 1]; 0.5 where one has none."""
    out = np.full((len(first), len(second)), 0.5)
    for row, one in enumerate(first):
        for column, other in enumerate(second):
            if one is not None and other is not None:
                out[row, column] = 0.5 * float(np.abs(one - other).sum())
    return out


def overlapping(bodies: Bodies) -> BoolArray:
    """(N, N) whether the trunk of one body meets the box of another, so that its clothes may be the other's."""
    if len(bodies) == 1:
        return np.zeros((1, 1), dtype=bool)
    low, high = bodies.joints_px.min(axis=1), bodies.joints_px.max(axis=1)
    trunk = bodies.joints_px[:, _TRUNK]
    inner, outer = trunk.min(axis=1), trunk.max(axis=1)
    touch = ((inner[:, None] < high[None]) & (outer[:, None] > low[None])).all(axis=2)
    touch |= touch.T
    np.fill_diagonal(touch, val=False)
    return np.asarray(touch)


def _joints_px(poses: Sequence[Pose], skeleton: Skeleton) -> Float64Array:
    """(N, 13, 2) pixels of the main joints, NaN where nothing is known of one."""
    points = np.stack([pose.image_px for pose in poses]).astype(np.float64)
    return main_joints(points, skeleton)


def _visibility(poses: Sequence[Pose], skeleton: Skeleton) -> Float64Array:
    """(N, 13) of the main joints: 1 where it is not told, NaN where the joint is missing."""
    told = np.stack([pose.visibility for pose in poses]).astype(np.float64)
    missing = np.stack([np.isnan(pose.image_px).any(axis=1) for pose in poses])
    known = np.where(missing, np.nan, np.nan_to_num(told, nan=1.0))
    return main_joints(known[..., None], skeleton)[..., 0]


def _metres(poses: Sequence[Pose], skeleton: Skeleton) -> Float64Array:
    """(N, 13, 2) metres of the main joints, NaN where a pose has none."""
    none = np.full((len(poses[0].visibility), 3), np.nan)
    metres = np.stack([none if pose.world_m is None else pose.world_m for pose in poses])
    return main_joints(metres[..., :2].astype(np.float64), skeleton)


def _whole_parts(known: BoolArray) -> BoolArray:
    """(N, 3) whether all joints of the legs, of the arms and of the neck are known."""
    return np.stack([known[:, part].all(axis=1) for part in _PARTS], axis=1)


def _proportions(joints: Float64Array, chest: Float64Array, torso: Float64Array) -> Float64Array:
    """(N, 3) logarithms of the mean leg, the mean arm and the neck, in torso lengths."""
    bones = joints[:, _BONE_ENDS] - joints[:, _BONE_STARTS]
    lengths = np.sqrt(np.einsum("nbc,nbc->nb", bones, bones))
    neck = np.hypot(*(joints[:, 0] - chest).T)
    parts = np.stack([lengths[:, :4].sum(axis=1) / 2, lengths[:, 4:].sum(axis=1) / 2, neck], axis=1)
    return np.asarray(np.log(np.maximum(parts, 1.0) / torso[:, None]))


def _reach_px(joints: Float64Array, hips: Float64Array, chest: Float64Array) -> Float64Array:
    """(N,) torso lengths in the picture, though never much less than the body's reach allows."""
    reach = np.sqrt(((joints - hips[:, None]) ** 2).sum(axis=2).max(axis=1))
    torso = np.sqrt(((chest - hips) ** 2).sum(axis=1))
    return np.asarray(np.maximum(torso, _LEAST_TORSO_TO_REACH * reach))


def _torso_px(metres: Float64Array, joints: Float64Array, seen_px: Float64Array) -> Float64Array:
    """(N,) torso lengths: the scale at which the metres fit the picture, which hardly depends on the posture.

    Where fewer than three joints have both, the length ``seen_px`` in the picture.
    """
    both = np.asarray(np.isfinite(joints).all(axis=2) & np.isfinite(metres).all(axis=2))
    if not both.any():
        return seen_px
    spread_m = np.maximum(_spread(metres, both), 1e-3)
    fitting = _TORSO_M * _spread(joints, both) / spread_m
    return np.where(both.sum(axis=1) >= LEAST_KNOWN, fitting, seen_px)


def _spread(points: Float64Array, known: BoolArray) -> Float64Array:
    """(N,) root of the summed squared distances of the known points from their centroid."""
    points = np.where(known[..., None], points, 0.0)
    centre = points.sum(axis=1, keepdims=True) / np.maximum(known.sum(axis=1), 1)[:, None, None]
    away = np.where(known[..., None], points - centre, 0.0)
    return np.asarray(np.sqrt(np.einsum("njc,njc->n", away, away)))
