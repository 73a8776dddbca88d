"""The landmarks of all bodies of a frame in one array, the basis of all other measures."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import BoolArray, Float64Array
from laban.core.pose import Pose
from laban.core.skeleton import Skeleton
from laban.pose.tracking.joints import LEAST_KNOWN, has_nan, main_joints, own_joints, with_neighbours

_PIXELS, _VISIBILITY, _METRES = slice(0, 2), slice(2, 3), slice(3, 5)
_SEEN = slice(0, 3)
_CHANNELS = 5


@dataclass(frozen=True, eq=False)
class Landmarks:
    """The landmarks of N poses of one skeleton, NaN where one is missing.

    ``image_px`` (N, J, 2) of all joints; of the main joints ``joints_px`` (N, 13, 2), ``visibility`` (N, 13), which
    is 1 where unknown, and ``metres`` (N, 13, 2), or None where no pose has any. ``is_whole`` is true where
    every main joint is known, ``has_all_metres`` where the metres of all are.
    """

    image_px: Float64Array
    joints_px: Float64Array
    visibility: Float64Array
    metres: Float64Array | None
    is_whole: bool
    has_all_metres: bool

    @property
    def known(self) -> BoolArray:
        """(N, 13) which main joints are known."""
        return np.asarray(~np.isnan(self.joints_px).any(axis=2))

    def measurable(self) -> list[int]:
        """The rows of the bodies with at least three known main joints, which can be measured."""
        if self.is_whole:
            return list(range(len(self.joints_px)))
        return [int(row) for row in np.flatnonzero(self.known.sum(axis=1) >= LEAST_KNOWN)]

    def take(self, rows: Sequence[int]) -> "Landmarks":
        """The bodies at ``rows``, in that order."""
        index = list(rows)
        metres = None if self.metres is None else self.metres[index]
        return _checked(self.image_px[index], self.joints_px[index], self.visibility[index], metres)


def gather(poses: Sequence[Pose], skeleton: Skeleton) -> Landmarks:
    """The landmarks of poses, which must be of ``skeleton``."""
    values = _stacked(poses, joints=len(skeleton))
    own = own_joints(values, skeleton)
    image_px, told = values[..., _PIXELS], own[..., _VISIBILITY.start]
    if not has_nan(own):
        return Landmarks(
            image_px, own[..., _PIXELS], told, own[..., _METRES], is_whole=True, has_all_metres=True
        )
    has_metres = any(one.world_m is not None for one in poses)
    return _checked(
        image_px,
        with_neighbours(own[..., _PIXELS], image_px, skeleton),
        _visibility(values, skeleton) if has_nan(own[..., _SEEN]) else told,
        with_neighbours(own[..., _METRES], values[..., _METRES], skeleton) if has_metres else None,
    )


def _checked(
    image_px: Float64Array, joints_px: Float64Array, visibility: Float64Array, metres: Float64Array | None
) -> Landmarks:
    return Landmarks(
        image_px,
        joints_px,
        visibility,
        metres,
        is_whole=not has_nan(joints_px),
        has_all_metres=metres is not None and not has_nan(metres),
    )


def _stacked(poses: Sequence[Pose], *, joints: int) -> Float64Array:
    """(N, J, 5) pixels, visibility, and metres across and down."""
    values = np.full((len(poses), joints, _CHANNELS), np.nan)
    for row, pose in zip(values, poses, strict=True):
        row[:, _PIXELS] = pose.image_px
        row[:, _VISIBILITY.start] = pose.visibility
        if pose.world_m is not None:
            row[:, _METRES] = pose.world_m[:, :2]
    return values


def _visibility(values: Float64Array, skeleton: Skeleton) -> Float64Array:
    """(N, 13) of the main joints: 1 where it is unknown, NaN where the joint is missing."""
    missing = np.asarray(np.isnan(values[..., _PIXELS]).any(axis=2))
    told = np.nan_to_num(values[..., _VISIBILITY], nan=1.0)
    known = np.where(missing[..., None], np.nan, told)
    return main_joints(known, skeleton)[..., 0]
