"""Clips of the same movement: copied, cut, shifted, mirrored or encoded again.

Short pieces of each person's movement are searched among those of all others; where pieces agree, the two movements
are aligned at that shift and compared as a whole.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float32Array
from laban.pipeline.dataset.facts import Facts
from laban.pipeline.dataset.findings import AuditSettings
from laban.pipeline.dataset.tracks import FPS, Track

_PIECE_ROWS = 20
_EVERY_ROWS = 10
_STRIDE = 2
_NEAREST = 8
_BLOCK = 512
_LOOSER = 2.0
_LEAST_SHARE = 0.6
_STILL_TORSO = 0.02
_STILL_APART_TORSO = 0.004


@dataclass(frozen=True)
class NearDuplicate:
    """Two clips (positions) that show one movement; ``shift_s`` is by how much the second runs later."""

    first: int
    second: int
    shift_s: float
    mirrored: bool
    apart_torso: float


@dataclass(frozen=True, eq=False)
class _Pieces:
    """(N, D) pieces of tracks, and from which track and row each comes."""

    values: Float32Array
    track: np.ndarray
    row: np.ndarray


def near_duplicates(facts: Sequence[Facts], settings: AuditSettings) -> tuple[NearDuplicate, ...]:
    """Every pair of clips, once each, that show one movement, the closest match of each pair."""
    tracks = [(one.index, track) for one in facts for track in one.tracks]
    if len({index for index, _ in tracks}) < 2:
        return ()
    best: dict[tuple[int, int], NearDuplicate] = {}
    plain = _pieces([track.points for _, track in tracks], every=1)
    for mirrored in (False, True):
        asked = _pieces(
            [track.mirrored if mirrored else track.points for _, track in tracks], every=_EVERY_ROWS
        )
        for one, other, shift in _candidates(asked, plain, tracks, settings):
            found = _compared(tracks[one], tracks[other], shift, mirrored, settings)
            if found is None:
                continue
            pair = found.first, found.second
            if pair not in best or found.apart_torso < best[pair].apart_torso:
                best[pair] = found
    return tuple(best[pair] for pair in sorted(best))


def _pieces(tracks: Sequence[Float32Array], *, every: int) -> _Pieces:
    values, owners, rows = [], [], []
    for owner, points in enumerate(tracks):
        flat = points.reshape(len(points), -1)
        if len(flat) < _PIECE_ROWS:
            continue
        slid = np.lib.stride_tricks.sliding_window_view(flat, _PIECE_ROWS, axis=0)
        starts = np.unique([*range(0, len(slid), every), len(slid) - 1])
        values.append(slid[starts][:, :, ::_STRIDE].reshape(len(starts), -1))
        owners.append(np.full(len(starts), owner))
        rows.append(starts)
    if not values:
        return _Pieces(np.zeros((0, 1), np.float32), np.zeros(0, int), np.zeros(0, int))
    return _Pieces(np.ascontiguousarray(np.concatenate(values)), np.concatenate(owners), np.concatenate(rows))


def _candidates(
    asked: _Pieces, held: _Pieces, tracks: Sequence[tuple[int, Track]], settings: AuditSettings
) -> Iterator[tuple[int, int, int]]:
    """Pairs of tracks of different clips, and the shift in rows at which a piece of each agrees."""
    clip = np.array([index for index, _ in tracks])
    limit = (_LOOSER * settings.apart_torso) ** 2 * asked.values.shape[1]
    squares = (held.values**2).sum(axis=1)
    seen: set[tuple[int, int, int]] = set()
    for start in range(0, len(asked.values), _BLOCK):
        block = asked.values[start : start + _BLOCK]
        apart = (block**2).sum(axis=1)[:, None] + squares - 2 * block @ held.values.T
        owners = asked.track[start : start + _BLOCK]
        apart[clip[owners][:, None] == clip[held.track][None]] = np.inf
        count = min(_NEAREST, apart.shape[1])
        nearest = np.argpartition(apart, count - 1, axis=1)[:, :count]
        for query, hits in enumerate(nearest):
            for hit in hits[apart[query, hits] <= limit]:
                shift = int(held.row[hit] - asked.row[start + query])
                found = int(owners[query]), int(held.track[hit]), shift
                if found not in seen:
                    seen.add(found)
                    yield found


def _compared(
    one: tuple[int, Track], other: tuple[int, Track], shift: int, mirrored: bool, settings: AuditSettings
) -> NearDuplicate | None:
    first = one[1].mirrored if mirrored else one[1].points
    second = other[1].points
    start, stop = max(0, -shift), min(len(first), len(second) - shift)
    if stop - start < max(_PIECE_ROWS, _LEAST_SHARE * min(len(first), len(second))):
        return None
    left, right = first[start:stop], second[start + shift : stop + shift]
    apart = float(np.sqrt(np.mean((left - right) ** 2)))
    if not _is_one(left, right, apart, settings):
        return None
    shift_s = shift / FPS + other[1].start_s - one[1].start_s
    if one[0] > other[0]:
        one, other, shift_s = other, one, -shift_s
    return NearDuplicate(one[0], other[0], shift_s, mirrored, apart)


def _is_one(left: Float32Array, right: Float32Array, apart: float, settings: AuditSettings) -> bool:
    """Whether two tracks are one movement: joints are close, and changes agree. People who keep still look alike,
    and are the same only where all digits agree."""
    moved = [points - points.mean(axis=0) for points in (left, right)]
    sizes = [float(np.sqrt(np.mean(one**2))) for one in moved]
    if min(sizes) < _STILL_TORSO:
        return apart <= _STILL_APART_TORSO
    alike = float(np.mean(moved[0] * moved[1])) / (sizes[0] * sizes[1])
    return apart <= settings.apart_torso and alike >= settings.alike
