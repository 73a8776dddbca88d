"""Pairs the bodies of a frame with tracks: duplicates are dropped, and every pairing has a cost."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from laban.core.arrays import Float64Array
from laban.pose.tracking.body import Bodies, appearance_distances, body_distances, joint_distances
from laban.pose.tracking.observation import Observation
from laban.pose.tracking.settings import TrackerSettings
from laban.pose.tracking.track import Track

_UNREACHABLE = 1e6
_MOST_APART = 1.5
_POSE_TIME_S = 0.4


def without_doubles(
    observations: Sequence[Observation], bodies: Bodies, *, nearer_than: float
) -> Mapping[int, frozenset[int]]:
    """One observation per body, the most confident, with all persons predicted there; in order of position."""
    if len(observations) == 1:
        return {0: frozenset(() if observations[0].hint is None else (observations[0].hint,))}
    same = (body_distances(bodies, bodies) < nearer_than).tolist()
    order = sorted(range(len(observations)), key=lambda index: (-observations[index].pose.score, index))
    groups: dict[int, set[int]] = {}
    for index in order:
        double_of = next((kept for kept in groups if same[kept][index]), index)
        hint = observations[index].hint
        groups.setdefault(double_of, set()).update(() if hint is None else (hint,))
    return {index: frozenset(groups[index]) for index in sorted(groups)}


def without_ghosts(known: Collection[int], bodies: Bodies, *, nearer_than: float) -> list[int]:
    """The rows of known people, and of others that do not overlap a known person."""
    if len(known) in (0, len(bodies)):
        return list(range(len(bodies)))
    apart = body_distances(bodies, bodies)[:, sorted(known)]
    return [row for row in range(len(bodies)) if row in known or apart[row].min() >= nearer_than]


def assign(
    tracks: Sequence[Track],
    observations: Sequence[Observation],
    bodies: Bodies,
    hints: Sequence[frozenset[int]],
    *,
    time_s: float,
    settings: TrackerSettings,
) -> dict[int, Track]:
    """The track of each observation that has one, by least total cost."""
    if not tracks:
        return {}
    cost = pairing_costs(tracks, observations, bodies, hints, time_s=time_s, settings=settings)
    pairs = zip(*(one.tolist() for one in linear_sum_assignment(cost)), strict=True)
    return {column: tracks[row] for row, column in pairs if cost[row, column] < _UNREACHABLE}


def pairing_costs(
    tracks: Sequence[Track],
    observations: Sequence[Observation],
    bodies: Bodies,
    hints: Sequence[frozenset[int]],
    *,
    time_s: float,
    settings: TrackerSettings,
) -> Float64Array:
    """(tracks, observations) cost of each pairing; unreachable ones cost more than anything."""
    gap_s = np.array([[time_s - track.seen_s] for track in tracks])
    torso = np.array([[track.torso_px] for track in tracks])
    larger = np.maximum(torso, bodies.torso_px)
    away = _away_px(tracks, bodies, time_s) / larger
    reach = settings.gate + settings.gate_growth_per_s * gap_s
    size = np.abs(np.log(torso / bodies.torso_px))
    appearance = appearance_distances(
        [track.identity.known.appearance.value for track in tracks], [one.appearance for one in observations]
    )
    cost = (
        settings.distance_weight * away / reach
        + settings.pose_weight * (_pose(tracks, bodies, larger) * np.exp(-gap_s / _POSE_TIME_S))
        + settings.size_weight * size
        + settings.appearance_weight * appearance
        + settings.doubt_weight * np.array([1 - one.pose.score for one in observations])
    )
    if any(hints):
        hinted = [[settings.hint_weight * (track.person in hint) for hint in hints] for track in tracks]
        cost = cost - np.array(hinted)
    impossible = (away > reach) | (size > settings.same_size * (1 + gap_s))
    # After some time out of sight another person may be there, so the appearance must not contradict.
    impossible |= (gap_s > settings.sure_s) & (appearance > settings.same_appearance)
    return np.where(impossible, _UNREACHABLE, cost)


def _away_px(tracks: Sequence[Track], bodies: Bodies, time_s: float) -> Float64Array:
    apart = np.array([[track.expected_px(time_s)] for track in tracks]) - bodies.hip_px
    return np.asarray(np.sqrt(np.vecdot(apart, apart)))


def _pose(tracks: Sequence[Track], bodies: Bodies, larger_px: Float64Array) -> Float64Array:
    """The distance of the joints with the hips aligned."""
    remembered = (np.array([one.pose_px for one in tracks]), np.array([one.weight for one in tracks]))
    apart = joint_distances(remembered, (bodies.pose_px, bodies.weight), larger_px=larger_px)
    return np.minimum(apart, _MOST_APART)
