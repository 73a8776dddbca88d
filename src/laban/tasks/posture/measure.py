"""Every measure of one person at every instant, with its uncertainty, or the reason why it has no value."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

import numpy as np

from laban.core.arrays import BoolArray, Float64Array, FloatArray, IntArray
from laban.core.conversions import sequence_of_poses
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.core.skeleton import Skeleton
from laban.tasks.posture.catalogue import MEASURES, Measure, joints_of
from laban.tasks.posture.landmark_geometry import Bodies, widened
from laban.tasks.posture.observation import STANCES, Observation, sight_of
from laban.tasks.posture.settings import PostureSettings
from laban.tasks.posture.uncertainty import LandmarkNoise
from laban.tasks.posture.views import VIEW_NAMES

Why = Literal["", "away", "lying", "view", "toward", "lacking", "unseen", "not standing", "no metres"]
WHY: tuple[Why, ...] = get_args(Why)
"""Why a measure has no value, the first that holds; empty where it has one."""

Z95 = 1.96
_CHUNK = 256
_ROWS_AT_ONCE = 4096


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

    sight: Observation
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


def sight_before(sequence: PoseSequence, *, settings: PostureSettings) -> Observation:
    """The observation of ``sequence``, or of its mirror image."""
    return sight_of(mirrored(sequence) if settings.mirrored else sequence, settings=settings)


def values_of(sight: Observation, names: Iterable[str]) -> dict[str, Float64Array]:
    """(T,) values of some measures without their intervals, NaN where there are none."""
    wanted = tuple(names)
    with np.errstate(divide="ignore", invalid="ignore"):
        values, _ = _values(wanted, sight)
    return dict(zip(wanted, values, strict=True))


def agreement_of(
    looks: Sequence[Pose], *, settings: PostureSettings, size_wh: tuple[int, int] | None = None
) -> dict[str, float]:
    """The share of augmented samples of one body in which each measure can be taken: less than 1 where they
    disagree about its view, its stance, or its hidden landmarks."""
    sight = sight_before(sequence_of_poses(looks, range(len(looks)), size_wh=size_wh), settings=settings)
    return {name: float(np.isfinite(values).mean()) for name, values in values_of(sight, MEASURES).items()}


def mirrored(sequence: PoseSequence) -> PoseSequence:
    """The person in a mirror as a camera at its place would see them: flipped, left and right exchanged.

    Where the size of the image is not known, pixels are flipped about 0.
    """
    flip, width = sequence.skeleton.flip, (sequence.size_wh or (0, 0))[0]
    return sequence.replace(
        visibility=sequence.visibility[:, flip],
        image_px=_flipped(sequence.image_px, flip, edge=width),
        depth_px=None if sequence.depth_px is None else sequence.depth_px[:, flip],
        world_m=_flipped(sequence.world_m, flip, edge=0),
        body=_flipped(sequence.body, flip, edge=0),
    )


def _flipped(points: FloatArray | None, flip: IntArray, *, edge: int) -> FloatArray | None:
    """(T, J, C) points with x counted from ``edge`` backwards, and left and right exchanged."""
    if points is None:
        return None
    flipped = points[:, flip].copy()
    flipped[..., 0] = edge - flipped[..., 0]
    return flipped


def _read(sight: Observation, settings: PostureSettings, noise: LandmarkNoise | None) -> dict[str, Measured]:
    looks = None if noise is None else sight.looked_at(noise, settings=settings)
    sd_deg = settings.level.sd_deg
    tilted = [sight.bodies.turned(roll) for roll in (-sd_deg, sd_deg)]
    straight = widened(sight.bodies, 1 / np.cos(np.radians(_oblique_deg(sight.yaw_deg))))
    values, whys = _values(tuple(MEASURES), sight)
    out = {}
    unknown = np.full(len(sight), np.nan)
    for measure, value, why in zip(MEASURES.values(), values, whys, strict=True):
        if why.all():  # a skeleton may lack what the formula needs
            out[measure.name] = Measured(measure, value, unknown, unknown, unknown, unknown, why)
            continue
        noise_half = np.full(len(sight), np.nan) if noise is None else _noise_half(measure, looks, noise)
        low, high = (measure.compute(bodies) for bodies in tilted)
        roll = Z95 * np.abs(high - low) / 2
        proxy = np.zeros(len(sight)) if measure.proxy_sd is None else Z95 * measure.proxy_sd(sight.bodies)
        turn = np.zeros(len(sight)) if measure.in_space else np.abs(measure.compute(straight) - value)
        noise_half, roll, proxy, turn = (
            np.where(why == 0, half, np.nan) for half in (noise_half, roll, proxy, turn)
        )
        out[measure.name] = Measured(measure, value, noise_half, roll, proxy, turn, why)
    return out


def _values(names: tuple[str, ...], sight: Observation) -> tuple[Float64Array, IntArray]:
    """(M, T) values of measures, and the reasons for missing ones."""
    why = _why(names, sight)
    value = np.full(why.shape, np.nan)
    for row in np.flatnonzero(
        (why == 0).any(axis=1)
    ).tolist():  # measures without any valid instant are not computed
        value[row] = np.where(why[row] == 0, MEASURES[names[row]].compute(sight.bodies), np.nan)
    return value, np.where((why == 0) & ~np.isfinite(value), WHY.index("unseen"), why)


def _oblique_deg(yaw_deg: Float64Array) -> Float64Array:
    """(T,) degrees from the nearest principal view; 0 where unknown."""
    return np.asarray(np.nan_to_num(np.abs((yaw_deg + 45.0) % 90.0 - 45.0)))


def _noise_half(measure: Measure, looks: Bodies | None, noise: LandmarkNoise) -> Float64Array:
    """(T,) the half width within which 95 % of other samples fall (Student's t for a single further value)."""
    from scipy.special import stdtrit

    assert looks is not None
    spread = measure.compute(looks).std(axis=1)
    factor = float(stdtrit(noise.freedom, 0.975)) * np.sqrt(1 + 1 / noise.averaged)
    return np.asarray(spread * factor)


def _why(names: tuple[str, ...], sight: Observation) -> IntArray:
    """(M, T) the first reason for which each measure cannot be taken, 0 where there is none."""
    needs = _needs(names, sight.skeleton)
    in_space = np.asarray(np.isfinite(sight.bodies.world_m).all(axis=2))
    standing = sight.stances == STANCES.index("standing")
    reasons: dict[Why, BoolArray] = {
        "away": sight.away,
        "lying": sight.stances == STANCES.index("lying"),
        "view": ~needs.views[:, sight.views],
        "toward": sight.toward & ~needs.in_space,
        "lacking": needs.lacking,
        "unseen": _any_of(sight.unseen, needs.joints),
        "not standing": ~standing & needs.standing,
        "no metres": _any_of(~in_space, needs.joints) & needs.in_space,
    }
    masks = [np.broadcast_to(mask, (len(names), len(sight.times_s))) for mask in reasons.values()]
    return np.select(masks, list(map(WHY.index, reasons)), 0)


def _any_of(flags: BoolArray, joints: BoolArray) -> BoolArray:
    """(M, T) whether any of the ``joints`` (M, 1, J) has a flag (T, J)."""
    out = np.zeros((len(joints), len(flags)), dtype=bool)
    for start in range(0, len(flags), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        out[:, rows] = (flags[rows] & joints).any(axis=2)
    return out


class _Needs(NamedTuple):
    """What M measures need: ``joints`` (M, 1, J), the ``views`` (M, V) in which they are taken, and (M, 1) whether
    a joint is lacking, the body must stand, and metres are needed."""

    joints: BoolArray
    views: BoolArray
    lacking: BoolArray
    standing: BoolArray
    in_space: BoolArray


@lru_cache(maxsize=64)
def _needs(names: tuple[str, ...], skeleton: Skeleton) -> _Needs:
    measures = [MEASURES[name] for name in names]
    joints = [joints_of(measure, skeleton) for measure in measures]
    return _Needs(
        _flags(
            [joint in some for some in joints for joint in skeleton.names], (len(names), 1, len(skeleton))
        ),
        _flags([view in one.views for one in measures for view in VIEW_NAMES], (len(names), len(VIEW_NAMES))),
        _flags([not skeleton.has(*some) for some in joints], (len(names), 1)),
        _flags([one.standing for one in measures], (len(names), 1)),
        _flags([one.in_space for one in measures], (len(names), 1)),
    )


def _flags(values: list[bool], shape: tuple[int, ...]) -> BoolArray:
    return np.array(values, dtype=bool).reshape(shape)


def _joined(parts: list[Measured]) -> Measured:
    fields = ("value", "noise", "roll", "proxy", "turn", "why")
    return Measured(
        parts[0].measure, *(np.concatenate([getattr(part, name) for part in parts]) for name in fields)
    )
