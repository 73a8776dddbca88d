"""Lengths, distances, boxes and the centre of mass of a body."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from laban.core.arrays import Float64Array, FloatArray, IntArray
from laban.core.features import Features
from laban.core.sequence import PoseSequence
from laban.core.skeleton import Skeleton
from laban.core.space import Space

_SEGMENT_MASSES = (
    (("left_shoulder", "right_shoulder"), ("left_hip", "right_hip"), 0.497, 0.5),
    (("left_shoulder", "right_shoulder"), ("left_ear", "right_ear"), 0.081, 1.0),
    *(((f"{side}_shoulder",), (f"{side}_elbow",), 0.028, 0.436) for side in ("left", "right")),
    *(((f"{side}_elbow",), (f"{side}_wrist",), 0.022, 0.682) for side in ("left", "right")),
    *(((f"{side}_hip",), (f"{side}_knee",), 0.100, 0.433) for side in ("left", "right")),
    *(((f"{side}_knee",), (f"{side}_ankle",), 0.061, 0.606) for side in ("left", "right")),
)
"""Near end, far end, share of the body's mass, position of the segment's centre from the near end.

Winter, Biomechanics and Motor Control of Human Movement, 4th edition, table 4.1; forearm with hand, leg with foot.
"""
_MASS_SHARES = np.array([[share] for _, _, share, _ in _SEGMENT_MASSES])
_MASS_PLACES = np.array([[place] for _, _, _, place in _SEGMENT_MASSES])
_MASS = sum(share for _, _, share, _ in _SEGMENT_MASSES)


def compute_bone_lengths(sequence: PoseSequence, *, space: Space | str | None = None) -> Features:
    """(T, B) length of every bone of the skeleton, named ``first-second``. NaN is passed on.

    In metres where the sequence has them, else in pixels, unless ``space`` is given. Raises InvalidValueError for a
    space that the sequence does not have.

    >>> from laban.sources import SyntheticScene
    >>> sequence = SyntheticScene(people=1, seconds=2.0).recording().people[0]
    >>> bones = compute_bone_lengths(sequence)
    >>> bones.names[0], bones.units[0], bones.values.shape
    ('nose-left_eye_inner', 'm', (60, 35))
    """
    chosen = sequence.best_space if space is None else Space(space)
    points = sequence.coordinates(chosen).astype(np.float64)
    bones = sequence.skeleton.bones
    first, second = (list(ends) for ends in zip(*bones, strict=True))
    lengths = np.linalg.norm(points[:, first] - points[:, second], axis=2)
    names = tuple(f"{a}-{b}" for a, b in sequence.skeleton.bone_names)
    return Features(sequence.times_s, names, (_unit(chosen),) * len(names), lengths)


def compute_distances(
    sequence: PoseSequence, *, pairs: Sequence[tuple[str, str]], space: Space | str | None = None
) -> Features:
    """(T, P) distance of each pair of named joints. NaN is passed on; an unknown joint raises UnknownNameError.

    In metres where the sequence has them, else in pixels, unless ``space`` is given. Raises InvalidValueError for a
    space that the sequence does not have.

    >>> from laban.sources import SyntheticScene
    >>> sequence = SyntheticScene(people=1, seconds=2.0).recording().people[0]
    >>> compute_distances(sequence, pairs=[("left_wrist", "right_wrist")]).names
    ('left_wrist-right_wrist',)
    """
    chosen = sequence.best_space if space is None else Space(space)
    points = sequence.coordinates(chosen).astype(np.float64)
    index = [(sequence.skeleton.index(a), sequence.skeleton.index(b)) for a, b in pairs]
    columns = [np.linalg.norm(points[:, a] - points[:, b], axis=1) for a, b in index]
    values = np.stack(columns, axis=1) if columns else np.zeros((len(sequence), 0))
    return Features(
        sequence.times_s, tuple(f"{a}-{b}" for a, b in pairs), (_unit(chosen),) * len(pairs), values
    )


def boxes_xyxy(points: FloatArray) -> Float64Array:
    """(T, 4) the bounding box of the known joints of (T, J, 2) points; NaN where none is known.

    >>> boxes_xyxy(np.array([[[1.0, 5.0], [3.0, 2.0], [np.nan, np.nan]]]))
    array([[1., 2., 3., 5.]])
    """
    known = np.asarray(np.isfinite(points).all(axis=2))[..., None]
    low = np.where(known, points, np.inf).min(axis=1, initial=np.inf)
    high = np.where(known, points, -np.inf).max(axis=1, initial=-np.inf)
    boxes = np.asarray(np.concatenate([low, high], axis=1), dtype=np.float64)
    boxes[~known[..., 0].any(axis=1)] = np.nan
    return boxes


def centre_of_mass(points: FloatArray, skeleton: Skeleton) -> Float64Array:
    """(..., C) the body's centre of mass from (..., J, C) points and the mean shares of its segments.

    The shares are those of an average adult (Winter 2009, table 4.1), so it is a proxy: a few centimetres off for
    an individual. NaN where a joint it needs is missing.
    """
    near, far = (
        np.asarray((points[..., first, :] + points[..., second, :]) / 2, dtype=np.float64)
        for first, second in _segment_ends(skeleton)
    )
    weighed = _MASS_SHARES * (near + _MASS_PLACES * (far - near))
    total = np.zeros((*points.shape[:-2], points.shape[-1]))
    for segment in range(len(_SEGMENT_MASSES)):  # in this fixed order, so that sums are reproducible
        total += weighed[..., segment, :]
    return np.asarray(total / _MASS)


@lru_cache(maxsize=64)
def _segment_ends(skeleton: Skeleton) -> list[tuple[IntArray, IntArray]]:
    """For the near and the far ends of the segments, the positions of the two joints whose mean each is."""
    ends = ([near for near, _, _, _ in _SEGMENT_MASSES], [far for _, far, _, _ in _SEGMENT_MASSES])
    return [
        (
            np.array(skeleton.places(*(point[0] for point in points))),
            np.array(skeleton.places(*(point[-1] for point in points))),
        )
        for points in ends
    ]


def _unit(space: Space) -> str:
    return {Space.PIXEL: "px", Space.WORLD: "m"}.get(space, "torso")
