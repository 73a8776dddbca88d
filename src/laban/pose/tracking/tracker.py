"""The tracker: one assignment of all bodies per frame, by motion, pose, size and appearance.

A body found in a predicted region is not assumed to be the predicted person: when two people meet, the network
often finds the front one in both regions. Duplicates are merged, the assignment decides whose the body is, and the
other person is extrapolated until it is seen again or for ``max_age_s``.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from laban.core.arrays import IntArray
from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33, Skeleton
from laban.errors import InvalidValueError
from laban.pose.tracking.body import Bodies, measure
from laban.pose.tracking.exchange import confuse, exchange, is_confirmed, is_doubtful, look
from laban.pose.tracking.joints import shared_skeleton
from laban.pose.tracking.landmarks import gather
from laban.pose.tracking.observation import Observation, Tracked
from laban.pose.tracking.pace import Pace
from laban.pose.tracking.pairing import assign, without_doubles, without_ghosts
from laban.pose.tracking.reid import Identity
from laban.pose.tracking.settings import TrackerSettings
from laban.pose.tracking.sides import LeftRightCorrector, orders
from laban.pose.tracking.track import Track, move_all

_OUT_OF_SIGHT_S = 0.15
_OUT_OF_SIGHT_STEPS = 2.5


class Tracker:
    """Assigns a person to every body of every frame.

    The poses may be of any one skeleton that has shoulders and hips, and landmarks may be missing (NaN): a body
    with fewer than three known main joints is left out.
    """

    def __init__(self, settings: TrackerSettings | None = None) -> None:
        self._settings = settings or TrackerSettings()
        self._tracks: list[Track] = []
        self._next_person = 0
        self._pace = Pace()
        self._skeleton: Skeleton | None = None

    def update(self, observations: Sequence[Observation], *, time_s: float) -> list[Tracked]:
        """The people of the frame at ``time_s``, in order of their ids; duplicates are left out.

        Raises InvalidValueError where the poses are not all of one skeleton, or of one without shoulders or hips.
        """
        skeleton = self._checked_skeleton(observations)
        self._pace.note(time_s)
        self._forget(time_s)
        if not observations:
            return []
        landmarks = gather([one.pose for one in observations], skeleton)
        rows = landmarks.measurable()
        if not rows:
            return []
        if len(rows) < len(observations):
            landmarks, observations = landmarks.take(rows), [observations[row] for row in rows]
        tracks, kept = self._follow(observations, measure(landmarks), time_s)
        exchange(self._tracks, self._settings, time_s=time_s)
        given = orders(
            [track.sides for track in tracks],
            landmarks.image_px if len(kept) == len(rows) else landmarks.image_px[kept],
            torso_px=[track.torso_px for track in tracks],
            time_s=time_s,
        )
        tracked = [
            Tracked(_named(observations[row].pose, track.person, order), track.person, rows[row])
            for track, row, order in zip(tracks, kept, given, strict=True)
        ]
        return sorted(tracked, key=lambda one: one.person)

    def _follow(
        self, observations: Sequence[Observation], bodies: Bodies, time_s: float
    ) -> tuple[list[Track], list[int]]:
        """The updated track of each body that has one, and its position among the bodies."""
        settings = self._settings
        groups = without_doubles(observations, bodies, nearer_than=settings.duplicate_distance)
        kept, hints = list(groups), list(groups.values())
        seen, chosen = [observations[index] for index in kept], bodies.take(kept)
        assigned = assign(self._tracks, seen, chosen, hints, time_s=time_s, settings=settings)
        rows = without_ghosts(assigned.keys(), chosen, nearer_than=settings.false_positive_distance)
        assigned = {new: assigned[row] for new, row in enumerate(rows) if row in assigned}
        kept, seen, chosen = [kept[row] for row in rows], [seen[row] for row in rows], chosen.take(rows)
        tracks = self._tracks_of(assigned, chosen, time_s)
        move_all(tracks, chosen, time_s=time_s, step_s=self._pace.step_s)
        look(tracks, seen, chosen, frames=self._pace.frames)
        return tracks, kept

    def _checked_skeleton(self, observations: Sequence[Observation]) -> Skeleton:
        own = self._skeleton
        if all(one.pose.skeleton is own for one in observations):
            return own or BLAZEPOSE33
        given = shared_skeleton(one.pose for one in observations)
        if own is not None and own != given:
            raise InvalidValueError(
                f"this tracker has poses of {own.name}, got {given.name}: convert them to one skeleton"
            )
        self._skeleton = given
        return given

    def _tracks_of(self, assigned: Mapping[int, Track], bodies: Bodies, time_s: float) -> list[Track]:
        """The track of each observation; one that was out of sight may be any other person out of sight."""
        missing, doubtful = self._others(assigned, len(bodies), time_s)
        frames, tracks = self._pace.frames, []
        for row in range(len(bodies)):
            track = assigned.get(row) or self._add(bodies, row, time_s)
            track.sightings += 1
            track.seen_frames += frames
            is_back = self._is_out_of_sight(track, time_s)
            if is_back:
                track.confuse(frozenset())
                track.back_s = time_s
            if is_back or row not in assigned:
                confuse([track, *self._within_reach(missing, bodies, row, time_s), *doubtful])
            tracks.append(track)
        return tracks

    def _others(
        self, assigned: Mapping[int, Track], bodies: int, time_s: float
    ) -> tuple[list[Track], list[Track]]:
        """The tracks without a body now, and those with an uncertain body, as candidates for people who come back
        or are new; none where nobody does."""
        now = list(assigned.values())
        if len(now) == bodies and not any(self._is_out_of_sight(track, time_s) for track in now):
            return [], []
        taken = {id(track) for track in now}
        missing = [track for track in self._tracks if id(track) not in taken]
        found = [track for track in self._tracks if id(track) in taken]
        return missing, [track for track in found if is_doubtful(track, self._settings, time_s=time_s)]

    def _within_reach(self, missing: Sequence[Track], bodies: Bodies, row: int, time_s: float) -> list[Track]:
        settings, hip_px = self._settings, bodies.hip_px[row].tolist()
        return [
            one
            for one in missing
            if math.dist(one.expected_px(time_s), hip_px)
            < (settings.gate + settings.gate_growth_per_s * (time_s - one.seen_s)) * one.torso_px
            and self._is_out_of_sight(one, time_s)
        ]

    def _add(self, bodies: Bodies, row: int, time_s: float) -> Track:
        across, down = bodies.hip_px[row].tolist()
        track = Track(
            identity=Identity(self._next_person),
            hip_px=(across, down),
            torso_px=float(bodies.torso_px[row]),
            pose_px=bodies.pose_px[row],
            weight=bodies.weight[row],
            seen_s=time_s,
            sides=LeftRightCorrector(self._settings.sides, skeleton=self._skeleton or BLAZEPOSE33),
            could_be=frozenset([self._next_person]),
        )
        self._next_person += 1
        self._tracks.append(track)
        return track

    def _forget(self, time_s: float) -> None:
        self._tracks = [track for track in self._tracks if time_s - track.seen_s <= self._memory_s(track)]

    def _memory_s(self, track: Track) -> float:
        return self._settings.max_age_s if is_confirmed(track, self._settings) else self._moment_s

    @property
    def _moment_s(self) -> float:
        """A moment: a few frames where they are far apart, but at most ``max_age_s``."""
        few_frames_s = min(_OUT_OF_SIGHT_STEPS * self._pace.step_s, self._settings.max_age_s)
        return max(_OUT_OF_SIGHT_S, few_frames_s)

    def _is_out_of_sight(self, track: Track, time_s: float) -> bool:
        """Whether a person has been missing for a moment; of slow frames a single miss is enough."""
        unseen_s = time_s - track.seen_s
        if unseen_s <= _OUT_OF_SIGHT_S:
            return False
        return track.seen_s < self._pace.before_s or unseen_s > self._moment_s


def _named(pose: Pose, person: int, order: IntArray | None) -> Pose:
    if order is None:
        return pose.as_person(person)
    return replace(
        pose,
        person=person,
        image_px=pose.image_px[order],
        visibility=pose.visibility[order],
        depth_px=None if pose.depth_px is None else pose.depth_px[order],
        world_m=None if pose.world_m is None else pose.world_m[order],
    )
