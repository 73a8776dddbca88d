"""Who is who before and after a change, and how far apart they are."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from laban.core.arrays import Float64Array
from laban.core.body import torso_length
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33
from laban.features.angles import MAIN_ANGLES, compute_joint_angles
from laban.sequences.resample import resample

_SAME_BODY = 0.5
_LEAST_SHARE = 0.2
_WELL_SEEN = 0.5
_GAP_S = 0.7


def people_in(recording: Recording) -> int:
    """How many people are seen for a fifth of the time or more."""
    least = _LEAST_SHARE * len(recording.times_s)
    return sum(int(one.seen.sum()) >= least for one in recording.people.values())


def lost_share(before: Recording, after: Recording) -> float:
    """The share of instants at which somebody is not found where they were, or under an id that is not theirs."""
    known, same = _same_body(before, after)
    if not known.size or not len(same):
        return 1.0
    rows, columns = linear_sum_assignment(-same.sum(axis=2))
    kept = sum(int(same[row, column].sum()) for row, column in zip(rows, columns, strict=True))
    return 1.0 - kept / max(int(known.sum()), 1)


def landmarks_apart(before: Recording, after: Recording) -> float:
    """The median distance of well seen joints, in torso lengths, over everybody who was found."""
    return _median([_distances(*pair) for pair in _pairs(before, after)])


def angles_apart_deg(before: Recording, after: Recording) -> float:
    """The median difference of the main angles of well seen joints in the image."""
    return _median([_angles_apart(*pair) for pair in _pairs(before, after)])


def _at(one: PoseSequence, times_s: Float64Array) -> PoseSequence:
    return resample(one, times_s=times_s, max_gap_s=_GAP_S)


def _pairs(before: Recording, after: Recording) -> list[tuple[PoseSequence, PoseSequence]]:
    """Everybody before and after, at the times they have in common."""
    _, same = _same_body(before, after)
    if not len(same):
        return []
    rows, columns = linear_sum_assignment(-same.sum(axis=2))
    first, second = list(before.people.values()), list(after.people.values())
    return [
        (_at(first[row], second[column].times_s).to_skeleton(second[column].skeleton), second[column])
        for row, column in zip(rows, columns, strict=True)
        if same[row, column].any()
    ]


def _same_body(before: Recording, after: Recording) -> tuple[np.ndarray, np.ndarray]:
    """(P, T) who is there before, and (P, Q, T) which of those after lies on them, at the times after."""
    times_s = after.times_s[(after.times_s >= before.times_s[0]) & (after.times_s <= before.times_s[-1])]
    second = [_at(one, times_s) for one in after.people.values()]
    skeletons = [one.skeleton for one in second] or [BLAZEPOSE33]
    first = [_at(one, times_s).to_skeleton(skeletons[0]) for one in before.people.values()]
    known = np.array([one.seen for one in first])
    same = np.zeros((len(first), len(second), len(times_s)), dtype=bool)
    for row, one in enumerate(first):
        for column, other in enumerate(second):
            same[row, column] = np.nan_to_num(_body_apart(one, other), nan=np.inf) < _SAME_BODY
    return known, same & known[:, None]


def _body_apart(one: PoseSequence, other: PoseSequence) -> Float64Array:
    """(T,) the median distance of joints in torso lengths."""
    first, second = _points(one), _points(other)
    apart = np.linalg.norm(first - second, axis=2) / _torso_px(one)[:, None]
    out = np.full(len(apart), np.nan)
    some = np.isfinite(apart).any(axis=1)
    out[some] = np.nanmedian(apart[some], axis=1)
    return out


def _distances(one: PoseSequence, other: PoseSequence) -> Float64Array:
    apart = np.linalg.norm(_points(one) - _points(other), axis=2) / _torso_px(one)[:, None]
    sure = _sure(one) & _sure(other)
    return np.asarray(apart[sure & np.isfinite(apart)])


def _angles_apart(one: PoseSequence, other: PoseSequence) -> Float64Array:
    first, second = (_main_angles(_only_sure(each)) for each in (one, other))
    apart = np.abs(first - second)
    return np.asarray(apart[np.isfinite(apart)])


def _main_angles(one: PoseSequence) -> Float64Array:
    flat = one.replace(world_m=None) if one.world_m is not None else one
    features = compute_joint_angles(flat)
    columns = [features.names.index(name) for name in MAIN_ANGLES if name in features.names]
    return np.asarray(features.values[:, columns], dtype=np.float64)


def _only_sure(one: PoseSequence) -> PoseSequence:
    return one.replace(image_px=np.where(_sure(one)[..., None], _points(one), np.nan))


def _sure(one: PoseSequence) -> np.ndarray:
    return np.nan_to_num(one.visibility, nan=1.0) >= _WELL_SEEN  # what a file does not say is not doubted


def _points(one: PoseSequence) -> Float64Array:
    """(T, 33 or J, 2) pixels on the skeleton that all have."""
    assert one.image_px is not None
    return one.image_px.astype(np.float64)


def _torso_px(one: PoseSequence) -> Float64Array:
    return np.asarray(np.maximum(torso_length(_points(one), one.skeleton), 1.0))


def _median(parts: list[Float64Array]) -> float:
    joined = np.concatenate(parts) if parts else np.array([])
    return float(np.median(joined)) if len(joined) else float("inf")
