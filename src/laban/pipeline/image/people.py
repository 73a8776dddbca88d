"""Finds the people in an image, and, where there are none, in the rotated image, for people who lie."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np

from laban.core.arrays import Float64Array, FloatArray, ImageArray
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.subject import prominence
from laban.pose.blazepose.detection import box_iou
from laban.pose.protocol import StillEstimator

LEAST_VISIBILITY = 0.2
_LEAST_POINTS = 6
_LEAST_IOU = 0.3
_LEAST_SCORE = 0.5
_TURNS = (cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_90_COUNTERCLOCKWISE)


def find_people(estimators: Sequence[StillEstimator], image_rgb: ImageArray) -> list[Pose]:
    """The people in an image (H, W, 3), the most prominent first (see ``laban.core.subject``).

    Where the first estimator finds nobody the next one runs, and where none does, they run on the image rotated by
    a quarter turn either way: detectors know few people who lie. Of the rotated images the best score counts.
    """
    frame = Frame.from_rgb(image_rgb, index=0, time_s=0.0)
    found = next((poses for one in estimators if (poses := _sure(one.detect(frame)))), [])
    if not found:
        found = max(
            (poses for one in estimators for poses in _turned(one, image_rgb)), key=_surest, default=[]
        )
    return sorted(found, key=prominence, reverse=True)


def pose_box(pose: Pose) -> Float64Array:
    """(4,) the box in pixels around the visible landmarks, or around all where hardly any is visible."""
    points = pose.image_px[pose.visibility >= LEAST_VISIBILITY]
    points = points if len(points) >= _LEAST_POINTS else pose.image_px
    corners = np.concatenate([points.min(axis=0), points.max(axis=0)])
    return np.asarray(corners, dtype=np.float64)


def whose(poses: Sequence[Pose], box_xyxy_px: FloatArray | None) -> Pose | None:
    """The pose that is meant: the first, or the one that fills a box best, if any does."""
    if box_xyxy_px is None:
        return poses[0] if poses else None
    fits = [box_iou(pose_box(pose), box_xyxy_px) for pose in poses]
    return poses[int(np.argmax(fits))] if fits and max(fits) >= _LEAST_IOU else None


def _sure(poses: Sequence[Pose]) -> list[Pose]:
    """The poses that are bodies rather than furniture."""
    return [pose for pose in poses if pose.score >= _LEAST_SCORE]


def _turned(estimator: StillEstimator, image_rgb: ImageArray) -> Iterator[list[Pose]]:
    for turn in _TURNS:
        turned = np.asarray(cv2.rotate(image_rgb, turn), np.uint8)
        poses = _sure(estimator.detect(Frame.from_rgb(turned, index=0, time_s=0.0)))
        yield [_turned_back(pose, turn, image_rgb.shape[:2]) for pose in poses]


def _turned_back(pose: Pose, turn: int, size_hw: tuple[int, ...]) -> Pose:
    """A pose of the rotated image in the original image."""
    height, width = size_hw
    x, y = pose.image_px.T
    clockwise = turn == cv2.ROTATE_90_CLOCKWISE
    points = np.stack([y, height - 1 - x] if clockwise else [width - 1 - y, x], axis=1)
    if pose.world_m is None:
        return replace(pose, image_px=points)
    across, down, deep = pose.world_m.T
    world_m = np.stack([down, -across, deep] if clockwise else [-down, across, deep], axis=1)
    return replace(pose, image_px=points, world_m=world_m)


def _surest(poses: Sequence[Pose]) -> float:
    return max((pose.score for pose in poses), default=0.0)
