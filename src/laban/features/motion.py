"""Features of movement that are independent of person and place: speeds and posture without position, direction or
side.

From few examples, positions teach a model more about the camera and the person than about the action. These
features do not change when the image is mirrored, when the person stands elsewhere, or with the distance of the
camera.
"""

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.body import mid_hip, mid_shoulder
from laban.core.features import Features
from laban.core.sequence import PoseSequence
from laban.core.skeleton import Skeleton
from laban.core.space import Space
from laban.features.kinematics import derivative
from laban.features.scene import body_size

_LIMBS = ("wrist", "elbow", "knee", "ankle")
_HEADS = ("nose", "head", "face", "neck")
_TRUNK = ("shoulder", "hip")
_ROWS = 3
"""Rows before and after, between which a slow speed is measured."""


def compute_motion(sequence: PoseSequence) -> Features:
    """(T, 31) speeds and posture in body sizes, as ``compute_scene`` measures them for the span.

    Of wrists, elbows, knees and ankles the faster side: its speed, its speed relative to the mid-hip, and its
    acceleration; the speeds of head and hips. Speeds are the change over one row and over three on either side
    (``motion_..._speed``, ``motion_..._slow_speed``). They are ``log1p`` of body sizes a second (squared), because
    they span orders of magnitude. Then the horizontal and vertical distance of the shoulders from the hips, of the
    higher wrist above the shoulders, of the higher knee above the hips, the horizontal distance of the farther
    wrist from the shoulders, and the width and height of the body. NaN where a joint is, or next to such a row.
    Needs pixels.
    """
    points = sequence.coordinates(Space.PIXEL).astype(np.float64) / body_size(sequence, Space.PIXEL)
    columns = {**_speeds(points, sequence), **_carriage(points, sequence.skeleton)}
    fast = ("speed", "acceleration")
    units = tuple("log" if name.endswith(fast) else "body" for name in columns)
    names = tuple(f"motion_{name}" for name in columns)
    return Features(sequence.times_s, names, units, np.stack(list(columns.values()), axis=1))


def compute_confidence(sequence: PoseSequence) -> Features:
    """(T, 7) the visibility of head, shoulders, hips, wrists, elbows, knees and ankles, the mean of both sides.

    Occlusion, for example by another person, lowers it. NaN where no one is seen or the skeleton has no such joint.
    """
    skeleton, seen = sequence.skeleton, sequence.seen
    parts = {"head": _head(skeleton), **{part: _sides(skeleton, part) for part in (*_TRUNK, *_LIMBS)}}
    columns = [
        np.where(seen, _mean(sequence.visibility[:, list(joints)].astype(np.float64)), np.nan)
        for joints in parts.values()
    ]
    names = tuple(f"confidence_{part}" for part in parts)
    return Features(sequence.times_s, names, ("share",) * len(names), np.stack(columns, axis=1))


def _speeds(points: Float64Array, sequence: PoseSequence) -> dict[str, Float64Array]:
    skeleton, times_s = sequence.skeleton, sequence.times_s
    hips = mid_hip(points, skeleton)
    head = points[:, list(_head(skeleton))]
    out = {}
    for part in _LIMBS:
        limb = points[:, list(_sides(skeleton, part))]
        for name, moved in ((part, limb), (f"{part}_of_body", limb - hips[:, None])):
            out[f"{name}_speed"] = _fastest(derivative(moved, times_s))
            out[f"{name}_slow_speed"] = _fastest(_slowly(moved, times_s))
        out[f"{part}_acceleration"] = _fastest(derivative(derivative(limb, times_s), times_s))
    for name, moved in (("hips", hips[:, None]), ("head", head)):
        out[f"{name}_speed"] = _fastest(derivative(moved, times_s))
        out[f"{name}_slow_speed"] = _fastest(_slowly(moved, times_s))
    return out


def _carriage(points: Float64Array, skeleton: Skeleton) -> dict[str, Float64Array]:
    hips, shoulders = mid_hip(points, skeleton), mid_shoulder(points, skeleton)
    wrists, knees = (points[:, list(_sides(skeleton, part))] for part in ("wrist", "knee"))
    extent = _most(points) + _most(-points)
    return {
        "lean": np.abs(shoulders - hips)[:, 0],
        "rise": (hips - shoulders)[:, 1],
        "wrist_raised": shoulders[:, 1] + _most(-wrists)[:, 1],
        "knee_raised": hips[:, 1] + _most(-knees)[:, 1],
        "reach": _most(np.abs(wrists - shoulders[:, None]))[:, 0],
        "width": extent[:, 0],
        "height": extent[:, 1],
    }


def _slowly(points: Float64Array, times_s: Float64Array) -> Float64Array:
    """(T, J, C) change a second between ``_ROWS`` rows before and after; NaN within that many rows of either
    end."""
    speed = np.full_like(points, np.nan)
    if len(times_s) > 2 * _ROWS:
        span_s = times_s[2 * _ROWS :] - times_s[: -2 * _ROWS]
        speed[_ROWS:-_ROWS] = (points[2 * _ROWS :] - points[: -2 * _ROWS]) / span_s[:, None, None]
    return speed


def _fastest(vectors: Float64Array) -> Float64Array:
    """(T,) ``log1p`` of the length of the longest of (T, J, C) vectors."""
    return np.log1p(_most(np.sqrt((vectors**2).sum(axis=2))))


def _most(values: Float64Array) -> Float64Array:
    """The largest known value along the joints of (T, J, ...), else NaN."""
    most = np.where(np.isfinite(values), values, -np.inf).max(axis=1, initial=-np.inf)
    return np.where(np.isfinite(most), most, np.nan)


def _mean(values: Float64Array) -> Float64Array:
    """(T,) of (T, N) values, NaN where there are none."""
    return values.mean(axis=1) if values.shape[1] else np.full(len(values), np.nan)


def _head(skeleton: Skeleton) -> tuple[int, ...]:
    return next(((skeleton.index(name),) for name in _HEADS if skeleton.has(name)), ())


def _sides(skeleton: Skeleton, part: str) -> tuple[int, ...]:
    names = (f"left_{part}", f"right_{part}")
    return tuple(skeleton.index(name) for name in names if skeleton.has(name))
