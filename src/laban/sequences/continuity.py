"""Discontinuities of a recording: bodies that jump, and people or body sides that are swapped.

A body jumps where its centre moves faster than people can, 25 torso lengths (some 12 m) a second, and further than
a detector's noise, 1.5 torso lengths. Two people are swapped where both would have to jump, but neither would with
exchanged ids. The sides of a body are swapped where its joints move far as labelled and hardly at all with left and
right exchanged; a person who turns round passes through views in which both fit equally. Frames more than a quarter
of a second apart are not compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

import numpy as np

from laban.core.arrays import BoolArray, Float64Array
from laban.core.sequence import PoseSequence, Recording
from laban.core.space import Space

_FASTEST_PER_S: Final = 25.0
_LEAST: Final = 1.5
_LONGEST_GAP_S: Final = 1.0
_FAR_LESS: Final = 0.5
_LEAST_JOINTS: Final = 3
# The tracker repairs these while it follows people; here all joints decide together.
_SIDES_GAP_S: Final = 0.25
_SIDES_LEAST: Final = 0.25
_SIDES_RATIO: Final = 0.4


@dataclass(frozen=True)
class Break:
    """An instant at which a person jumps (``jump``), two people are swapped (``swap``), or the left and right of
    one body are (``sides``)."""

    kind: Literal["jump", "swap", "sides"]
    time_s: float
    people: tuple[int, ...]


def find_breaks(recording: Recording) -> tuple[Break, ...]:
    """The breaks in a recording with pixels, by time; none for people without pixels. NaN is ignored."""
    tracks = {
        person: track for person, one in recording.people.items() if (track := _track(recording, one, person))
    }
    swaps = [found for pair in combinations(tracks, 2) for found in _swaps(recording, tracks, pair)]
    taken = {(one.time_s, person) for one in swaps for person in one.people}
    jumps = [
        Break("jump", float(recording.times_s[frame]), (person,))
        for person, track in tracks.items()
        for frame in track.jumps(recording.times_s)
    ]
    loose = [one for one in jumps if (one.time_s, one.people[0]) not in taken]
    taken |= {(one.time_s, one.people[0]) for one in loose}
    sides = [
        Break("sides", time_s, (person,))
        for person in tracks
        for time_s in _side_changes(recording.people[person])
        if (time_s, person) not in taken
    ]
    return tuple(sorted([*swaps, *loose, *sides], key=lambda one: one.time_s))


def breaks_words(breaks: Sequence[Break]) -> tuple[str, ...]:
    """The breaks in words, grouped by kind and people.

    >>> breaks_words([Break("jump", 0.5, (1,)), Break("jump", 0.9, (1,)), Break("swap", 2.0, (1, 4))])
    ('person 1 jumps through the image 2 times, first at 0.50 s', 'persons 1 and 4 change places at 2.00 s')
    """
    kinds = dict.fromkeys((one.kind, one.people) for one in breaks)
    return tuple(
        _words(kind, people, [one.time_s for one in breaks if (one.kind, one.people) == (kind, people)])
        for kind, people in kinds
    )


def _words(kind: str, people: Sequence[int], times_s: Sequence[float]) -> str:
    when = (
        f"at {times_s[0]:.2f} s"
        if len(times_s) == 1
        else f"{len(times_s)} times, first at {times_s[0]:.2f} s"
    )
    if kind == "swap":
        return f"persons {people[0]} and {people[1]} change places {when}"
    if kind == "sides":
        return f"left and right of person {people[0]} change places {when}"
    return f"person {people[0]} jumps through the image {when}"


@dataclass(frozen=True, eq=False)
class _Track:
    """(T, 2) the centre of one person in every frame of the recording, and their torso length."""

    middle: Float64Array
    torso: float

    def jumps(self, times_s: Float64Array) -> list[int]:
        """The frames at which the person is too far from their last known position."""
        rows = np.flatnonzero(np.isfinite(self.middle[:, 0]))
        if len(rows) < 2:
            return []
        went = np.linalg.norm(np.diff(self.middle[rows], axis=0), axis=1) / self.torso
        far = went > _reach(np.diff(times_s[rows]))
        return [int(row) for row in rows[1:][far & (np.diff(times_s[rows]) <= _LONGEST_GAP_S)]]


def _track(recording: Recording, sequence: PoseSequence, person: int) -> _Track | None:
    if sequence.image_px is None:
        return None
    points = sequence.coordinates(Space.PIXEL).astype(np.float64)
    known: BoolArray = np.all(np.isfinite(points), axis=2)
    rows = np.flatnonzero(np.sum(known, axis=1) >= _LEAST_JOINTS)
    if not len(rows):
        return None
    points = np.where(known[rows, :, None], points[rows], np.nan)
    middle = np.full((len(recording.times_s), 2), np.nan)
    middle[recording.start_of(person) + rows] = np.nanmedian(points, axis=1)
    torso = float(np.median(_trunks(points)))
    return _Track(middle, torso) if torso > 0 else None


def _swaps(recording: Recording, tracks: dict[int, _Track], pair: tuple[int, int]) -> list[Break]:
    first, second = (tracks[person] for person in pair)
    both = np.flatnonzero(np.isfinite(first.middle[:, 0] + second.middle[:, 0]))
    if len(both) < 2:
        return []
    before, after = both[:-1], both[1:]
    steps_s = recording.times_s[after] - recording.times_s[before]
    torso = (first.torso + second.torso) / 2
    stayed = [_apart(one.middle[after], one.middle[before]) / torso for one in (first, second)]
    changed = _apart(first.middle[after], second.middle[before]) + _apart(
        second.middle[after], first.middle[before]
    )
    near = changed / torso < _FAR_LESS * (stayed[0] + stayed[1])
    far = (
        np.asarray(np.minimum(*stayed) > _reach(steps_s), dtype=np.bool_) & near & (steps_s <= _LONGEST_GAP_S)
    )
    return [Break("swap", float(recording.times_s[frame]), pair) for frame in after[far]]


def _apart(one: Float64Array, other: Float64Array) -> Float64Array:
    return np.asarray(np.linalg.norm(one - other, axis=1))


def _reach(steps_s: Float64Array) -> Float64Array:
    """How far a person may move, in torso lengths."""
    return np.maximum(_LEAST, _FASTEST_PER_S * steps_s)


def _side_changes(sequence: PoseSequence) -> list[float]:
    """The times at which a body's joints fit the previous frame far better with its sides exchanged."""
    flip = sequence.skeleton.flip
    paired = np.flatnonzero(flip != np.arange(len(flip)))
    seen = np.flatnonzero(sequence.seen)
    if sequence.image_px is None or not len(paired) or len(seen) < 2:
        return []
    points = sequence.image_px[seen].astype(np.float64)
    before, after, times_s = points[:-1, paired], points[1:], sequence.times_s[seen]
    as_named, exchanged = (_mean_apart(after[:, order], before) for order in (paired, flip[paired]))
    changed = (
        (as_named > _SIDES_LEAST * _trunks(after))
        & (exchanged < _SIDES_RATIO * as_named)
        & (np.diff(times_s) <= _SIDES_GAP_S)
    )
    return [float(time_s) for time_s in times_s[1:][changed]]


def _mean_apart(one: Float64Array, other: Float64Array) -> Float64Array:
    """(T,) the mean distance of the joints (T, D, 2) known in both; NaN where there are none."""
    apart = np.linalg.norm(one - other, axis=2)
    known = np.isfinite(apart)
    count = known.sum(axis=1)
    return np.asarray(
        np.where(count > 0, np.where(known, apart, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)
    )


def _trunks(points: Float64Array) -> Float64Array:
    """(T,) an estimate of the trunk's length: a third of the longer side of the box around the known joints."""
    known = np.isfinite(points).all(axis=2, keepdims=True)
    low, high = (np.where(known, points, fill) for fill in (np.inf, -np.inf))
    return np.asarray((high.max(axis=1) - low.min(axis=1)).max(axis=1) / 3)
