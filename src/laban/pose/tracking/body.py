"""The measures of a body that tell one person from another: where it is, how large, how it stands."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import BoolArray, Float32Array, Float64Array
from laban.core.pose import Pose

_SHOULDERS, _HIPS = [11, 12], [23, 24]
MAIN_JOINTS = np.array([0, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28])
_TRUNK = [1, 2, 7, 8]
_BONE_STARTS, _BONE_ENDS = [7, 8, 9, 10, 1, 2, 3, 4], [9, 10, 11, 12, 3, 4, 5, 6]
_LEAST_WEIGHT = 0.05
_LEAST_TORSO_TO_REACH = 0.28
_TORSO_M = 0.5


@dataclass(frozen=True, eq=False)
class Bodies:
    """N bodies of one frame.

    ``hip_px`` (N, 2) mid-hips; ``torso_px`` (N,) torso lengths as they would be seen upright, so that somebody
    who bends towards the camera does not shrink; ``joints_px`` (N, 13, 2) and
    ``weight`` (N, 13) the main joints and how far to trust each; ``shape`` (N, 3)
    logarithms of leg, arm and neck lengths in torso lengths, as the picture shows them.
    """

    hip_px: Float64Array
    torso_px: Float64Array
    joints_px: Float64Array
    weight: Float64Array
    shape: Float64Array

    def __len__(self) -> int:
        return len(self.hip_px)


def measure(poses: Sequence[Pose]) -> Bodies:
    """The measures of every pose; the poses must be BlazePose's."""
    points = np.stack([pose.image_px for pose in poses]).astype(np.float64)
    visibility = np.stack([pose.visibility for pose in poses]).astype(np.float64)
    hips = (points[:, _HIPS[0]] + points[:, _HIPS[1]]) / 2
    chest = (points[:, _SHOULDERS[0]] + points[:, _SHOULDERS[1]]) / 2
    joints = points[:, MAIN_JOINTS]
    torso = np.maximum(_torso_px(poses, joints, hips, chest), 1.0)
    weight = np.maximum(visibility[:, MAIN_JOINTS], _LEAST_WEIGHT)
    return Bodies(hips, torso, joints, weight, _proportions(joints, chest, torso))


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


def _proportions(joints: Float64Array, chest: Float64Array, torso: Float64Array) -> Float64Array:
    """(N, 3) logarithms of the mean leg, the mean arm and the neck, in torso lengths."""
    bones = joints[:, _BONE_ENDS] - joints[:, _BONE_STARTS]
    lengths = np.sqrt(np.einsum("nbc,nbc->nb", bones, bones))
    neck = np.hypot(*(joints[:, 0] - chest).T)
    parts = np.stack([lengths[:, :4].sum(axis=1) / 2, lengths[:, 4:].sum(axis=1) / 2, neck], axis=1)
    return np.asarray(np.log(np.maximum(parts, 1.0) / torso[:, None]))


def _torso_px(
    poses: Sequence[Pose], joints: Float64Array, hips: Float64Array, chest: Float64Array
) -> Float64Array:
    """(N,) torso lengths: the scale at which the metres fit the picture, which hardly depends on the posture.

    Where a pose has no metres: the length in the picture, though never much less than the body's reach allows.
    """
    metres = [pose.world_m for pose in poses]
    if any(one is None for one in metres):
        reach = np.sqrt(((joints - hips[:, None]) ** 2).sum(axis=2).max(axis=1))
        torso = np.sqrt(((chest - hips) ** 2).sum(axis=1))
        return np.asarray(np.maximum(torso, _LEAST_TORSO_TO_REACH * reach))
    world = np.stack([one for one in metres if one is not None])[:, MAIN_JOINTS, :2].astype(np.float64)
    spread_m = np.maximum(_spread(world), 1e-3)
    return np.asarray(_TORSO_M * _spread(joints) / spread_m)


def _spread(points: Float64Array) -> Float64Array:
    """(N,) root of the summed squared distances from the centroid."""
    away = points - points.sum(axis=1, keepdims=True) / points.shape[1]
    return np.asarray(np.sqrt(np.einsum("njc,njc->n", away, away)))
