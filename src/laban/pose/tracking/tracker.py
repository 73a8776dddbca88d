"""Who is who: one assignment over everybody, every frame, by motion, pose, size and clothes.

The candidates of a frame are not believed to be whom they were looked for as: when two people meet, the
network often finds the front one in both regions. Doubles are merged, the assignment decides whose the body
is, and the other is remembered, moving on as it did, until it is seen again or for ``max_lost_s``.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from laban.core.arrays import Float32Array, Float64Array, IntArray
from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33, Skeleton
from laban.errors import InvalidValueError
from laban.pose.tracking.body import (
    Bodies,
    appearance_distances,
    body_distances,
    measurable,
    measure,
    overlapping,
)
from laban.pose.tracking.joints import shared_skeleton
from laban.pose.tracking.pace import Pace
from laban.pose.tracking.reid import Identity, Looks, differences, recent_looks
from laban.pose.tracking.sides import Sides, SidesSettings

_SPEED_TIME_S = 0.15
_DAMPING_TIME_S = 1.0
_SIZE_TIME_S = 0.18
_LEAST_SIZE_SHARE = 0.2
_OUT_OF_SIGHT_S = 0.15
_OUT_OF_SIGHT_STEPS = 2.5
_CONFIRMING_LOOKS = 2
_SETTLING_LOOKS = 3
_UNKNOWN_CLOTHES, _UNKNOWN_SHAPE = 0.4, 0.05
_UNREACHABLE = 1e6


@dataclass(frozen=True)
class TrackerSettings:
    """How people are told apart. Lengths are in torso lengths.

    ``max_lost_s``: how long somebody out of sight is remembered. ``double``: bodies nearer than this are one.
    ``reach`` and ``reach_per_s``: how far from where they are expected people are looked for, at once and for
    each second out of sight. ``same_size``: how far the logarithm of the size may change at once.
    ``same_clothes``: how far the colours of somebody out of sight for more than ``sure_s`` may differ, 0 to 1.
    The weights are those of the distance, of the pose, of the size, of the clothes, of the network's doubt, and
    of being found where looked for.

    ``confirm``: the frames until a newcomer may be taken for somebody else; whoever vanishes sooner is forgotten.
    ``ghost``: a body that is nobody yet and nearer than this to somebody is a second skeleton on one body.
    ``judge``: the clear frames after people part until their looks are compared; they exchange identities where
    that makes them more alike by ``margin`` in all. ``settle``: the frames until that is for good,
    unless somebody found again looks unlike before by ``doubt``.
    ``shape_weight``: how much the proportions of the body say beside the clothes.
    """

    max_lost_s: float = 2.0
    double: float = 0.3
    reach: float = 0.9
    reach_per_s: float = 5.0
    same_size: float = 0.4
    same_clothes: float = 0.7
    sure_s: float = 0.1
    distance_weight: float = 1.0
    pose_weight: float = 0.8
    size_weight: float = 0.8
    appearance_weight: float = 1.2
    doubt_weight: float = 0.5
    hint_weight: float = 0.15
    confirm: int = 3
    ghost: float = 0.6
    judge: int = 2
    settle: int = 15
    margin: float = 0.25
    doubt: float = 0.2
    shape_weight: float = 0.3
    sides: SidesSettings = field(default_factory=SidesSettings)


@dataclass(frozen=True, eq=False)
class Observation:
    """A body found in one frame: its pose, its colours if known, and as whom it was looked for, if as anyone."""

    pose: Pose
    appearance: Float32Array | None = None
    hint: int | None = None


@dataclass(frozen=True, eq=False)
class Tracked:
    """A pose with its person, and the position of the observation it came from."""

    pose: Pose
    person: int
    observation: int


@dataclass(eq=False)
class _Track:
    """What is remembered of one body, and whose it is taken to be.

    ``could_be`` are the people it may have been confused with since it was last clear who it is; ``recent``
    what it has looked like since then while nobody was in the way; ``back_s`` when it was last found again.
    """

    identity: Identity
    hip_px: Float64Array
    torso_px: float
    joints_px: Float64Array
    weight: Float64Array
    shape: Float64Array
    seen_s: float
    sides: Sides
    could_be: frozenset[int]
    sightings: int = 0
    seen_frames: float = 0.0
    is_settled: bool = True
    back_s: float = -math.inf
    recent: Looks = field(default_factory=recent_looks)
    velocity_px_s: Float64Array = field(default_factory=lambda: np.zeros(2))

    @property
    def person(self) -> int:
        return self.identity.person

    def confuse(self, people: frozenset[int]) -> None:
        """Notes that this may be any of ``people``; what it looks like is gathered anew."""
        self.could_be |= people
        self.is_settled = False
        self.recent = recent_looks()

    def shift_px(self, time_s: float) -> Float64Array:
        """(2,) how far the person has gone since last seen, slowing down as time passes."""
        elapsed_s = time_s - self.seen_s
        return np.asarray(self.velocity_px_s * _DAMPING_TIME_S * (1 - math.exp(-elapsed_s / _DAMPING_TIME_S)))


class Tracker:
    """Gives every body of every frame its person.

    The poses may be of any one skeleton that has shoulders and hips, and landmarks may be missing (NaN): a body of
    which fewer than three main joints are known is left out.
    """

    def __init__(self, settings: TrackerSettings | None = None) -> None:
        self._settings = settings or TrackerSettings()
        self._tracks: list[_Track] = []
        self._next_person = 0
        self._pace = Pace()
        self._skeleton: Skeleton | None = None

    def update(self, observations: Sequence[Observation], *, time_s: float) -> list[Tracked]:
        """The people of the frame at ``time_s``, in order of their ids; doubles are left out.

        Raises InvalidValueError where the poses are not all of one skeleton, or of one without shoulders or hips.
        """
        self._check_skeleton(observations)
        if (usable := _usable(observations)) is not None:
            followed = self.update([observations[index] for index in usable], time_s=time_s)
            return [replace(one, observation=usable[one.observation]) for one in followed]
        self._pace.note(time_s)
        self._forget(time_s)
        if not observations:
            return []
        bodies = measure([one.pose for one in observations])
        groups = _without_doubles(observations, bodies, nearer_than=self._settings.double)
        kept = sorted(groups)
        chosen = _take(bodies, kept)
        seen = [observations[index] for index in kept]
        assigned = self._assign(seen, chosen, [groups[index] for index in kept], time_s)
        rows = _without_ghosts(assigned.keys(), chosen, nearer_than=self._settings.ghost)
        assigned = {new: assigned[row] for new, row in enumerate(rows) if row in assigned}
        kept, seen, chosen = [kept[row] for row in rows], [seen[row] for row in rows], _take(chosen, rows)
        tracks = self._tracks_of(assigned, chosen, time_s)
        for row, track in enumerate(tracks):
            _move(track, chosen, row, time_s, step_s=self._pace.step_s)
        self._look(tracks, seen, chosen)
        self._exchange(time_s)
        tracked = [
            _tracked(track, observations[index], index, time_s)
            for track, index in zip(tracks, kept, strict=True)
        ]
        return sorted(tracked, key=lambda one: one.person)

    def _check_skeleton(self, observations: Sequence[Observation]) -> None:
        if not observations:
            return
        own, given = self._skeleton, shared_skeleton(one.pose for one in observations)
        if own is not None and own != given:
            raise InvalidValueError(
                f"this tracker follows poses of {own.name}, got {given.name}: convert them to one skeleton"
            )
        self._skeleton = given

    def _tracks_of(self, assigned: Mapping[int, _Track], bodies: Bodies, time_s: float) -> list[_Track]:
        """The track of each observation; one that was out of sight may be anybody else who was."""
        taken = {id(track) for track in assigned.values()}
        missing = [track for track in self._tracks if id(track) not in taken]
        doubtful = [
            track for track in self._tracks if id(track) in taken and self._is_doubtful(track, time_s)
        ]
        tracks = []
        for row in range(len(bodies)):
            track = assigned.get(row) or self._add(bodies, row, time_s)
            track.sightings += 1
            track.seen_frames += self._pace.frames
            is_back = self._is_out_of_sight(track, time_s)
            if is_back:
                track.confuse(frozenset())
                track.back_s = time_s
            if is_back or row not in assigned:
                others = self._within_reach(missing, bodies.hip_px[row], time_s)
                self._confuse([track, *others, *doubtful])
            tracks.append(track)
        return tracks

    def _is_confirmed(self, track: _Track) -> bool:
        return track.sightings >= _CONFIRMING_LOOKS and track.seen_frames >= self._settings.confirm

    def _is_doubtful(self, track: _Track, time_s: float) -> bool:
        """Whether somebody found again, perhaps wrongly, looks unlike before; then the right one may still come."""
        if track.is_settled or time_s - track.back_s > self._settings.max_lost_s:
            return False
        unlike = differences([track.recent], [track.identity.known], shape_weight=self._settings.shape_weight)
        return bool(unlike[0, 0] > self._settings.doubt)  # NaN, not yet looked at, is no reason to doubt

    def _within_reach(self, missing: Sequence[_Track], hip_px: Float64Array, time_s: float) -> list[_Track]:
        settings = self._settings
        reaches = [settings.reach + settings.reach_per_s * (time_s - one.seen_s) for one in missing]
        away = [float(np.linalg.norm(one.hip_px + one.shift_px(time_s) - hip_px)) for one in missing]
        return [
            one
            for one, reach, far in zip(missing, reaches, away, strict=True)
            if far < reach * one.torso_px and self._is_out_of_sight(one, time_s)
        ]

    def _confuse(self, tracks: Sequence[_Track]) -> None:
        people = frozenset().union(*(track.could_be for track in tracks))
        if len(people) > 1:
            for track in tracks:
                track.confuse(people)

    def _look(self, tracks: Sequence[_Track], observations: Sequence[Observation], bodies: Bodies) -> None:
        """Remembers what everybody looks like who stands clear, and who has come near whom."""
        touching, frames = overlapping(bodies), self._pace.frames
        for row, track in enumerate(tracks):
            others = [tracks[other] for other in np.flatnonzero(touching[row]).tolist()]
            if others:
                self._confuse([track, *others])
            elif track.is_settled:
                track.identity.known.add(observations[row].appearance, bodies.shape[row], frames=frames)
            else:
                track.recent.add(observations[row].appearance, bodies.shape[row], frames=frames)

    def _exchange(self, time_s: float) -> None:
        """Gives identities back to the bodies that look like them, and settles those looked at long enough."""
        unsure = [track for track in self._tracks if not track.is_settled and self._is_confirmed(track)]
        enough = [track.recent.shape.frames >= self._settings.judge for track in unsure]
        if any(enough):
            identities = [track.identity for track in unsure]
            for track, column in zip(unsure, self._likest(unsure, enough), strict=True):
                track.identity = identities[column]
        for track in unsure:
            if self._is_looked_at(track) and not self._is_doubtful(track, time_s):
                self._settle(track)

    def _likest(self, unsure: Sequence[_Track], enough: Sequence[bool]) -> IntArray:
        """(N,) for each unsure body the position of the one whose identity it takes; mostly its own."""
        known = [track.identity.known for track in unsure]
        cost = differences([one.recent for one in unsure], known, shape_weight=self._settings.shape_weight)
        cost[~np.array(enough)] = np.nan
        dressed = np.array([one.recent.clothes.value is not None for one in unsure])
        unknown = np.where(dressed, _UNKNOWN_CLOTHES, _UNKNOWN_SHAPE)[:, None]
        cost = np.where(np.isnan(cost), unknown, cost)
        possible = np.array([[one.person in track.could_be for one in unsure] for track in unsure])
        cost = np.where(possible, cost, _UNREACHABLE)
        np.fill_diagonal(cost, cost.diagonal() - self._settings.margin / 2)
        return np.asarray(linear_sum_assignment(cost)[1])

    def _is_looked_at(self, track: _Track) -> bool:
        seen = track.recent.shape
        return seen.looks >= _SETTLING_LOOKS and seen.frames >= self._settings.settle

    def _settle(self, track: _Track) -> None:
        """It is clear now who this is, so nobody else is."""
        person = track.person
        track.could_be, track.is_settled = frozenset([person]), True
        for other in self._tracks:
            if other is not track and person in other.could_be:
                other.could_be = (other.could_be - {person}) | {other.person}
        track.recent = recent_looks()

    def _assign(
        self,
        observations: Sequence[Observation],
        bodies: Bodies,
        hints: Sequence[frozenset[int]],
        time_s: float,
    ) -> dict[int, _Track]:
        """The track of each observation that has one, by least total cost."""
        if not self._tracks:
            return {}
        cost = self._costs(observations, bodies, hints, time_s)
        rows, columns = linear_sum_assignment(cost)
        return {
            int(column): self._tracks[row]
            for row, column in zip(rows, columns, strict=True)
            if cost[row, column] < _UNREACHABLE
        }

    def _costs(
        self,
        observations: Sequence[Observation],
        bodies: Bodies,
        hints: Sequence[frozenset[int]],
        time_s: float,
    ) -> Float64Array:
        """(tracks, observations) cost of each pairing; unreachable ones cost more than anything."""
        settings = self._settings
        expected = self._expected(time_s)
        gap_s = np.array([time_s - track.seen_s for track in self._tracks])[:, None]
        larger = np.maximum(expected.torso_px[:, None], bodies.torso_px[None])
        away = np.sqrt(((expected.hip_px[:, None] - bodies.hip_px[None]) ** 2).sum(axis=2)) / larger
        reach = settings.reach + settings.reach_per_s * gap_s
        pose = np.minimum(body_distances(_at_hips(expected), _at_hips(bodies)), 1.5) * np.exp(-gap_s / 0.4)
        size = np.abs(np.log(expected.torso_px[:, None] / bodies.torso_px[None]))
        clothes = appearance_distances(
            [track.identity.known.clothes.value for track in self._tracks],
            [one.appearance for one in observations],
        )
        doubtful = 1 - np.array([one.pose.score for one in observations])
        hinted = np.array([[track.person in hint for hint in hints] for track in self._tracks])
        cost = (
            settings.distance_weight * away / reach
            + settings.pose_weight * pose
            + settings.size_weight * size
            + settings.appearance_weight * clothes
            + settings.doubt_weight * doubtful
            - settings.hint_weight * hinted
        )
        # After a while out of sight somebody else may stand there, so the clothes must not speak against it.
        stranger = (gap_s > settings.sure_s) & (clothes > settings.same_clothes)
        other_size = size > settings.same_size * (1 + gap_s)
        return np.where((away > reach) | other_size | stranger, _UNREACHABLE, cost)

    def _expected(self, time_s: float) -> Bodies:
        shifts = np.array([track.shift_px(time_s) for track in self._tracks])
        return Bodies(
            hip_px=np.array([track.hip_px for track in self._tracks]) + shifts,
            torso_px=np.array([track.torso_px for track in self._tracks]),
            joints_px=np.array([track.joints_px for track in self._tracks]) + shifts[:, None],
            weight=np.array([track.weight for track in self._tracks]),
            shape=np.array([track.shape for track in self._tracks]),
        )

    def _add(self, bodies: Bodies, row: int, time_s: float) -> _Track:
        track = _Track(
            identity=Identity(self._next_person),
            hip_px=bodies.hip_px[row],
            torso_px=float(bodies.torso_px[row]),
            joints_px=bodies.joints_px[row],
            weight=bodies.weight[row],
            shape=bodies.shape[row],
            seen_s=time_s,
            sides=Sides(self._settings.sides, skeleton=self._skeleton or BLAZEPOSE33),
            could_be=frozenset([self._next_person]),
        )
        self._next_person += 1
        self._tracks.append(track)
        return track

    def _forget(self, time_s: float) -> None:
        self._tracks = [track for track in self._tracks if time_s - track.seen_s <= self._memory_s(track)]

    def _memory_s(self, track: _Track) -> float:
        return self._settings.max_lost_s if self._is_confirmed(track) else self._moment_s

    @property
    def _moment_s(self) -> float:
        """A moment: a few frames where they are far apart, though no longer than anybody is remembered."""
        few_frames_s = min(_OUT_OF_SIGHT_STEPS * self._pace.step_s, self._settings.max_lost_s)
        return max(_OUT_OF_SIGHT_S, few_frames_s)

    def _is_out_of_sight(self, track: _Track, time_s: float) -> bool:
        """Whether somebody has been missed for a moment; of slow frames one without them is enough."""
        unseen_s = time_s - track.seen_s
        was_missed = track.seen_s < self._pace.before_s
        return unseen_s > self._moment_s or (was_missed and unseen_s > _OUT_OF_SIGHT_S)


def _usable(observations: Sequence[Observation]) -> list[int] | None:
    """The positions of those with enough known landmarks to be followed; None where all are."""
    poses = [one.pose for one in observations]
    if all(np.isfinite(pose.image_px).all() for pose in poses):
        return None
    known = measurable(poses)
    return known if len(known) < len(poses) else None


def _without_doubles(
    observations: Sequence[Observation], bodies: Bodies, *, nearer_than: float
) -> dict[int, frozenset[int]]:
    """One observation a body, the surest, with everybody it was looked for as."""
    if len(observations) == 1:
        return {0: frozenset(() if observations[0].hint is None else (observations[0].hint,))}
    same = body_distances(bodies, bodies) < nearer_than
    order = sorted(range(len(observations)), key=lambda index: (-observations[index].pose.score, index))
    groups: dict[int, set[int]] = {}
    for index in order:
        double_of = next((kept for kept in groups if same[kept, index]), index)
        hint = observations[index].hint
        groups.setdefault(double_of, set()).update(() if hint is None else (hint,))
    return {index: frozenset(hints) for index, hints in groups.items()}


def _without_ghosts(known: Collection[int], bodies: Bodies, *, nearer_than: float) -> list[int]:
    """The rows of those who are known, and of the others that are not on somebody known."""
    if len(known) in (0, len(bodies)):
        return list(range(len(bodies)))
    apart = body_distances(bodies, bodies)[:, sorted(known)]
    return [row for row in range(len(bodies)) if row in known or apart[row].min() >= nearer_than]


def _take(bodies: Bodies, rows: Sequence[int]) -> Bodies:
    index = list(rows)
    if index == list(range(len(bodies))):
        return bodies
    return Bodies(
        bodies.hip_px[index],
        bodies.torso_px[index],
        bodies.joints_px[index],
        bodies.weight[index],
        bodies.shape[index],
    )


def _at_hips(bodies: Bodies) -> Bodies:
    """The same bodies with their hips at the origin."""
    return replace(bodies, joints_px=bodies.joints_px - bodies.hip_px[:, None])


def _move(track: _Track, bodies: Bodies, row: int, time_s: float, *, step_s: float) -> None:
    """Remembers where somebody is now, and how fast it went there."""
    elapsed_s = time_s - track.seen_s
    if elapsed_s > 0:
        speed = (bodies.hip_px[row] - track.hip_px) / elapsed_s
        track.velocity_px_s = track.velocity_px_s + (1 - math.exp(-elapsed_s / _SPEED_TIME_S)) * (
            speed - track.velocity_px_s
        )
    track.hip_px, track.joints_px = bodies.hip_px[row], bodies.joints_px[row]
    track.weight, track.shape, track.seen_s = bodies.weight[row], bodies.shape[row], time_s
    share = max(_LEAST_SIZE_SHARE, 1 - math.exp(-step_s / _SIZE_TIME_S))
    track.torso_px += share * (float(bodies.torso_px[row]) - track.torso_px)


def _tracked(track: _Track, observation: Observation, index: int, time_s: float) -> Tracked:
    order = track.sides.order(observation.pose.image_px, torso_px=track.torso_px, time_s=time_s)
    return Tracked(_named(observation.pose, track.person, order), track.person, index)


def _named(pose: Pose, person: int, order: IntArray) -> Pose:
    if (order[1:] > order[:-1]).all():
        return pose.as_person(person)
    return replace(
        pose,
        person=person,
        image_px=pose.image_px[order],
        visibility=pose.visibility[order],
        depth_px=None if pose.depth_px is None else pose.depth_px[order],
        world_m=None if pose.world_m is None else pose.world_m[order],
    )
