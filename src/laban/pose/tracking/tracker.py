"""Who is who: one assignment over everybody, every frame, by motion, pose, size and clothes.

The candidates of a frame are not believed to be whom they were looked for as: when two people meet, the
network often finds the front one in both regions. Doubles are merged, the assignment decides whose the body
is, and the other is remembered, moving on as it did, until it is seen again or for ``max_lost_s``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from laban.core.arrays import Float32Array, Float64Array, IntArray
from laban.core.pose import Pose
from laban.pose.tracking.body import (
    Bodies,
    appearance_distances,
    body_distances,
    measure,
    overlapping,
)
from laban.pose.tracking.sides import Sides, SidesSettings

_SPEED_TIME_S = 0.15
_DAMPING_TIME_S = 1.0
_UNREACHABLE = 1e6


@dataclass(frozen=True)
class TrackerSettings:
    """How people are told apart. Lengths are in torso lengths.

    ``max_lost_s``: how long somebody out of sight is remembered. ``double``: bodies nearer than this are one.
    ``reach`` and ``reach_per_s``: how far from where they are expected people are looked for, at once and for
    each second out of sight. ``same_size``: how far the logarithm of the size may change at once.
    ``same_clothes``: how far the colours of somebody out of sight for more than ``sure_s`` may differ, 0 to 1.
    The weights are those of the distance, of the pose, of the size, of the clothes, and of being found where
    looked for.
    """

    max_lost_s: float = 2.0
    double: float = 0.3
    reach: float = 0.9
    reach_per_s: float = 5.0
    same_size: float = 0.7
    same_clothes: float = 0.7
    sure_s: float = 0.3
    distance_weight: float = 1.0
    pose_weight: float = 0.8
    size_weight: float = 0.8
    appearance_weight: float = 1.2
    hint_weight: float = 0.15
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
    """What is remembered of one person."""

    person: int
    hip_px: Float64Array
    torso_px: float
    joints_px: Float64Array
    weight: Float64Array
    seen_s: float
    appearance: Float32Array | None
    sides: Sides
    velocity_px_s: Float64Array = field(default_factory=lambda: np.zeros(2))

    def shift_px(self, time_s: float) -> Float64Array:
        """(2,) how far the person has gone since last seen, slowing down as time passes."""
        elapsed_s = time_s - self.seen_s
        return np.asarray(self.velocity_px_s * _DAMPING_TIME_S * (1 - math.exp(-elapsed_s / _DAMPING_TIME_S)))


class Tracker:
    """Gives every body of every frame its person."""

    def __init__(self, settings: TrackerSettings | None = None) -> None:
        self._settings = settings or TrackerSettings()
        self._tracks: list[_Track] = []
        self._next_person = 0

    def update(self, observations: Sequence[Observation], *, time_s: float) -> list[Tracked]:
        """The people of the frame at ``time_s``, in order of their ids; doubles are left out."""
        self._forget(time_s)
        if not observations:
            return []
        bodies = measure([one.pose for one in observations])
        groups = _without_doubles(observations, bodies, nearer_than=self._settings.double)
        kept = sorted(groups)
        chosen = _take(bodies, kept)
        assigned = self._assign(
            [observations[index] for index in kept], chosen, [groups[k] for k in kept], time_s
        )
        covered = overlapping(chosen)
        tracked = []
        for row, index in enumerate(kept):
            track = assigned.get(row) or self._add(chosen, row, time_s)
            tracked.append(
                self._note(track, observations[index], index, chosen, row, time_s, covered=bool(covered[row]))
            )
        return sorted(tracked, key=lambda one: one.person)

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
            [track.appearance for track in self._tracks], [one.appearance for one in observations]
        )
        hinted = np.array([[track.person in hint for hint in hints] for track in self._tracks])
        cost = (
            settings.distance_weight * away / reach
            + settings.pose_weight * pose
            + settings.size_weight * size
            + settings.appearance_weight * clothes
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
        )

    def _add(self, bodies: Bodies, row: int, time_s: float) -> _Track:
        track = _Track(
            person=self._next_person,
            hip_px=bodies.hip_px[row],
            torso_px=float(bodies.torso_px[row]),
            joints_px=bodies.joints_px[row],
            weight=bodies.weight[row],
            seen_s=time_s,
            appearance=None,
            sides=Sides(self._settings.sides),
        )
        self._next_person += 1
        self._tracks.append(track)
        return track

    def _note(
        self,
        track: _Track,
        observation: Observation,
        index: int,
        bodies: Bodies,
        row: int,
        time_s: float,
        *,
        covered: bool,
    ) -> Tracked:
        """Remembers what was seen of a person, and gives the pose with its sides put right."""
        elapsed_s = time_s - track.seen_s
        if elapsed_s > 0:
            speed = (bodies.hip_px[row] - track.hip_px) / elapsed_s
            track.velocity_px_s = track.velocity_px_s + (1 - math.exp(-elapsed_s / _SPEED_TIME_S)) * (
                speed - track.velocity_px_s
            )
        track.hip_px, track.joints_px = bodies.hip_px[row], bodies.joints_px[row]
        track.weight, track.seen_s = bodies.weight[row], time_s
        track.torso_px += 0.2 * (float(bodies.torso_px[row]) - track.torso_px)
        track.appearance = _blend(track.appearance, observation.appearance, covered=covered)
        order = track.sides.order(observation.pose.image_px, torso_px=track.torso_px, time_s=time_s)
        return Tracked(_named(observation.pose, track.person, order), track.person, index)

    def _forget(self, time_s: float) -> None:
        self._tracks = [track for track in self._tracks if time_s - track.seen_s <= self._settings.max_lost_s]


def _without_doubles(
    observations: Sequence[Observation], bodies: Bodies, *, nearer_than: float
) -> dict[int, frozenset[int]]:
    """One observation a body, the surest, with everybody it was looked for as."""
    same = body_distances(bodies, bodies) < nearer_than
    order = sorted(range(len(observations)), key=lambda index: (-observations[index].pose.score, index))
    groups: dict[int, set[int]] = {}
    for index in order:
        double_of = next((kept for kept in groups if same[kept, index]), index)
        hint = observations[index].hint
        groups.setdefault(double_of, set()).update(() if hint is None else (hint,))
    return {index: frozenset(hints) for index, hints in groups.items()}


def _take(bodies: Bodies, rows: Sequence[int]) -> Bodies:
    index = list(rows)
    return Bodies(bodies.hip_px[index], bodies.torso_px[index], bodies.joints_px[index], bodies.weight[index])


def _at_hips(bodies: Bodies) -> Bodies:
    """The same bodies with their hips at the origin."""
    return replace(bodies, joints_px=bodies.joints_px - bodies.hip_px[:, None])


def _blend(known: Float32Array | None, seen: Float32Array | None, *, covered: bool) -> Float32Array | None:
    """Colours change slowly, and not at all while somebody else may be in the way."""
    if known is None or seen is None:
        return seen if known is None else known
    return known if covered else (0.95 * known + 0.05 * seen).astype(np.float32)


def _named(pose: Pose, person: int, order: IntArray) -> Pose:
    if (order[1:] > order[:-1]).all():
        return replace(pose, person=person)
    return replace(
        pose,
        person=person,
        image_px=pose.image_px[order],
        visibility=pose.visibility[order],
        depth_px=None if pose.depth_px is None else pose.depth_px[order],
        world_m=None if pose.world_m is None else pose.world_m[order],
    )
