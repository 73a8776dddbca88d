"""The tracker's state of one body."""

import math
from dataclasses import dataclass, field

from laban.core.arrays import Float64Array
from laban.pose.tracking.body import Bodies
from laban.pose.tracking.reid import AppearanceFeatures, Identity, recent_looks
from laban.pose.tracking.sides import LeftRightCorrector

_SPEED_TIME_S = 0.15
_DAMPING_TIME_S = 1.0
_SIZE_TIME_S = 0.18
_LEAST_SIZE_SHARE = 0.2


@dataclass(eq=False)
class Track:
    """The state of one body, and the person it is assigned to.

    ``hip_px`` and ``velocity_px_s`` are across and down; ``pose_px`` (13, 2) the main joints from the mid-hip and
    ``weight`` (13,) the confidence in each. ``could_be`` are the people it may have been confused with since its
    identity was last certain; ``recent`` its appearance since then while nobody was near; ``back_s`` when it was
    last found again.
    """

    identity: Identity
    hip_px: tuple[float, float]
    torso_px: float
    pose_px: Float64Array
    weight: Float64Array
    seen_s: float
    sides: LeftRightCorrector
    could_be: frozenset[int]
    sightings: int = 0
    seen_frames: float = 0.0
    is_settled: bool = True
    back_s: float = -math.inf
    recent: AppearanceFeatures = field(default_factory=recent_looks)
    velocity_px_s: tuple[float, float] = (0.0, 0.0)

    @property
    def person(self) -> int:
        return self.identity.person

    def confuse(self, people: frozenset[int]) -> None:
        """Notes that this may be any of ``people``; its appearance is collected again from now on."""
        self.could_be |= people
        self.is_settled = False
        self.recent = recent_looks()

    def expected_px(self, time_s: float) -> tuple[float, float]:
        """The extrapolated mid-hip at a time, with a speed that decays."""
        far_s = _DAMPING_TIME_S * (1 - math.exp((self.seen_s - time_s) / _DAMPING_TIME_S))
        (x, y), (across, down) = self.hip_px, self.velocity_px_s
        return x + across * far_s, y + down * far_s


def move_all(tracks: list[Track], bodies: Bodies, *, time_s: float, step_s: float) -> None:
    """Updates positions and speeds."""
    size_share = max(_LEAST_SIZE_SHARE, 1 - math.exp(-step_s / _SIZE_TIME_S))
    hips, torsos = bodies.hip_px.tolist(), bodies.torso_px.tolist()
    for track, (x, y), torso_px, pose_px, weight in zip(
        tracks, hips, torsos, bodies.pose_px, bodies.weight, strict=True
    ):
        track.velocity_px_s = _velocity(track, (x, y), time_s - track.seen_s)
        track.hip_px, track.pose_px, track.weight, track.seen_s = (x, y), pose_px, weight, time_s
        track.torso_px += size_share * (torso_px - track.torso_px)


def _velocity(track: Track, hip_px: tuple[float, float], elapsed_s: float) -> tuple[float, float]:
    across, down = track.velocity_px_s
    if elapsed_s <= 0:
        return across, down
    share = 1 - math.exp(-elapsed_s / _SPEED_TIME_S)
    return (
        across + share * ((hip_px[0] - track.hip_px[0]) / elapsed_s - across),
        down + share * ((hip_px[1] - track.hip_px[1]) / elapsed_s - down),
    )
