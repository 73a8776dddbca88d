"""Conversion of pixels or metres to body coordinates: origin mid-hip, unit torso length."""

from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.body import mid_hip, mid_shoulder, torso_length
from laban.core.sequence import PoseSequence
from laban.core.skeleton import Skeleton
from laban.core.space import Space
from laban.errors import InvalidValueError


@dataclass(frozen=True)
class NormalizeSettings:
    """``space`` to start from. ``one_scale``: one torso length, the median, for the whole sequence, so that size
    changes are preserved; else each frame is scaled by its own. ``turn``: rotate the body upright in the image
    plane, and in three dimensions to face the viewer. ``mirror``: left and right exchanged."""

    space: Space = Space.PIXEL
    one_scale: bool = False
    turn: bool = False
    mirror: bool = False


def normalize(sequence: PoseSequence, *, settings: NormalizeSettings | None = None) -> PoseSequence:
    """The sequence with ``body`` (T, J, C): mid-hip at the origin, in torso lengths.

    The other fields are unchanged, except that with ``mirror`` the visibility follows its joints. NaN where hips
    or shoulders are missing or the torso has no length. Raises InvalidValueError for a skeleton without hips and
    shoulders, or a space that the sequence does not have.

    >>> from laban.sources import SyntheticScene
    >>> sequence = SyntheticScene(people=1, seconds=2.0).recording().people[0]
    >>> body = normalize(sequence).body
    >>> body.shape, bool(np.allclose(mid_hip(body, sequence.skeleton), 0, atol=1e-5))
    ((60, 33, 2), True)
    """
    chosen = settings or NormalizeSettings()
    skeleton = sequence.skeleton
    if not skeleton.has("left_shoulder", "right_shoulder", "left_hip", "right_hip"):
        raise InvalidValueError(f"{skeleton.name} has no hips and shoulders to normalise by")
    points = sequence.coordinates(chosen.space).astype(np.float64)
    torso = _scale(torso_length(points, skeleton), one_scale=chosen.one_scale)
    body = (points - mid_hip(points, skeleton)[:, None]) / torso[:, None, None]
    if chosen.turn:
        body = turned(body, skeleton)
    if chosen.mirror:
        body = body[:, skeleton.flip]
        body[..., 0] *= -1
        return sequence.replace(body=body, visibility=sequence.visibility[:, skeleton.flip])
    return sequence.replace(body=body)


def _scale(torso: Float64Array, *, one_scale: bool) -> Float64Array:
    known = np.where(torso > 0, torso, np.nan)
    if not one_scale:
        return known
    median = np.median(known[np.isfinite(known)]) if np.isfinite(known).any() else np.nan
    return np.full_like(known, median)


def turned(body: Float64Array, skeleton: Skeleton) -> Float64Array:
    """(T, J, 2 or 3) points rotated so that, in 2D, the torso points up, and in 3D the shoulders' line has no
    depth.

    In 3D the body is rotated about the vertical, so a person who lies stays lying.
    """
    if body.shape[-1] == 2:
        up = mid_shoulder(body, skeleton)
        return _rotated(body, angle=np.arctan2(up[:, 0], -up[:, 1]), axes=(0, 1))
    left, right = skeleton.index("left_shoulder"), skeleton.index("right_shoulder")
    line = body[:, left] - body[:, right]
    return _rotated(body, angle=np.arctan2(line[:, 2], line[:, 0]), axes=(0, 2))


def _rotated(body: Float64Array, *, angle: Float64Array, axes: tuple[int, int]) -> Float64Array:
    """Turned by ``-angle`` (T,) in the plane of two axes."""
    cosine, sine = np.cos(angle)[:, None], np.sin(angle)[:, None]
    first, second = body[..., axes[0]], body[..., axes[1]]
    out = body.copy()
    out[..., axes[0]] = cosine * first + sine * second
    out[..., axes[1]] = cosine * second - sine * first
    return out
