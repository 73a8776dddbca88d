"""Form measures by name, for counting and for fault rules: one number per instant of a body."""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.body import midpoint, torso_length
from laban.core.checks import unknown_message
from laban.core.sequence import PoseSequence
from laban.core.skeleton import Skeleton
from laban.core.space import Space
from laban.errors import UnknownNameError
from laban.features.angles import JOINT_ANGLES, SEGMENTS, inclinations_deg, joint_angles_deg

Formula = Callable[[Float64Array, Skeleton], Float64Array]
"""Of (T, J, C) points of a skeleton, (T,) values."""

_INCLINATION = "_inclination"
_SIDED = tuple(name.removeprefix("left_") for name in JOINT_ANGLES if name.startswith("left_")) + tuple(
    name.removeprefix("left_") + _INCLINATION for name in SEGMENTS if name.startswith("left_")
)
_OF_BOTH: Mapping[str, Callable[..., Float64Array]] = {
    "mean": lambda left, right: (np.fmin(left, right) + np.fmax(left, right)) / 2,
    "least": np.fmin,
    "most": np.fmax,
}


def form_measure(name: str, sequence: PoseSequence, *, space: Space) -> Float64Array:
    """(T,) the measure called ``name``, in degrees or as a ratio of widths; NaN where a joint it needs is missing.

    A joint angle (``left_knee``, ``neck``), a segment's inclination from the vertical (``trunk_inclination``,
    ``left_shank_inclination``), one of both sides (``mean_knee``, ``least_knee``, ``most_shank_inclination``), or
    one of ``SPECIAL``. Raises UnknownNameError for another name.
    """
    points = sequence.coordinates(space).astype(np.float64)
    return form_measures(points, sequence.skeleton, names=(name,))[:, 0]


def form_measures(points: Float64Array, skeleton: Skeleton, *, names: tuple[str, ...]) -> Float64Array:
    """(T, M) several of them at once, of (T, J, C) points in one space."""
    plan = _plan(names)
    angles = joint_angles_deg(points, skeleton, names=plan.angles) if plan.angles else None
    tilts = inclinations_deg(points, skeleton, names=plan.segments) if plan.segments else None
    known = {"angle": angles, "segment": tilts}
    out = np.empty((len(points), len(names)))
    for column, (kind, how, first, second) in enumerate(plan.columns):
        values = known.get(kind)
        if values is None:
            out[:, column] = SPECIAL[how](points, skeleton)
        elif how:
            out[:, column] = _OF_BOTH[how](values[:, first], values[:, second])
        else:
            out[:, column] = values[:, first]
    return out


class _Plan(NamedTuple):
    """The angles and segments that some measures need, and for each measure its kind, how both sides are combined
    (or the name of a special measure), and the columns of the first and the second side."""

    angles: tuple[str, ...]
    segments: tuple[str, ...]
    columns: tuple[tuple[str, str, int, int], ...]


@lru_cache(maxsize=256)
def _plan(names: tuple[str, ...]) -> _Plan:
    parts: dict[str, dict[str, int]] = {"angle": {}, "segment": {}}
    columns = []
    for name in names:
        kind, how, sides = _resolved(name)
        places = [parts[kind].setdefault(side, len(parts[kind])) for side in sides]
        columns.append((kind, how, places[0] if places else 0, places[-1] if places else 0))
    return _Plan(tuple(parts["angle"]), tuple(parts["segment"]), tuple(columns))


def _resolved(name: str) -> tuple[str, str, tuple[str, ...]]:
    """The kind of a measure, how its sides are combined, and its angles or segments."""
    if name in SPECIAL:
        return "special", name, ()
    if name in JOINT_ANGLES:
        return "angle", "", (name,)
    if name.endswith(_INCLINATION) and name.removesuffix(_INCLINATION) in SEGMENTS:
        return "segment", "", (name.removesuffix(_INCLINATION),)
    check_measure(name)
    how, part = name.split("_", 1)
    plain = part.removesuffix(_INCLINATION)
    return "angle" if plain == part else "segment", how, (f"left_{plain}", f"right_{plain}")


def check_measure(name: str) -> None:
    """Raises UnknownNameError with the nearest name where no measure is called ``name``."""
    if name not in measure_names():
        raise UnknownNameError(unknown_message(name, measure_names(), what="measure"))


@cache
def measure_names() -> tuple[str, ...]:
    """The names of all measures."""
    plain = (*SPECIAL, *JOINT_ANGLES, *(name + _INCLINATION for name in SEGMENTS))
    return (*plain, *(f"{how}_{part}" for part in _SIDED for how in _OF_BOTH))


def other_side(name: str) -> str:
    """The same measure of the other side of the body.

    >>> other_side("left_knee"), other_side("mean_knee")
    ('right_knee', 'mean_knee')
    """
    if name.startswith("left_"):
        return name.replace("left_", "right_", 1)
    return name.replace("right_", "left_", 1) if name.startswith("right_") else name


def _hip_line_deg(points: Float64Array, skeleton: Skeleton) -> Float64Array:
    """The deviation of the hips from the line between shoulders and ankles, as an angle at the hips: positive above
    it, negative below."""
    shoulders = midpoint(points, skeleton, "left_shoulder", "right_shoulder")
    hips = midpoint(points, skeleton, "left_hip", "right_hip")
    ankles = midpoint(points, skeleton, "left_ankle", "right_ankle")
    before, after = shoulders - hips, ankles - hips
    lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        bent = 180.0 - np.degrees(np.arccos(np.clip((before * after).sum(axis=1) / lengths, -1.0, 1.0)))
    # The middle of the chord lies below the hips where they are high; y points down.
    share = (before**2).sum(axis=1) / np.maximum((before**2).sum(axis=1) + (after**2).sum(axis=1), 1e-12)
    chord_y = shoulders[:, 1] + share * (ankles[:, 1] - shoulders[:, 1])
    return np.asarray(np.where(chord_y >= hips[:, 1], bent, -bent))


def _ratio(first: str, second: str) -> Formula:
    """The distance of the ``first`` pair of joints relative to that of the ``second``, along the line of the hips
    and shoulders where there is depth; NaN where the second distance is tiny."""
    pairs = (first, second, "shoulder", "hip")
    names = [f"{side}_{joint}" for side in ("left", "right") for joint in pairs]

    def ratio(points: Float64Array, skeleton: Skeleton) -> Float64Array:
        places = skeleton.places(*names)
        apart = points[:, places[:4]] - points[:, places[4:]]
        if points.shape[2] < 3:
            widths = np.abs(apart[:, :2, 0])
        else:
            line = (apart[:, 2] + apart[:, 3]) * (1.0, 0.0, 1.0)
            along = np.abs((apart[:, :2] * line[:, None]).sum(axis=2))
            with np.errstate(invalid="ignore", divide="ignore"):
                widths = along / np.linalg.norm(line, axis=1)[:, None]
        # In single precision, as landmarks are stored, so that the limit is exact.
        least = 0.05 * torso_length(points.astype(np.float32), skeleton)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.where(widths[:, 1] > least, widths[:, 0] / widths[:, 1], np.nan))

    return ratio


SPECIAL: Mapping[str, Formula] = {
    "hip_line": _hip_line_deg,
    "knees_to_feet": _ratio("knee", "ankle"),
    "feet_to_shoulders": _ratio("ankle", "shoulder"),
    "elbows_to_shoulders": _ratio("elbow", "shoulder"),
}
"""Degrees by which the hips are above the line from shoulders to ankles, and widths of pairs of joints."""
