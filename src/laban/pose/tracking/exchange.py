"""Corrects identities after people occluded each other.

A person who came near others may be any of them. Once people are apart again, their appearance is collected again
and compared with the earlier one, and identities are exchanged where that increases similarity.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from laban.core.arrays import IntArray
from laban.pose.tracking.body import Bodies, overlapping
from laban.pose.tracking.observation import Observation
from laban.pose.tracking.reid import difference, differences, recent_looks
from laban.pose.tracking.settings import TrackerSettings
from laban.pose.tracking.track import Track

_CONFIRMING_LOOKS = 2
_SETTLING_LOOKS = 3
_UNKNOWN_APPEARANCE, _UNKNOWN_SHAPE = 0.4, 0.05
_UNREACHABLE = 1e6


def is_confirmed(track: Track, settings: TrackerSettings) -> bool:
    """Whether a person has been seen for long enough to be confused with another."""
    return track.sightings >= _CONFIRMING_LOOKS and track.seen_frames >= settings.min_hits


def is_doubtful(track: Track, settings: TrackerSettings, *, time_s: float) -> bool:
    """Whether a person found again differs from before; the right one may still appear."""
    if track.is_settled or time_s - track.back_s > settings.max_age_s:
        return False
    unlike = difference(track.recent, track.identity.known, shape_weight=settings.shape_weight)
    return unlike is not None and unlike > settings.reid_threshold


def confuse(tracks: Iterable[Track]) -> None:
    """Merges the candidate identities of people who are near each other."""
    mixed = list(tracks)
    people = frozenset().union(*(track.could_be for track in mixed))
    if len(people) > 1:
        for track in mixed:
            track.confuse(people)


def look(
    tracks: Sequence[Track], observations: Sequence[Observation], bodies: Bodies, *, frames: float
) -> None:
    """Stores the appearance of everybody who is apart from others, and who came near whom."""
    for row, touching in enumerate(overlapping(bodies).tolist()):
        track = tracks[row]
        if any(touching):
            confuse([track, *(other for other, is_near in zip(tracks, touching, strict=True) if is_near)])
        else:
            looks = track.identity.known if track.is_settled else track.recent
            looks.add(observations[row].appearance, bodies.shape[row], frames=frames)


def exchange(tracks: Sequence[Track], settings: TrackerSettings, *, time_s: float) -> None:
    """Assigns identities to the most similar bodies, and locks those compared for long enough."""
    unsure = [track for track in tracks if not track.is_settled and is_confirmed(track, settings)]
    enough = [track.recent.shape.frames >= settings.compare_after_frames for track in unsure]
    if any(enough):
        identities = [track.identity for track in unsure]
        for track, column in zip(unsure, _likest(unsure, enough, settings), strict=True):
            track.identity = identities[column]
    for track in unsure:
        if _is_looked_at(track, settings) and not is_doubtful(track, settings, time_s=time_s):
            _settle(track, tracks)


def _likest(unsure: Sequence[Track], enough: Sequence[bool], settings: TrackerSettings) -> IntArray:
    """(N,) for each uncertain body the position of the one whose identity it takes; mostly its own."""
    known = [track.identity.known for track in unsure]
    cost = differences([one.recent for one in unsure], known, shape_weight=settings.shape_weight)
    cost[~np.array(enough)] = np.nan
    dressed = np.array([one.recent.appearance.value is not None for one in unsure])
    unknown = np.where(dressed, _UNKNOWN_APPEARANCE, _UNKNOWN_SHAPE)[:, None]
    cost = np.where(np.isnan(cost), unknown, cost)
    people = [track.person for track in unsure]
    possible = np.array([[one in track.could_be for one in people] for track in unsure])
    cost = np.where(possible, cost, _UNREACHABLE)
    np.fill_diagonal(cost, cost.diagonal() - settings.margin / 2)
    return np.asarray(linear_sum_assignment(cost)[1])


def _is_looked_at(track: Track, settings: TrackerSettings) -> bool:
    seen = track.recent.shape
    return seen.looks >= _SETTLING_LOOKS and seen.frames >= settings.lock_after_frames


def _settle(track: Track, tracks: Sequence[Track]) -> None:
    """Locks an identity, so that no other body can have it."""
    person = track.person
    track.could_be, track.is_settled = frozenset([person]), True
    for other in tracks:
        if other is not track and person in other.could_be:
            other.could_be = (other.could_be - {person}) | {other.person}
    track.recent = recent_looks()
