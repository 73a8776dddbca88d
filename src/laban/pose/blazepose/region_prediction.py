"""Where to look for the people who are already known.

The engine works on two frames at a time, so the region for a frame comes from the people of the frame before
the last, moved on by their own speed. It is the same in streaming use, so that both give the same answer.
"""

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from laban.pose.blazepose.regions import Region, wrap_angle

FRAMES_IN_FLIGHT = 2
FAR_S = 0.12
"""Frames further apart than this are planned from the one before, and people are looked for again in each."""
_MAX_SHIFT = 0.2
_MAX_TURN_RAD = 0.5
_MEMORY_S = 0.2
_LEAST_MEMORY = 3
_MISSING_S = 1.0
_SEARCHED_AFTER_S = 1.9


@dataclass(frozen=True)
class Followed:
    """One person's last regions with their times, the latest last; what is older than a moment is forgotten.

    ``since_s`` is when the person was first found."""

    track: tuple[tuple[float, Region], ...]
    since_s: float = math.inf

    def is_old_friend(self, time_s: float) -> bool:
        """Whether the person has been followed long enough to be worth a search where a look does not find them."""
        return time_s - self.since_s >= _SEARCHED_AFTER_S

    @property
    def region(self) -> Region:
        """Where the network said to look next, at the last frame."""
        return self.track[-1][1]

    def at(self, time_s: float) -> Region:
        """The region moved on to ``time_s``, by at most a fifth of its side and about a twelfth of a turn."""
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
        """Pixels a second across and down and radians a second: the slope of a line through what is remembered.

        A line through several frames does not chase the unsteadiness of the region itself.
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
    """The next state of one person, from where the network says to look and where it said so before."""
    remembered = before.track if before is not None else ()
    recent = tuple(one for one in remembered if 0 < time_s - one[0] <= _MEMORY_S)
    return Followed((*recent, (time_s, region)), time_s if before is None else before.since_s)


@dataclass(frozen=True)
class TrackedPeople:
    """What is known after a frame: the people followed, those not found for a moment, and whether somebody was lost
    just now or lately."""

    people: dict[int, Followed] = field(default_factory=dict)
    missing: dict[int, Followed] = field(default_factory=dict)
    lost_now: bool = False
    lost_lately: bool = False


def still_missing(
    before: TrackedPeople, people: Mapping[int, Followed], *, time_s: float
) -> dict[int, Followed]:
    """Those of ``before`` who are not among ``people`` but were a moment ago; slow streams look for them again."""
    gone = {person: one for person, one in (before.people | before.missing).items() if person not in people}
    return {
        person: one
        for person, one in gone.items()
        if time_s - one.track[-1][0] <= _MISSING_S and one.is_old_friend(time_s)
    }


class TrackedRegions:
    """What was known after each of the last frames; a frame is planned from the one before the last."""

    def __init__(self) -> None:
        self._known: deque[TrackedPeople] = deque(
            [TrackedPeople()] * FRAMES_IN_FLIGHT, maxlen=FRAMES_IN_FLIGHT
        )
        self._planned = 0

    def next(self) -> TrackedPeople:
        """What to plan the next frame from; at most two frames may be planned ahead."""
        plan = self._known[self._planned]
        self._planned += 1
        return plan

    def latest_for_next(self) -> TrackedPeople:
        """What to plan the next frame from where all frames before it are finished."""
        self._planned += 1
        return self.latest

    def add(self, known: TrackedPeople) -> None:
        """Notes what is known after the oldest planned frame."""
        self._known.append(known)
        self._planned -= 1

    @property
    def latest(self) -> TrackedPeople:
        """What is known after the last finished frame."""
        return self._known[-1]


def _clip(value: float, limit: float) -> float:
    return math.copysign(min(abs(value), limit), value)
