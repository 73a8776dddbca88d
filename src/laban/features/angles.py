"""Joint angles and the inclination of segments, in spaces where an angle means something.

A joint angle is the angle between the two segments that meet at the joint, 180° where they are in line. It is
measured in pixels or in metres, never in coordinates divided by width and height, which distort angles.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from laban.core.arrays import BoolArray, Float64Array, FloatArray, IntArray
from laban.core.checks import choose
from laban.core.features import Features
from laban.core.sequence import PoseSequence
from laban.core.skeleton import Skeleton
from laban.core.space import Space
from laban.core.visibility import is_guessed
from laban.errors import InvalidValueError

Point = tuple[str, ...]
"""The joints whose mean is a point."""

_SHOULDERS, _HIPS, _EARS = (
    ("left_shoulder", "right_shoulder"),
    ("left_hip", "right_hip"),
    ("left_ear", "right_ear"),
)
_KNEES = ("left_knee", "right_knee")
_UP = np.array([0.0, -1.0, 0.0])


def _sided(first: str, joint: str, last: str) -> dict[str, tuple[Point, Point, Point]]:
    return {
        f"{side}_{joint}": ((f"{side}_{first}",), (f"{side}_{joint}",), (f"{side}_{last}",))
        for side in ("left", "right")
    }


JOINT_ANGLES: Mapping[str, tuple[Point, Point, Point]] = MappingProxyType(
    {
        **_sided("shoulder", "elbow", "wrist"),
        **_sided("elbow", "shoulder", "hip"),
        **_sided("shoulder", "hip", "knee"),
        **_sided("hip", "knee", "ankle"),
        **_sided("knee", "ankle", "foot_index"),
        "neck": (_EARS, _SHOULDERS, _HIPS),
        "trunk": (_SHOULDERS, _HIPS, _KNEES),
    }
)
"""Each angle by name: the point before, the point at which it is measured, and the point after."""

MAIN_ANGLES = tuple(JOINT_ANGLES)[:8]
"""The eight angles of most comparisons: elbows, shoulders, hips and knees."""

SEGMENTS: Mapping[str, tuple[Point, Point]] = MappingProxyType(
    {
        "trunk": (_HIPS, _SHOULDERS),
        "head": (_SHOULDERS, _EARS),
        "shoulders": (("right_shoulder",), ("left_shoulder",)),
        "hips": (("right_hip",), ("left_hip",)),
        **{
            f"{side}_{name}": ((f"{side}_{low}",), (f"{side}_{high}",))
            for name, low, high in (
                ("upper_arm", "elbow", "shoulder"),
                ("forearm", "wrist", "elbow"),
                ("thigh", "knee", "hip"),
                ("shank", "ankle", "knee"),
            )
            for side in ("left", "right")
        },
    }
)
"""Each segment by name: from its lower to its upper end, or from the right end to the left."""


def compute_joint_angles(
    sequence: PoseSequence, *, space: Space | str | None = None, names: tuple[str, ...] = tuple(JOINT_ANGLES)
) -> Features:
    """(T, A) joint angles in degrees, 0 to 180; the joints are in ``JOINT_ANGLES``.

    ``space`` is ``world`` (three dimensions) where the sequence has it, else ``pixel`` (the image plane),
    unless it is given. An angle is NaN where a joint is missing or a segment has no length, and everywhere if the
    skeleton has no such joint. Raises InvalidValueError for a space that the sequence does not have,
    UnknownNameError for an unknown angle.

    >>> from laban.core.skeleton import COCO17
    >>> points = np.zeros((1, 17, 2))
    >>> for joint, place in {"left_hip": (0, 0), "left_knee": (0, 100), "left_ankle": (80, 100)}.items():
    ...     points[0, COCO17.index(joint)] = place
    >>> one = PoseSequence(np.zeros(1), COCO17, np.ones((1, 17)), image_px=points)
    >>> float(compute_joint_angles(one, names=("left_knee",))["left_knee"][0])
    90.0
    """
    values = joint_angles_deg(_points(sequence, space), sequence.skeleton, names=tuple(names))
    return Features(sequence.times_s, tuple(names), ("deg",) * len(names), values)


def joint_angles_deg(points: FloatArray, skeleton: Skeleton, *, names: tuple[str, ...]) -> Float64Array:
    """(T, A) the same of (T, J, C) points, in a space where an angle means something, as plain numbers."""
    ends = _angle_ends(skeleton, names)
    middles = _middles(points, ends)
    at = middles[:, 1]
    values = angle_between_deg(middles[:, 0] - at, middles[:, 2] - at)
    values[:, ends.lacking] = np.nan
    return values


def guessed_angles(sequence: PoseSequence, *, names: tuple[str, ...] = tuple(JOINT_ANGLES)) -> BoolArray:
    """(T, A) whether an angle depends on a hidden landmark, so that its value is a guess.

    For a point between a left and a right joint both count. False where the skeleton has no such joint.
    """
    hidden, skeleton = is_guessed(sequence.visibility), sequence.skeleton
    out = np.zeros((len(sequence), len(names)), dtype=bool)
    for column, name in enumerate(names):
        needed = [joint for point in choose(name, JOINT_ANGLES, what="angle") for joint in point]
        if skeleton.has(*needed):
            out[:, column] = hidden[:, [skeleton.index(joint) for joint in needed]].any(axis=1)
    return out


def compute_inclinations(
    sequence: PoseSequence, *, space: Space | str | None = None, names: tuple[str, ...] = tuple(SEGMENTS)
) -> Features:
    """(T, S) inclination of each segment in degrees from the vertical of the image, 0 upright to 180 head down.

    ``names`` are of ``SEGMENTS``; the columns are called ``trunk_inclination`` and so on, so that they fit into one
    table with joint angles. Shoulders and hips are measured from the horizontal instead, as the angle of the line
    from right to left. ``space``, NaN and errors as in ``compute_joint_angles``. The image's vertical is the true
    one only if the camera is level.

    >>> from laban.sources import SyntheticScene
    >>> sequence = SyntheticScene(people=1, seconds=2.0).recording().people[0]
    >>> leaning = compute_inclinations(sequence, names=("trunk", "left_thigh"))
    >>> leaning.names, leaning.units, leaning.values.shape
    (('trunk_inclination', 'left_thigh_inclination'), ('deg', 'deg'), (60, 2))
    """
    values = inclinations_deg(_points(sequence, space), sequence.skeleton, names=tuple(names))
    called = tuple(f"{name}_inclination" for name in names)
    return Features(sequence.times_s, called, ("deg",) * len(names), values)


def inclinations_deg(points: FloatArray, skeleton: Skeleton, *, names: tuple[str, ...]) -> Float64Array:
    """(T, S) the same of (T, J, C) points, in a space where an angle means something, as plain numbers."""
    ends = _segment_ends(skeleton, names)
    middles = _middles(points, ends)
    segments = middles[:, 1] - middles[:, 0]
    values = angle_between_deg(segments, np.broadcast_to(_UP[: points.shape[-1]], segments.shape))
    for column in ends.across:
        values[:, column] = _line_tilt_deg(segments[:, column])
    values[:, ends.lacking] = np.nan
    return values


def angle_between_deg(first: FloatArray, second: FloatArray) -> Float64Array:
    """(...) degrees between vectors (..., C), 0 to 180; NaN where one has no length or is missing.

    By atan2 of the lengths of sum and difference of the unit vectors (Kahan 2006, section 12), which is accurate
    near 0 and 180, unlike the arc cosine.

    >>> float(angle_between_deg(np.array([1.0, 0.0]), np.array([0.0, 2.0])))
    90.0
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        # Lengths written out, because np.linalg.norm takes four times as long for the few vectors of a live frame.
        one = first / np.sqrt(np.add.reduce(first * first, axis=-1, keepdims=True))
        other = second / np.sqrt(np.add.reduce(second * second, axis=-1, keepdims=True))
        apart, together = one - other, one + other
        apart = np.sqrt(np.add.reduce(apart * apart, axis=-1))
        together = np.sqrt(np.add.reduce(together * together, axis=-1))
        return np.asarray(np.degrees(2 * np.arctan2(apart, together)))[()]


def _points(sequence: PoseSequence, space: Space | str | None) -> Float64Array:
    wanted = Space(space) if space is not None else sequence.best_space
    if wanted is Space.NORMALISED:
        raise InvalidValueError("angles cannot be measured in normalised coordinates; use pixel or world")
    return sequence.coordinates(wanted).astype(np.float64)


class _Ends(NamedTuple):
    """The K points of each of A angles or segments: ``left`` and ``right`` (K, A) are the positions of the two
    joints whose mean is a point, twice the same for a single joint. ``lacking`` are those for which the skeleton
    has no joint, ``across`` those between the two sides of the body."""

    left: IntArray
    right: IntArray
    lacking: list[int]
    across: tuple[int, ...] = ()


@lru_cache(maxsize=256)
def _angle_ends(skeleton: Skeleton, names: tuple[str, ...]) -> _Ends:
    return _ends(skeleton, [choose(name, JOINT_ANGLES, what="angle") for name in names], count=3)


@lru_cache(maxsize=256)
def _segment_ends(skeleton: Skeleton, names: tuple[str, ...]) -> _Ends:
    ends = _ends(skeleton, [choose(name, SEGMENTS, what="segment") for name in names], count=2)
    return ends._replace(across=tuple(row for row, name in enumerate(names) if name in ("shoulders", "hips")))


def _ends(skeleton: Skeleton, definitions: Sequence[Sequence[Point]], *, count: int) -> _Ends:
    lacking = [
        row
        for row, points in enumerate(definitions)
        if not skeleton.has(*(joint for point in points for joint in point))
    ]
    places = [
        [
            (0, 0) if row in lacking else (skeleton.index(point[0]), skeleton.index(point[-1]))
            for point in points
        ]
        for row, points in enumerate(definitions)
    ]
    table = np.array(places, dtype=np.int64).reshape(len(definitions), count, 2)
    return _Ends(table[:, :, 0].T, table[:, :, 1].T, lacking)


def _middles(points: FloatArray, ends: _Ends) -> Float64Array:
    """(T, K, A, C) the means of pairs of joints of (T, J, C) points; of a joint and itself, the joint."""
    return np.asarray((points[:, ends.left] + points[:, ends.right]) / 2, dtype=np.float64)


def _line_tilt_deg(segment: Float64Array) -> Float64Array:
    """The angle of a line from the horizontal, -90 to 90 degrees, positive where its left end is higher."""
    flat = np.linalg.norm(np.delete(segment, 1, axis=-1), axis=-1)
    tilt = np.degrees(np.arctan2(-segment[..., 1], flat))
    return np.asarray(np.where(np.linalg.norm(segment, axis=-1) > 0, tilt, np.nan))
