"""Joins spans of one video that were extracted separately, so that everybody keeps one id.

Neighbouring spans share some frames. A person seen in both is recognised by position and posture in those frames; a
person out of sight at the cut by extrapolated motion, as in the tracker.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from laban.core.arrays import Float32Array, Float64Array
from laban.core.body import mid_hip, torso_length
from laban.core.sequence import PoseSequence, Recording
from laban.errors import InvalidValueError

_MAX_APART = 0.5
_MAX_AGE_S = 2.0
_LEAST_SIGHTINGS = 3
_REACH = 1.0
_REACH_PER_S = 2.5
_UNREACHABLE = 1e6
_FIELDS = ("visibility", "image_px", "depth_px", "world_m", "score")


def stitch(recordings: Sequence[Recording], *, max_age_s: float = _MAX_AGE_S) -> Recording:
    """One recording from the recordings of spans in order of time, each beginning within the one before.

    The frames that two spans share are taken from the earlier one, which has tracked its people for longer.
    Ids are those of ``renumber``, and none is used twice. The other fields come from the first
    recording. Raises InvalidValueError where there is no recording or the frames do not overlap or touch.
    """
    if not recordings:
        raise InvalidValueError("stitch needs at least one recording, got none")
    joined = recordings[0]
    for following in recordings[1:]:
        joined = _join(joined, following, max_age_s=max_age_s)
    return renumber(joined)


def renumber(recording: Recording) -> Recording:
    """The same people with ids from 0 in the order they appear; those who appear together, from left to right.

    The detector's own order hangs on its scores, which another codec changes.
    """
    order = sorted(
        recording.people.items(), key=lambda item: (item[1].times_s[0], _first_x_px(item[1]), item[0])
    )
    return recording.replace(people={index: sequence for index, (_, sequence) in enumerate(order)})


def _first_x_px(sequence: PoseSequence) -> float:
    """The middle of the body from left to right where it is first seen; 0 without pixels."""
    if sequence.image_px is None or not sequence.seen.any():
        return 0.0
    x_px = sequence.image_px[int(np.argmax(sequence.seen)), :, 0].astype(np.float64)
    known = x_px[np.isfinite(x_px)]
    return float(np.median(known)) if len(known) else 0.0


def drop_ghosts(recording: Recording, *, min_seen_s: float = 0.3) -> Recording:
    """Drops people seen for less than ``min_seen_s`` in total, or in fewer than three frames, who are mostly false
    detections; ids stay.

    In a source shorter than twice that, a person seen in at least half of it is kept.
    """
    if len(recording.times_s) < 2:
        return recording
    frame_s = recording.duration_s / (len(recording.times_s) - 1)
    least = min(max(min_seen_s / frame_s, _LEAST_SIGHTINGS), len(recording.times_s) / 2)
    people = {person: one for person, one in recording.people.items() if one.seen.sum() >= least}
    return recording.replace(people=people)


def match_people(earlier: Recording, later: Recording, *, max_age_s: float = _MAX_AGE_S) -> dict[int, int]:
    """From id in ``later`` to id in ``earlier``, for everybody in both."""
    shared = _match(earlier, later, _distance_in_shared_frames, limit=_MAX_APART)
    rest_earlier = _without(earlier, set(shared.values()))
    rest_later = _without(later, set(shared))

    def cost(one: PoseSequence, other: PoseSequence) -> float:
        return _cost_across_gap(one, other, max_age_s=max_age_s)

    return shared | _match(rest_earlier, rest_later, cost, limit=1.0)


def _join(earlier: Recording, later: Recording, *, max_age_s: float) -> Recording:
    if len(later.times_s) == 0 or len(earlier.times_s) == 0:
        return earlier if len(later.times_s) == 0 else later.replace(metadata=earlier.metadata)
    if later.times_s[0] < earlier.times_s[0]:
        raise InvalidValueError("the recordings to stitch must come in order of time")
    same = match_people(earlier, later, max_age_s=max_age_s)
    times_s = np.union1d(earlier.times_s, later.times_s)
    next_id = max(earlier.people, default=-1) + 1
    people = dict(earlier.people)
    for person, sequence in later.people.items():
        fresh = _after(sequence, earlier.times_s[-1])
        if fresh is None:
            continue
        if person in same:
            people[same[person]] = _concatenate(people[same[person]], fresh, times_s)
        else:
            people[next_id] = fresh
            next_id += 1
    return earlier.replace(times_s=times_s, people=people)


def _match(
    earlier: Recording,
    later: Recording,
    cost_of: Callable[[PoseSequence, PoseSequence], float],
    *,
    limit: float,
) -> dict[int, int]:
    """The assignment of least cost among pairs that cost less than ``limit``."""
    old, new = list(earlier.people), list(later.people)
    if not old or not new:
        return {}
    cost = np.array([[cost_of(earlier.people[one], later.people[other]) for other in new] for one in old])
    rows, columns = linear_sum_assignment(np.minimum(cost, limit))
    return {new[c]: old[r] for r, c in zip(rows, columns, strict=True) if cost[r, c] < limit}


def _distance_in_shared_frames(one: PoseSequence, other: PoseSequence) -> float:
    """Median over shared frames of the mean joint distance, in torso lengths."""
    _, rows, columns = np.intersect1d(one.times_s, other.times_s, return_indices=True)
    if len(rows) == 0:
        return _UNREACHABLE
    first, second = _pixels(one)[rows], _pixels(other)[columns]
    apart = np.linalg.norm(first - second, axis=2).mean(axis=1) / torso_length(first, one.skeleton)
    apart = apart[np.isfinite(apart)]
    return float(np.median(apart)) if len(apart) else _UNREACHABLE


def _cost_across_gap(one: PoseSequence, other: PoseSequence, *, max_age_s: float) -> float:
    """The distance of ``other`` from the extrapolated ``one``, relative to the limit; 1 is too far."""
    last, first = _last_row(one), _first_row_after(other, one.times_s[_last_row(one)])
    if first is None:
        return _UNREACHABLE
    gap_s = float(other.times_s[first] - one.times_s[last])
    if gap_s > max_age_s:
        return _UNREACHABLE
    torso = torso_length(np.stack([_pixels(one)[last], _pixels(other)[first]]), one.skeleton)
    expected = _hip(one, last) + _velocity(one, last) * (1 - math.exp(-gap_s))
    away = float(np.linalg.norm(_hip(other, first) - expected)) / float(torso.max())
    size = abs(math.log(float(torso[0] / torso[1])))
    return away / (_REACH + _REACH_PER_S * gap_s) + size


def _velocity(sequence: PoseSequence, row: int) -> Float64Array:
    """(2,) pixels per second over the fifth of a second up to ``row``; zero where the person was not seen."""
    before = int(np.searchsorted(sequence.times_s, sequence.times_s[row] - 0.2))
    elapsed_s = float(sequence.times_s[row] - sequence.times_s[before])
    moved = _hip(sequence, row) - _hip(sequence, before)
    return moved / elapsed_s if elapsed_s > 0 and np.isfinite(moved).all() else np.zeros(2)


def _hip(sequence: PoseSequence, row: int) -> Float64Array:
    return mid_hip(_pixels(sequence)[row], sequence.skeleton)


def _pixels(sequence: PoseSequence) -> Float32Array:
    if sequence.image_px is None:
        raise InvalidValueError("stitching needs pixel coordinates, and this sequence has none")
    return sequence.image_px


def _last_row(sequence: PoseSequence) -> int:
    return int(np.flatnonzero(sequence.seen)[-1])


def _first_row_after(sequence: PoseSequence, time_s: float) -> int | None:
    rows = np.flatnonzero(sequence.seen & (sequence.times_s > time_s))
    return int(rows[0]) if len(rows) else None


def _without(recording: Recording, people: set[int]) -> Recording:
    return recording.replace(people={k: v for k, v in recording.people.items() if k not in people})


def _after(sequence: PoseSequence, time_s: float) -> PoseSequence | None:
    """The rows after ``time_s`` from the first in which the person is seen; None if there is none."""
    first = _first_row_after(sequence, time_s)
    return None if first is None else sequence.take(slice(first, None))


def _concatenate(earlier: PoseSequence, later: PoseSequence, times_s: Float64Array) -> PoseSequence:
    """Both on the frames from the first of ``earlier`` to the last of ``later``; frames between are NaN."""
    start = int(np.searchsorted(times_s, earlier.times_s[0]))
    stop = int(np.searchsorted(times_s, later.times_s[-1])) + 1
    run = times_s[start:stop]
    fields = {
        name: _spread(run, (earlier.times_s, getattr(earlier, name)), (later.times_s, getattr(later, name)))
        for name in _FIELDS
    }
    return earlier.with_arrays(times_s=run, **fields)


def _spread(run: Float64Array, *parts: tuple[Float64Array, Float32Array | None]) -> Float32Array | None:
    """The values of several parts at their places in ``run``, NaN elsewhere; None where a part has none."""
    present = [(part_times, values) for part_times, values in parts if values is not None]
    if len(present) < len(parts):
        return None
    out = np.full((len(run), *present[0][1].shape[1:]), np.nan, dtype=np.float32)
    for part_times, values in present:
        out[np.searchsorted(run, part_times)] = values
    return out
