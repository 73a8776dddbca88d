"""Measures by name that counting and the rules for faults are written in: one number for each instant of a body."""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.body import midpoint, torso_length
from laban.core.checks import unknown_message
from laban.core.sequence import PoseSequence
from laban.core.space import Space
from laban.errors import UnknownNameError
from laban.features.angles import JOINT_ANGLES, SEGMENTS, compute_inclinations, compute_joint_angles

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
    if name in SPECIAL:
        return SPECIAL[name](sequence, space)
    if name in JOINT_ANGLES:
        return compute_joint_angles(sequence, space=space, names=(name,)).values[:, 0]
    if name.endswith(_INCLINATION) and name[: -len(_INCLINATION)] in SEGMENTS:
        segment = name[: -len(_INCLINATION)]
        return compute_inclinations(sequence, space=space, names=(segment,)).values[:, 0]
    check_measure(name)
    how, part = name.split("_", 1)
    left, right = (form_measure(f"{side}_{part}", sequence, space=space) for side in ("left", "right"))
    return np.asarray(_OF_BOTH[how](left, right))


def check_measure(name: str) -> None:
    """Raises UnknownNameError with the nearest name where no measure is called ``name``."""
    if name not in measure_names():
        raise UnknownNameError(unknown_message(name, measure_names(), what="measure"))


@cache
def measure_names() -> tuple[str, ...]:
    """All measures that there are."""
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


def _hip_line_deg(sequence: PoseSequence, space: Space) -> Float64Array:
    """How far the hips are off the line from shoulders to ankles, as an angle at the hips: positive above it,
    negative below."""
    points = sequence.coordinates(space).astype(np.float64)
    shoulders, hips, ankles = (
        midpoint(points, sequence.skeleton, f"left_{joint}", f"right_{joint}")
        for joint in ("shoulder", "hip", "ankle")
    )
    before, after = shoulders - hips, ankles - hips
    lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        bent = 180.0 - np.degrees(np.arccos(np.clip((before * after).sum(axis=1) / lengths, -1.0, 1.0)))
    # The middle of the chord lies below the hips where they are high; y points down.
    share = (before**2).sum(axis=1) / np.maximum((before**2).sum(axis=1) + (after**2).sum(axis=1), 1e-12)
    chord_y = shoulders[:, 1] + share * (ankles[:, 1] - shoulders[:, 1])
    return np.asarray(np.where(chord_y >= hips[:, 1], bent, -bent))


def _across(sequence: PoseSequence, space: Space, joint: str) -> Float64Array:
    """(T,) how far a pair of joints is apart, along the line of the hips and shoulders where there is depth."""
    points = sequence.coordinates(space).astype(np.float64)
    skeleton = sequence.skeleton
    apart = points[:, skeleton.index(f"left_{joint}")] - points[:, skeleton.index(f"right_{joint}")]
    if points.shape[2] < 3:
        return np.abs(apart[:, 0])
    line = sum(
        points[:, skeleton.index(f"left_{name}")] - points[:, skeleton.index(f"right_{name}")]
        for name in ("shoulder", "hip")
    )
    line = np.asarray(line) * (1.0, 0.0, 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.abs((apart * line).sum(axis=1)) / np.linalg.norm(line, axis=1))


def _ratio(first: str, second: str) -> Callable[[PoseSequence, Space], Float64Array]:
    def ratio(sequence: PoseSequence, space: Space) -> Float64Array:
        below = _across(sequence, space, second)
        least = 0.05 * torso_length(sequence.coordinates(space), sequence.skeleton)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.where(below > least, _across(sequence, space, first) / below, np.nan))

    return ratio


SPECIAL: Mapping[str, Callable[[PoseSequence, Space], Float64Array]] = {
    "hip_line": _hip_line_deg,
    "knees_to_feet": _ratio("knee", "ankle"),
    "feet_to_shoulders": _ratio("ankle", "shoulder"),
    "elbows_to_shoulders": _ratio("elbow", "shoulder"),
}
"""Degrees by which the hips are above the line from shoulders to ankles, and widths of pairs of joints."""
