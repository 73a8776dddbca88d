"""The frames of a clip without its people, and without everything but its people."""

import cv2
import numpy as np

from laban.core.arrays import BoolArray, Float32Array, Float64Array, FloatArray, ImageArray
from laban.core.sequence import PoseSequence, Recording
from laban.pipeline.video.bars import WHOLE

_MARGIN = 0.15  # of the longer side of the box around the landmarks: they end at joints, and bodies do not
_HEAD = 0.1  # more of its height above, where the highest landmark is an eye
_WITHIN_S = 0.5  # a person who is not found in a frame is where they were found last
_SMOOTH = 1 / 8  # of the shorter side of an image
_GREY = np.array((124, 116, 104), np.uint8)  # the mean of ImageNet


def people_masks(
    recording: Recording,
    times_s: FloatArray,
    *,
    size_wh: tuple[int, int],
    inside: tuple[float, float, float, float] = WHOLE,
) -> BoolArray:
    """(T, H, W) where people are at ``times_s`` (T,): a box around the landmarks of each, a little larger than they
    are. The images show what lies ``inside`` a part of the recording's frame (left, top, right, bottom in shares of
    it), stretched to ``size_wh``."""
    width, height = size_wh
    masks = np.zeros((len(times_s), height, width), dtype=np.bool_)
    if recording.size_wh is None:
        return masks
    left, top, right, bottom = inside
    corner = np.array([left * recording.size_wh[0], top * recording.size_wh[1]] * 2)
    scale = np.array([width, height] * 2) / (
        np.array([right - left, bottom - top] * 2) * np.array(recording.size_wh * 2)
    )
    for sequence in recording.people.values():
        for mask, box in zip(masks, (_boxes(sequence, times_s) - corner) * scale, strict=True):
            if np.isfinite(box).all():
                x, y = np.floor(np.clip(box[:2], 0, size_wh)).astype(int)
                x_end, y_end = np.ceil(np.clip(box[2:], 0, size_wh)).astype(int)
                mask[y:y_end, x:x_end] = True
    return masks


def without_people(images: ImageArray, masks: BoolArray) -> ImageArray:
    """The frames (T, H, W, 3) with what is behind the people in their place, ``masks`` (T, H, W).

    What is behind is the mean of the frames in which nobody is there, so that a box that moves with a person leaves
    no movement. Where somebody always is, it is the blurred colours around, and the mean colour of the clip where
    there is nothing around.
    """
    behind = _behind(images, masks)
    return np.asarray(np.where(masks[..., None], np.rint(behind), images), dtype=np.uint8)


def people_alone(images: ImageArray, masks: BoolArray) -> ImageArray:
    """The frames (T, H, W, 3) in one grey outside the people, ``masks`` (T, H, W): the same in all clips, for the
    colour of a clip would tell its scene."""
    return np.where(masks[..., None], images, _GREY)


def _boxes(sequence: PoseSequence, times_s: FloatArray) -> Float64Array:
    """(T, 4) left, top, right and bottom in pixels of one person at each time; NaN where they are not in view."""
    nowhere = np.full((len(times_s), 4), np.nan)
    if sequence.image_px is None:
        return nowhere
    points = sequence.image_px.astype(np.float64)
    known = np.flatnonzero(np.isfinite(points[..., 0]).any(axis=1))
    if not len(known):
        return nowhere
    boxes = np.concatenate([np.nanmin(points[known], axis=1), np.nanmax(points[known], axis=1)], axis=1)
    away = np.abs(sequence.times_s[known][None] - np.asarray(times_s)[:, None])
    nearest = away.argmin(axis=1)
    found = _grown(boxes[nearest])
    return np.where((away.min(axis=1) <= _WITHIN_S)[:, None], found, nowhere)


def _grown(boxes: Float64Array) -> Float64Array:
    size = boxes[:, 2:] - boxes[:, :2]
    reach = _MARGIN * size.max(axis=1)
    head = reach + _HEAD * size[:, 1]
    return np.asarray(boxes + np.stack([-reach, -head, reach, reach], axis=1))


def _behind(images: ImageArray, masks: BoolArray) -> Float64Array:
    """(H, W, 3) the scene without people."""
    empty = ~masks[..., None]
    count = empty.sum(axis=0)
    mean = (images * empty).sum(axis=0, dtype=np.float64) / np.maximum(count, 1)
    seen = (count > 0).astype(np.float64)
    if not seen.any():
        return np.broadcast_to(_colour(images), images.shape[1:])
    around, weight = _smooth(mean * seen), _smooth(seen)[..., None]
    colour = (mean * seen).sum(axis=(0, 1)) / seen.sum()
    filled = np.where(weight > 1e-3, around / np.maximum(weight, 1e-3), colour)
    return np.where(seen > 0, mean, filled)


def _smooth(values: Float64Array) -> Float64Array:
    sigma = _SMOOTH * min(values.shape[:2])
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigmaX=sigma), dtype=np.float64)


def _colour(images: ImageArray) -> Float32Array:
    return np.asarray(images.mean(axis=(0, 1, 2), dtype=np.float64), dtype=np.float32)
