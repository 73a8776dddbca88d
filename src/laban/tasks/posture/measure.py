"""Every measure of one person at every instant, with what makes it uncertain, and why where there is none."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from laban.core.arrays import BoolArray, Float64Array, FloatArray, IntArray
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.tasks.posture.catalogue import MEASURES, Measure, joints_of
from laban.tasks.posture.instants import sequence_of_looks
from laban.tasks.posture.landmark_geometry import Bodies, widened
from laban.tasks.posture.observation import STANCES, Sight, is_of, sight_of
from laban.tasks.posture.settings import PostureSettings
from laban.tasks.posture.uncertainty import LandmarkNoise

Why = Literal["", "away", "lying", "view", "toward", "lacking", "unseen", "not standing", "no metres"]
WHY: tuple[Why, ...] = get_args(Why)
"""Why a measure has no value, the first that holds; empty where it has one."""

Z95 = 1.96
_CHUNK = 256


@dataclass(frozen=True, eq=False)
class Measured:
    """One measure over T instants: ``value`` (T,) and the half widths of its 95 % interval, ``noise``, ``roll`` and
    ``proxy`` and ``turn`` (T,), NaN where there is none; ``why`` (T,) are positions in ``WHY``."""

    measure: Measure
    value: Float64Array
    noise: Float64Array
    roll: Float64Array
    proxy: Float64Array
    turn: Float64Array
    why: IntArray

    @property
    def known(self) -> BoolArray:
        """(T,) where it has a value."""
        return np.isfinite(self.value)


@dataclass(frozen=True, eq=False)
class Readings:
    """All measures of one person over the instants of ``sight``, by name."""

    sight: Sight
    measures: Mapping[str, Measured]


def read_posture(
    sequence: PoseSequence, *, settings: PostureSettings, noise: LandmarkNoise | None
) -> Readings:
    """Every measure at every instant of ``sequence``; without ``noise`` that part of the intervals is NaN.

    Raises InvalidValueError where it has no pixels, or its skeleton no shoulders and hips.
    """
    sight = sight_before(sequence, settings=settings)
    with np.errstate(divide="ignore", invalid="ignore"):  # a body without length has no angles: NaN
        parts = [
            _read(sight.rows(slice(start, start + _CHUNK)), settings, noise)
            for start in range(0, len(sight), _CHUNK)
        ]
    return Readings(sight, {name: _joined([part[name] for part in parts]) for name in MEASURES})


def sight_before(sequence: PoseSequence, *, settings: PostureSettings) -> Sight:
    """What there is to measure of ``sequence``, or of whom it shows in a mirror."""
    return sight_of(mirrored(sequence) if settings.mirrored else sequence, settings=settings)


def values_of(sight: Sight, names: Iterable[str]) -> dict[str, Float64Array]:
    """(T,) values of some measures without their intervals, NaN where there are none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return {name: _value(MEASURES[name], sight)[0] for name in names}


def agreement_of(
    looks: Sequence[Pose], *, settings: PostureSettings, size_wh: tuple[int, int] | None = None
) -> dict[str, float]:
    """The share of looks at one body in which each measure can be taken: less than 1 where they do not agree from
    where it is seen, how it stands, or what of it is hidden."""
    sight = sight_before(sequence_of_looks(looks, size_wh=size_wh), settings=settings)
    return {name: float(np.isfinite(values).mean()) for name, values in values_of(sight, MEASURES).items()}


def mirrored(sequence: PoseSequence) -> PoseSequence:
    """The person whom a mirror shows, as a camera in its place would see them: flipped, left and right exchanged.

    Where the size of the picture is not known, pixels are flipped about 0.
    """
    flip, width = sequence.skeleton.flip, (sequence.size_wh or (0, 0))[0]
    changes: dict[str, FloatArray] = {"visibility": sequence.visibility[:, flip]}
    for name, edge in (("image_px", width), ("world_m", 0), ("body", 0)):
        value = getattr(sequence, name)
        if value is not None:
            flipped = value[:, flip].copy()
            flipped[..., 0] = edge - flipped[..., 0]
            changes[name] = flipped
    if sequence.depth_px is not None:
        changes["depth_px"] = sequence.depth_px[:, flip]
    return sequence.replace(**changes)


def _read(sight: Sight, settings: PostureSettings, noise: LandmarkNoise | None) -> dict[str, Measured]:
    looks = None if noise is None else sight.looked_at(noise, settings=settings)
    sd_deg = settings.level.sd_deg
    tilted = [sight.bodies.turned(roll) for roll in (-sd_deg, sd_deg)]
    straight = widened(sight.bodies, 1 / np.cos(np.radians(_oblique_deg(sight.yaw_deg))))
    out = {}
    for name, measure in MEASURES.items():
        value, why = _value(measure, sight)
        noise_half = np.full(len(sight), np.nan) if noise is None else _noise_half(measure, looks, noise)
        low, high = (measure.compute(bodies) for bodies in tilted)
        roll = Z95 * np.abs(high - low) / 2
        proxy = np.zeros(len(sight)) if measure.proxy_sd is None else Z95 * measure.proxy_sd(sight.bodies)
        turn = np.zeros(len(sight)) if measure.in_space else np.abs(measure.compute(straight) - value)
        noise_half, roll, proxy, turn = (
            np.where(why == 0, half, np.nan) for half in (noise_half, roll, proxy, turn)
        )
        out[name] = Measured(measure, value, noise_half, roll, proxy, turn, why)
    return out


def _value(measure: Measure, sight: Sight) -> tuple[Float64Array, IntArray]:
    """(T,) values, and why there are none."""
    why = _why(measure, sight)
    value = np.where(why == 0, measure.compute(sight.bodies), np.nan)
    return value, np.where((why == 0) & ~np.isfinite(value), WHY.index("unseen"), why)


def _oblique_deg(yaw_deg: Float64Array) -> Float64Array:
    """(T,) degrees from the nearest principal view; 0 where unknown."""
    return np.asarray(np.nan_to_num(np.abs((yaw_deg + 45.0) % 90.0 - 45.0)))


def _noise_half(measure: Measure, looks: Bodies | None, noise: LandmarkNoise) -> Float64Array:
    """(T,) the half width within which 95 % of other looks fall (Student's t for a single further value)."""
    from scipy.special import stdtrit

    assert looks is not None
    spread = measure.compute(looks).std(axis=1)
    factor = float(stdtrit(noise.freedom, 0.975)) * np.sqrt(1 + 1 / noise.averaged)
    return np.asarray(spread * factor)


def _why(measure: Measure, sight: Sight) -> IntArray:
    """(T,) the first reason for which a measure cannot be taken, 0 where there is none."""
    joints = joints_of(measure, sight.skeleton)
    lacking = not sight.skeleton.has(*joints)
    needed = [sight.skeleton.index(joint) for joint in joints if sight.skeleton.has(joint)]
    lying = sight.stances == STANCES.index("lying")
    standing = sight.stances == STANCES.index("standing")
    metres = np.isfinite(sight.bodies.world_m[:, needed]).all(axis=(1, 2))
    reasons: dict[Why, Any] = {
        "away": sight.away,
        "lying": lying,
        "view": ~is_of(sight.views, measure.views),
        "toward": sight.toward & (not measure.in_space),
        "lacking": lacking,
        "unseen": sight.unseen[:, needed].any(axis=1),
        "not standing": ~standing & measure.standing,
        "no metres": ~metres & measure.in_space,
    }
    masks = [np.broadcast_to(mask, len(sight)) for mask in reasons.values()]
    return np.select(masks, [WHY.index(one) for one in reasons], 0)


def _joined(parts: list[Measured]) -> Measured:
    fields = ("value", "noise", "roll", "proxy", "turn", "why")
    return Measured(
        parts[0].measure, *(np.concatenate([getattr(part, name) for part in parts]) for name in fields)
    )
