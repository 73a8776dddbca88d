"""Predicts the regions in which to search for tracked people.

The engine works on two frames at a time, so the region for a frame is extrapolated from the frame before the
last. Streaming use does the same, so that both give the same result.
"""

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from laban.pose.blazepose.regions import Region, wrap_angle

FRAMES_IN_FLIGHT = 2
FAR_S = 0.12
"""Frames further apart than this are predicted from the one before, and people are searched for again in each."""
_MAX_SHIFT = 0.2
_MAX_TURN_RAD = 0.5
_MEMORY_S = 0.2
_LEAST_MEMORY = 3
_MISSING_S = 1.0
_SEARCHED_AFTER_S = 1.9


@dataclass(frozen=True)
class Followed:
    """One person's recent regions with their times, the latest last.

    ``since_s`` is when the person was first found."""

    track: tuple[tuple[float, Region], ...]
    since_s: float = math.inf

    def is_old_friend(self, time_s: float) -> bool:
        """Whether the person has been tracked for long enough to be searched for after a miss."""
        return time_s - self.since_s >= _SEARCHED_AFTER_S

    @property
    def region(self) -> Region:
        """The region that the network predicted at the last frame."""
        return self.track[-1][1]

    def at(self, time_s: float) -> Region:
        """The region extrapolated to ``time_s``, by at most a fifth of its side and about a twelfth of a turn."""
        last_s, last = self.track[-1]
        across_px_s, down_px_s, turning_rad_s = self._speeds()
        limit, ahead_s = _MAX_SHIFT * last.side_px, time_s - last_s
        moved = Region(
            last.x_px + _clip(across_px_s * ahead_s, limit),
            last.y_px + _clip(down_px_s * ahead_s, limit),
            last.side_px,
            last.turn_rad + _clip(turning_rad_s * ahead_s, _MAX_TURN_RAD),
        )
        return moved.snapped()

    def _speeds(self) -> tuple[float, float, float]:
        """Pixels per second across and down and radians per second: the slope of a line through the stored regions.

        A line through several frames does not follow the jitter of the region itself.
        """
        if len(self.track) < _LEAST_MEMORY:
            return 0.0, 0.0, 0.0
        last_s, last = self.track[-1]
        ages_s = [time_s - last_s for time_s, _ in self.track]
        mean_s = sum(ages_s) / len(ages_s)
        spread = sum((age - mean_s) ** 2 for age in ages_s)

        def slope(values: list[float]) -> float:
            return sum((age - mean_s) * value for age, value in zip(ages_s, values, strict=True)) / spread

        regions = [region for _, region in self.track]
        return (
            slope([region.x_px - last.x_px for region in regions]),
            slope([region.y_px - last.y_px for region in regions]),
            slope([wrap_angle(region.turn_rad - last.turn_rad) for region in regions]),
        )


def follow(before: Followed | None, region: Region, *, time_s: float) -> Followed:
    """The next state of one person, from the new region and the earlier ones."""
    remembered = before.track if before is not None else ()
    recent = tuple(one for one in remembered if 0 < time_s - one[0] <= _MEMORY_S)
    return Followed((*recent, (time_s, region)), time_s if before is None else before.since_s)


@dataclass(frozen=True)
class TrackedPeople:
    """The state after a frame: the tracked people, those missing for a moment, and whether somebody was lost just
    now or recently."""

    people: dict[int, Followed] = field(default_factory=dict)
    missing: dict[int, Followed] = field(default_factory=dict)
    lost_now: bool = False
    lost_lately: bool = False


def still_missing(
    before: TrackedPeople, people: Mapping[int, Followed], *, time_s: float
) -> dict[int, Followed]:
    """People of ``before`` who have just gone missing from ``people``; slow streams search for them again."""
    gone = {person: one for person, one in (before.people | before.missing).items() if person not in people}
    return {
        person: one
        for person, one in gone.items()
        if time_s - one.track[-1][0] <= _MISSING_S and one.is_old_friend(time_s)
    }


class TrackedRegions:
    """The states after the last frames; a frame is predicted from the one before the last."""

    def __init__(self) -> None:
        self._known: deque[TrackedPeople] = deque(
            [TrackedPeople()] * FRAMES_IN_FLIGHT, maxlen=FRAMES_IN_FLIGHT
        )
        self._planned = 0

    def next(self) -> TrackedPeople:
        """The state from which to predict the next frame; at most two frames may be ahead."""
        plan = self._known[self._planned]
        self._planned += 1
        return plan

    def latest_for_next(self) -> TrackedPeople:
        """The state from which to predict the next frame where all earlier ones are finished."""
        self._planned += 1
        return self.latest

    def add(self, known: TrackedPeople) -> None:
        """Adds the state after the oldest frame in progress."""
        self._known.append(known)
        self._planned -= 1

    @property
    def latest(self) -> TrackedPeople:
        """The state after the last finished frame."""
        return self._known[-1]


def _clip(value: float, limit: float) -> float:
    return math.copysign(min(abs(value), limit), value)
