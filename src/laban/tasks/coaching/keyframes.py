"""A movement as a few keyframes with interpolation: short enough to be read, written and edited by hand."""

from collections.abc import Mapping, Sequence

import numpy as np

from laban.core.arrays import BoolArray, Float64Array, IntArray
from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33

KEY_JOINTS = (
    "nose",
    *(
        f"{side}_{name}"
        for name in ("ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "foot_index")
        for side in ("left", "right")
    ),
)
"""The joints that a keyframe may name: those that are compared, and those that complete a figure."""

_ABOVE = {
    "elbow": "shoulder",
    "wrist": "elbow",
    "knee": "hip",
    "ankle": "knee",
    "foot_index": "ankle",
    "ear": "shoulder",
}
_STEPS_PER_S = 30.0
_LEAST_STEPS = 2


def between_keyframes(
    times_s: Sequence[float], points: Float64Array, *, steps_per_s: float = _STEPS_PER_S
) -> PoseSequence:
    """The movement through K keyframes (K, 17, C) of ``KEY_JOINTS`` in torso lengths from mid-hip.

    Between two keyframes each limb turns evenly from one direction to the other and keeps its length. A single
    keyframe gives a single instant. NaN joints stay NaN.
    """
    marks = np.asarray(times_s, dtype=np.float64)
    if len(marks) == 1:
        return _sequence(np.zeros(1), points)
    count = max(_LEAST_STEPS, round((marks[-1] - marks[0]) * steps_per_s))
    wanted_s = np.linspace(marks[0], marks[-1], count + 1)
    return _sequence(wanted_s - marks[0], points_at(wanted_s, marks, points))


def points_at(wanted_s: Float64Array, marks_s: Float64Array, points: Float64Array) -> Float64Array:
    """(T, 17, C) joints at the given times, which lie within those of the keyframes."""
    after = np.clip(np.searchsorted(marks_s, wanted_s, side="right"), 1, len(marks_s) - 1)
    share = (wanted_s - marks_s[after - 1]) / (marks_s[after] - marks_s[after - 1])
    limbs = _limbs(points)
    return _joined(_turned(limbs[after - 1], limbs[after], share[:, None]))


def chosen_keyframes(
    times_s: Float64Array, points: Float64Array, *, tolerance: float, must: Sequence[int] = ()
) -> IntArray:
    """The rows of (T, 17, C) to use as keyframes: few, and so that no interpolated joint is further off than
    ``tolerance`` torso lengths. The first, the last and ``must`` are among them."""
    rows = sorted({0, len(points) - 1, *must})
    while len(rows) < len(points):
        marks = np.asarray(rows)
        guess = points_at(times_s, times_s[marks], points[marks])
        apart = np.nan_to_num(np.sqrt(((guess - points) ** 2).sum(axis=2))).max(axis=1)
        if apart.max() <= tolerance:
            break
        rows = sorted({*rows, int(apart.argmax())})
    return np.asarray(rows, dtype=np.int64)


def key_points(sequence_points: Float64Array, names: Sequence[str]) -> Float64Array:
    """(T, 17, C) ``KEY_JOINTS`` of (T, J, C) points of joints ``names``; NaN for those that are not among them."""
    out = np.full((len(sequence_points), len(KEY_JOINTS), sequence_points.shape[2]), np.nan)
    for place, joint in enumerate(KEY_JOINTS):
        if joint in names:
            out[:, place] = sequence_points[:, list(names).index(joint)]
    return out


def from_mapping(joints: Mapping[str, Sequence[float]], *, width: int) -> Float64Array:
    """(17, C) of joints by name; NaN for those that are not given."""
    out = np.full((len(KEY_JOINTS), width), np.nan)
    for name, place in joints.items():
        out[KEY_JOINTS.index(name)] = place
    return out


def _sequence(times_s: Float64Array, points: Float64Array) -> PoseSequence:
    body = np.full((len(points), len(BLAZEPOSE33), points.shape[2]), np.nan, dtype=np.float32)
    body[:, [BLAZEPOSE33.index(name) for name in KEY_JOINTS]] = points
    visibility = np.asarray(np.isfinite(body).all(axis=2), dtype=np.float32)
    return PoseSequence(times_s, BLAZEPOSE33, visibility, body=body)


def _limbs(points: Float64Array) -> Float64Array:
    """Each joint from the one above it, from mid-hip where there is none."""
    out = points.copy()
    for place, above in _PARENTS.items():
        out[:, place] -= points[:, above]
    return out


def _joined(limbs: Float64Array) -> Float64Array:
    out = limbs.copy()
    for place, above in _PARENTS.items():  # from the trunk outwards: parents are placed first
        out[:, place] += out[:, above]
    return out


def _turned(first: Float64Array, second: Float64Array, share: Float64Array) -> Float64Array:
    """(T, 17, C) vectors turned from the first to the second by ``share`` (T, 1) of the angle between them."""
    lengths = [np.linalg.norm(one, axis=2) for one in (first, second)]
    with np.errstate(invalid="ignore", divide="ignore"):
        one, other = first / lengths[0][..., None], second / lengths[1][..., None]
        angle = np.arccos(np.clip((one * other).sum(axis=2), -1.0, 1.0))
        across = np.sin(angle)
        direction = (
            np.sin((1 - share) * angle)[..., None] * one + np.sin(share * angle)[..., None] * other
        ) / across[..., None]
    length = (1 - share) * lengths[0] + share * lengths[1]
    straight = (1 - share)[..., None] * first + share[..., None] * second
    return np.where(_is_even(across)[..., None], straight, direction * length[..., None])


def _is_even(across: Float64Array) -> BoolArray:
    """Where two directions are so nearly equal, or opposite, that the rotation between them has no plane."""
    return np.asarray(~(across > 1e-6))


_PARENTS = {
    KEY_JOINTS.index(f"{side}_{joint}"): KEY_JOINTS.index(f"{side}_{above}")
    for joint, above in _ABOVE.items()
    for side in ("left", "right")
}
