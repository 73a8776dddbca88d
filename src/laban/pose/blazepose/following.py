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
_MAX_SHIFT = 0.2
_MAX_TURN_RAD = 0.5
_MAX_GAP_S = 0.5
_EASE_S = 0.15


@dataclass(frozen=True)
class Followed:
    """The region to look in for one person, and how it moves and turns in a second."""

    region: Region
    time_s: float
    velocity_px_s: tuple[float, float] = (0.0, 0.0)
    turning_rad_s: float = 0.0

    def at(self, time_s: float) -> Region:
        """The region moved on to ``time_s``, by at most a fifth of its side and about a twelfth of a turn."""
        ahead_s = time_s - self.time_s
        limit = _MAX_SHIFT * self.region.side_px
        across, down = (_clip(speed * ahead_s, limit) for speed in self.velocity_px_s)
        turn = self.region.turn_rad + _clip(self.turning_rad_s * ahead_s, _MAX_TURN_RAD)
        return Region(
            self.region.x_px + across, self.region.y_px + down, self.region.side_px, wrap_angle(turn)
        )


def follow(before: Followed | None, region: Region, *, time_s: float) -> Followed:
    """The next state of one person, from where the network says to look and where it said so before."""
    if before is None or not 0 < time_s - before.time_s <= _MAX_GAP_S:
        return Followed(region, time_s)
    elapsed_s = time_s - before.time_s
    moved = (region.x_px - before.region.x_px, region.y_px - before.region.y_px)
    turned = wrap_angle(region.turn_rad - before.region.turn_rad)
    across, down = (
        _eased(known, step / elapsed_s, elapsed_s)
        for known, step in zip(before.velocity_px_s, moved, strict=True)
    )
    turning = _eased(before.turning_rad_s, turned / elapsed_s, elapsed_s)
    return Followed(region, time_s, (across, down), turning)


def _eased(known: float, measured: float, elapsed_s: float) -> float:
    """A speed that follows the measured one slowly: the region must not chase its own unsteadiness."""
    return known + (1 - math.exp(-elapsed_s / _EASE_S)) * (measured - known)


@dataclass(frozen=True)
class Known:
    """What is known after a frame: the people followed, and whether somebody was lost just now or lately."""

    people: Mapping[int, Followed] = field(default_factory=dict)
    lost_now: bool = False
    lost_lately: bool = False


class Plans:
    """What was known after each of the last frames; a frame is planned from the one before the last."""

    def __init__(self) -> None:
        self._known: deque[Known] = deque([Known()] * FRAMES_IN_FLIGHT, maxlen=FRAMES_IN_FLIGHT)
        self._planned = 0

    def next(self) -> Known:
        """What to plan the next frame from; at most two frames may be planned ahead."""
        plan = self._known[self._planned]
        self._planned += 1
        return plan

    def add(self, known: Known) -> None:
        """Notes what is known after the oldest planned frame."""
        self._known.append(known)
        self._planned -= 1

    @property
    def latest(self) -> Known:
        """What is known after the last finished frame."""
        return self._known[-1]


def _clip(value: float, limit: float) -> float:
    return math.copysign(min(abs(value), limit), value)
