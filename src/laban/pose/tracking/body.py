"""Measures that distinguish bodies: position, size, posture and proportions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import BoolArray, Float32Array, Float64Array
from laban.pose.tracking.joints import LEAST_KNOWN, with_guesses
from laban.pose.tracking.landmarks import Landmarks
from laban.pose.tracking.reid import appearance_differences

Weighted = tuple[Float64Array, Float64Array]
"""Joints (N, 13, 2) and the weight of each, (N, 13)."""

_SHOULDERS, _HIPS = [1, 2], [7, 8]
_TRUNK = [1, 2, 7, 8]
_BONE_STARTS = np.array([7, 8, 9, 10, 1, 2, 3, 4])
_BONE_ENDS = np.array([9, 10, 11, 12, 3, 4, 5, 6])
_LIMB_STARTS = np.array([0, 4, 8])
_LIMBS = np.array([2.0, 2.0, 1.0])
_PARTS = ([7, 8, 9, 10, 11, 12], [1, 2, 3, 4, 5, 6], [0, 1, 2])
_LEAST_WEIGHT = 0.05
_GUESSED_WEIGHT = 0.005
_LEAST_TORSO_TO_REACH = 0.28
_TORSO_M = 0.5
_UNKNOWN_APPEARANCE = 0.5


@dataclass(frozen=True, eq=False)
class Bodies:
    """N bodies of one frame.

    ``hip_px`` (N, 2) mid-hips; ``torso_px`` (N,) torso lengths as if seen upright, so that somebody who bends
    towards the camera does not shrink; ``joints_px`` (N, 13, 2),
    ``pose_px`` (N, 13, 2) and ``weight`` (N, 13) the main joints, the same from the mid-hip, and how far to trust
    each; ``shape`` (N, 3)
    logarithms of leg, arm and neck lengths in torso lengths, as the image shows them, NaN where a joint of them
    is not known.
    """

    hip_px: Float64Array
    torso_px: Float64Array
    joints_px: Float64Array
    pose_px: Float64Array
    weight: Float64Array
    shape: Float64Array

    def __len__(self) -> int:
        return len(self.hip_px)

    def take(self, rows: Sequence[int]) -> "Bodies":
        """The bodies at ``rows``, in that order."""
        index = list(rows)
        if index == list(range(len(self))):
            return self
        return Bodies(
            self.hip_px[index],
            self.torso_px[index],
            self.joints_px[index],
            self.pose_px[index],
            self.weight[index],
            self.shape[index],
        )


def measure(landmarks: Landmarks) -> Bodies:
    """The measures of every body. Landmarks that are NaN are guessed from the others, with a small weight.

    At least three main joints of each must be known.
    """
    seen, known, is_whole = landmarks.joints_px, landmarks.known, landmarks.is_whole
    joints = seen if is_whole else with_guesses(seen)
    weight = np.maximum(landmarks.visibility, _LEAST_WEIGHT)
    hips = (joints[:, _HIPS[0]] + joints[:, _HIPS[1]]) / 2
    chest = (joints[:, _SHOULDERS[0]] + joints[:, _SHOULDERS[1]]) / 2
    torso = np.maximum(_torso_px(landmarks, joints, hips, chest), 1.0)
    shape = _proportions(joints, chest, torso)
    if not is_whole:
        weight = np.where(known, weight, _GUESSED_WEIGHT)
        shape = np.where(_whole_parts(known), shape, np.nan)
    return Bodies(hips, torso, joints, joints - hips[:, None], weight, shape)


def body_distances(first: Bodies, second: Bodies) -> Float64Array:
    """(N, M) weighted mean distance of the main joints, in torso lengths of the larger body."""
    return joint_distances(
        (first.joints_px, first.weight),
        (second.joints_px, second.weight),
        larger_px=np.maximum(first.torso_px[:, None], second.torso_px),
    )


def joint_distances(first: Weighted, second: Weighted, *, larger_px: Float64Array) -> Float64Array:
    """(N, M) weighted mean distance of the joints (N, 13, 2) and (M, 13, 2), each with its weights, in torso
    lengths (N, M) of the larger body."""
    (joints, weight), (other_joints, other_weight) = first, second
    apart = joints[:, None] - other_joints
    distance = np.sqrt(np.vecdot(apart, apart))
    both = weight[:, None] * other_weight
    mean = np.vecdot(distance, both) / np.add.reduce(both, axis=2)
    return np.asarray(mean / larger_px)


def appearance_distances(
    first: Sequence[Float64Array | None], second: Sequence[Float32Array | None]
) -> Float64Array:
    """(N, M) half the L1 distance of histograms that sum to 1, in [0, 1]; 0.5 where one has none."""
    return appearance_differences(first, second, unknown=_UNKNOWN_APPEARANCE)


def overlapping(bodies: Bodies) -> BoolArray:
    """(N, N) whether the trunk of one body overlaps the box of another, so that its appearance may be the
    other's."""
    if len(bodies) == 1:
        return np.zeros((1, 1), dtype=bool)
    low, high = bodies.joints_px.min(axis=1), bodies.joints_px.max(axis=1)
    trunk = bodies.joints_px[:, _TRUNK]
    inner, outer = trunk.min(axis=1), trunk.max(axis=1)
    touch = ((inner[:, None] < high[None]) & (outer[:, None] > low[None])).all(axis=2)
    touch |= touch.T
    np.fill_diagonal(touch, val=False)
    return np.asarray(touch)


def _whole_parts(known: BoolArray) -> BoolArray:
    """(N, 3) whether all joints of the legs, of the arms and of the neck are known."""
    return np.stack([known[:, part].all(axis=1) for part in _PARTS], axis=1)


def _proportions(joints: Float64Array, chest: Float64Array, torso: Float64Array) -> Float64Array:
    """(N, 3) logarithms of the mean leg, the mean arm and the neck, in torso lengths."""
    bones = np.empty((len(joints), len(_BONE_ENDS) + 1, 2))
    bones[:, :-1] = joints.take(_BONE_ENDS, axis=1) - joints.take(_BONE_STARTS, axis=1)
    bones[:, -1] = joints[:, 0] - chest
    lengths = np.sqrt(np.vecdot(bones, bones))
    parts = np.add.reduceat(lengths, _LIMB_STARTS, axis=1) / _LIMBS
    return np.asarray(np.log(np.maximum(parts, 1.0) / torso[:, None]))


def _torso_px(
    landmarks: Landmarks, joints: Float64Array, hips: Float64Array, chest: Float64Array
) -> Float64Array:
    """(N,) torso lengths: the scale at which the metres fit the image, nearly independent of posture.

    Where fewer than three joints have both, the length in the image.
    """
    metres, seen = landmarks.metres, landmarks.joints_px
    if metres is None:
        return _reach_px(joints, hips, chest)
    if landmarks.is_whole and landmarks.has_all_metres:
        return np.asarray(_TORSO_M * _spread(seen) / np.maximum(_spread(metres), 1e-3))
    both = landmarks.known & ~np.isnan(metres).any(axis=2)
    spread_m = np.maximum(_spread_of_known(metres, both), 1e-3)
    fitting = _TORSO_M * _spread_of_known(seen, both) / spread_m
    return np.where(both.sum(axis=1) >= LEAST_KNOWN, fitting, _reach_px(joints, hips, chest))


def _reach_px(joints: Float64Array, hips: Float64Array, chest: Float64Array) -> Float64Array:
    """(N,) torso lengths in the image, with a minimum from the extent of the body."""
    reach = np.sqrt(((joints - hips[:, None]) ** 2).sum(axis=2).max(axis=1))
    torso = np.sqrt(((chest - hips) ** 2).sum(axis=1))
    return np.asarray(np.maximum(torso, _LEAST_TORSO_TO_REACH * reach))


def _spread(points: Float64Array) -> Float64Array:
    """(N,) root of the summed squared distances from the centroid."""
    away = points - np.add.reduce(points, axis=1, keepdims=True) / points.shape[1]
    flat = away.reshape(len(points), -1)
    return np.asarray(np.sqrt(np.vecdot(flat, flat)))


def _spread_of_known(points: Float64Array, known: BoolArray) -> Float64Array:
    """(N,) the same of the known points alone."""
    points = np.where(known[..., None], points, 0.0)
    centre = points.sum(axis=1, keepdims=True) / np.maximum(known.sum(axis=1), 1)[:, None, None]
    away = np.where(known[..., None], points - centre, 0.0)
    return np.asarray(np.sqrt(np.einsum("njc,njc->n", away, away)))
