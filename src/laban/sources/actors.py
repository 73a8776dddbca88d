"""The movement of a synthetic person: walking along a path, and perhaps falling."""

from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float64Array
from laban.sources.figure import Build, walking_body

FALL_LASTS_S = 0.7
_STRIDE_M = 1.3
_FULL_SWING_RAD, _FULL_SPEED_M_S = 0.5, 1.2
_TURN_S = 0.5
_LYING_M = 0.12


@dataclass(frozen=True)
class Waypoint:
    """A position ``across_m`` right of the camera's axis and ``away_m`` from it at ``time_s``."""

    time_s: float
    across_m: float
    away_m: float


@dataclass(frozen=True)
class Actor:
    """A person who walks from waypoint to waypoint, and falls over at ``fall_s`` unless that is None.

    Each leg of the path begins and ends at rest. A fall takes ``FALL_LASTS_S`` and goes toward ``fall_toward``
    (across, away); afterwards the person lies still.
    """

    build: Build
    path: tuple[Waypoint, ...]
    phase_rad: float = 0.0
    fall_s: float | None = None
    fall_toward: tuple[float, float] = (1.0, 0.0)

    def places_m(self, times_s: Float64Array) -> Float64Array:
        """(T, 3) metres: the point on the ground below the hips as right, up (0) and away."""
        share, leg = self._progress(times_s)
        knots = np.array([(point.across_m, 0.0, point.away_m) for point in self.path])
        eased = (3 - 2 * share) * share**2
        return np.asarray(knots[leg] + eased[:, None] * (knots[leg + 1] - knots[leg]))

    def bodies_m(self, times_s: Float64Array) -> Float64Array:
        """(T, 33, 3) metres to the right of the camera's axis, up from the ground and away from the camera."""
        body = self._upright(times_s)
        if self.fall_s is not None:
            body = _toppled(body, _fall_angle(times_s - self.fall_s), toward=self.fall_toward)
        return np.asarray(self.places_m(times_s)[:, None] + body)

    def _upright(self, times_s: Float64Array) -> Float64Array:
        """(T, 33, 3) right, up and away of the point on the ground, before any fall."""
        walked_m, speed_m_s = self._walked(times_s)
        body = walking_body(
            self.build,
            stride_rad=self.phase_rad + 2 * np.pi * walked_m / _STRIDE_M,
            swing_rad=_FULL_SWING_RAD * np.minimum(speed_m_s / _FULL_SPEED_M_S, 1.0),
        )
        facing = self._facing(times_s)[:, None]
        left, up, forward = body[..., 0], body[..., 1], body[..., 2]
        right = forward * np.sin(facing) - left * np.cos(facing)
        away = forward * np.cos(facing) + left * np.sin(facing)
        return np.stack([right, up, away], axis=2)

    def _progress(self, times_s: Float64Array) -> tuple[Float64Array, "np.typing.NDArray[np.intp]"]:
        """(T,) the completed share of the current leg, and (T,) its index; walking ends with a fall."""
        if self.fall_s is not None:
            times_s = np.minimum(times_s, self.fall_s)
        knots = np.array([point.time_s for point in self.path])
        leg = np.clip(np.searchsorted(knots, times_s, side="right") - 1, 0, len(knots) - 2)
        return np.clip((times_s - knots[leg]) / (knots[leg + 1] - knots[leg]), 0, 1), leg

    def _walked(self, times_s: Float64Array) -> tuple[Float64Array, Float64Array]:
        """(T,) metres walked so far, and (T,) speed in metres a second."""
        share, leg = self._progress(times_s)
        lasts = np.diff([point.time_s for point in self.path])
        length = np.linalg.norm(self._legs(), axis=1)
        before = np.concatenate([[0.0], np.cumsum(length)])
        walked = before[leg] + length[leg] * (3 - 2 * share) * share**2
        return walked, length[leg] / lasts[leg] * 6 * share * (1 - share)

    def _facing(self, times_s: Float64Array) -> Float64Array:
        """(T,) radians, 0 away from the camera: along the leg, turning about where two legs meet."""
        legs = self._legs()
        angles = np.unwrap(np.arctan2(legs[:, 0], legs[:, 1]))
        meets = np.array([point.time_s for point in self.path[1:-1]])
        at = np.stack([meets - _TURN_S / 2, meets + _TURN_S / 2], axis=1).ravel()
        turned = np.stack([angles[:-1], angles[1:]], axis=1).ravel()
        if self.fall_s is not None:
            times_s = np.minimum(times_s, self.fall_s)
        return np.interp(times_s, at, turned) if len(at) else np.full(len(times_s), angles[0])

    def _legs(self) -> Float64Array:
        return np.diff([(point.across_m, point.away_m) for point in self.path], axis=0)


def _fall_angle(since_s: Float64Array) -> Float64Array:
    """(T,) radians from the upright: accelerating like a toppling stick."""
    return np.pi / 2 * np.clip(since_s / FALL_LASTS_S, 0, 1) ** 2


def _toppled(body: Float64Array, angle: Float64Array, *, toward: tuple[float, float]) -> Float64Array:
    """``body`` (T, 33, 3) turned by ``angle`` (T,) about its point on the ground, and lifted off the floor."""
    direction = np.array([toward[0], 0.0, toward[1]]) / np.hypot(*toward)
    cosine, sine = np.cos(angle)[:, None], np.sin(angle)[:, None]
    along, up = body @ direction, body[..., 1]
    out = body + ((cosine - 1) * along + sine * up)[..., None] * direction
    out[..., 1] = cosine * up - sine * along + _LYING_M * sine
    return np.asarray(out)
