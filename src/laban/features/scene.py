"""A body's joints in the scene: one centre and one size for a whole span of time.

If each frame were centred on its own, a body that falls, jumps or runs would stay in place, and a frame with hidden
hips would be lost. With one centre and one size for a span, every visible joint counts, and the body's travel and
speed are preserved.
"""

import numpy as np

from laban.core.arrays import BoolArray, Float64Array
from laban.core.features import Features
from laban.core.sequence import PoseSequence
from laban.core.skeleton import Skeleton
from laban.core.space import Space

_TRUNK = ("hip", "shoulder")


def compute_scene(sequence: PoseSequence) -> Features:
    """(T, 2 J) x and y of every joint in the image, ``scene_..._x`` to the right and ``scene_..._y`` down.

    The centre is the mean of all joints known at any instant. The size by which all is divided is the root mean
    square distance of the known joints from the mean of those known at the same instant: it does not depend on the
    body's orientation or travel. Needs pixels; NaN where a joint is.
    """
    centred, size = _centred(sequence.coordinates(Space.PIXEL).astype(np.float64))
    return _features(sequence, "scene", centred / size)


def compute_stage(sequence: PoseSequence) -> Features:
    """(T, 3 J) the same for world coordinates, rotated about the vertical until the body faces the front.

    All frames are rotated by one angle, which aligns the mean line across hips and shoulders with x, so that the
    body's own turns are preserved. All NaN where no such line is known, or it is vertical throughout.
    """
    centred, size = _centred(sequence.coordinates(Space.WORLD).astype(np.float64))
    return _features(sequence, "stage", _turned(centred, sequence.skeleton) / size)


def body_size(sequence: PoseSequence, space: Space) -> float:
    """The size by which ``compute_scene`` and ``compute_stage`` divide; NaN where there is none."""
    _, size = _centred(sequence.coordinates(space).astype(np.float64))
    return size


def _centred(points: Float64Array) -> tuple[Float64Array, float]:
    """The (T, J, C) points about their mean, and the size of the body; NaN where there is none."""
    known = np.asarray(np.isfinite(points).all(axis=2))
    if not known.any():
        return np.full_like(points, np.nan), np.nan
    spread = _spread(points, known)
    centre = points[known].mean(axis=0)
    return points - centre, spread if spread > 0 else np.nan


def _spread(points: Float64Array, known: BoolArray) -> float:
    filled = np.where(known[..., None], points, 0.0)
    middle = filled.sum(axis=1) / np.maximum(known.sum(axis=1), 1)[:, None]
    return float(np.sqrt((((points - middle[:, None])[known]) ** 2).sum(axis=1).mean()))


def _turned(points: Float64Array, skeleton: Skeleton) -> Float64Array:
    lines = [
        points[:, skeleton.index(f"left_{joint}")] - points[:, skeleton.index(f"right_{joint}")]
        for joint in _TRUNK
    ]
    across = np.concatenate(lines)[:, [0, 2]]
    x, z = across[np.isfinite(across).all(axis=1)].sum(axis=0)
    length = float(np.hypot(x, z))
    cosine, sine = (x / length, z / length) if length > 0 else (np.nan, np.nan)
    return np.stack(
        [
            cosine * points[..., 0] + sine * points[..., 2],
            points[..., 1],
            cosine * points[..., 2] - sine * points[..., 0],
        ],
        axis=2,
    )


def _features(sequence: PoseSequence, prefix: str, values: Float64Array) -> Features:
    axes = "xyz"[: values.shape[2]]
    names = tuple(f"{prefix}_{joint}_{axis}" for joint in sequence.skeleton.names for axis in axes)
    return Features(sequence.times_s, names, ("body",) * len(names), values.reshape(len(sequence), -1))
