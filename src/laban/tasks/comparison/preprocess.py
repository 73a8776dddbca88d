"""Prepares movements for comparison: on one clock, with gaps filled, as rows of features to align."""

from dataclasses import replace
from typing import Protocol

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.body import mid_hip, mid_shoulder, torso_length
from laban.core.sequence import PoseSequence
from laban.core.space import Space
from laban.errors import InvalidValueError
from laban.sequences.clean import fill_gaps
from laban.sequences.resample import resample
from laban.sequences.smooth import SmoothSettings, smooth
from laban.tasks.comparison.main_joints import MAIN_JOINTS
from laban.tasks.comparison.measures import Measures, image_torso, measure, with_torso
from laban.tasks.comparison.settings import ComparisonSettings

MOST_ROWS = 2000
"""A longer movement is compared on a slower clock, so that the table of an alignment stays small."""

_LEAST_S = 0.4
_LEAST_ROWS = 5
_LEAST_FPS = 4.0
_GAP_S = 0.35
_LONGEST_GAP_S = 1.0
_CUTOFF_HZ = 6.0  # movements are slower (Winter 2009, section 2.4), jitter of landmarks is faster
_LEAST_FILTERED = 2.5  # frames a cycle
_LEAST_SHARE = 0.2  # of the time: values known less often have no range
_BODY_TORSO = 3.0  # torso lengths of a body from head to foot, about
_STILL_DEG = 15.0
_STILL_TORSO = 0.12
_ANGLE_UNIT_DEG = 30.0  # this many degrees count as much as ...
_POINT_UNIT = 0.35  # ... this many torso lengths


class Curved(Protocol):
    """Replaces the linear interpolation between frames in ``even``, which is ``through`` on a uniform clock."""

    def __call__(self, even: PoseSequence, *, through: PoseSequence) -> PoseSequence: ...


def clock_fps(*sequences: PoseSequence, fps: float) -> float:
    """The rate at which movements are compared: ``fps``, or less where one of them is long."""
    longest_s = max(float(one.times_s[-1] - one.times_s[0]) for one in sequences)
    return min(fps, MOST_ROWS / max(longest_s, 1e-9))


def prepared(
    sequence: PoseSequence,
    *,
    fps: float,
    what: str,
    least_fps: float = _LEAST_FPS,
    curved: Curved | None = None,
) -> PoseSequence:
    """``sequence`` from the first instant it is seen to the last, on a clock of ``fps``.

    Gaps of up to a third of a second are filled, or of the usual steps of a clock that is slower or drops frames;
    jitter above 6 Hz is taken out. ``what`` names the movement in errors; ``curved`` replaces linear
    interpolation between frames. Raises InvalidValueError where it is too short, or its camera too slow, to be a
    movement.
    """
    seen = np.flatnonzero(sequence.seen)
    if not len(seen):
        raise InvalidValueError(f"nobody is seen in {what}; choose another person or clip")
    part = sequence.take(slice(int(seen[0]), int(seen[-1]) + 1))
    lasting_s = float(part.times_s[-1] - part.times_s[0])
    if lasting_s < _LEAST_S or len(part) < _LEAST_ROWS:
        raise InvalidValueError(
            f"{what} is too short for a movement: expected {_LEAST_S:g} s and {_LEAST_ROWS} frames or more, got "
            f"{lasting_s:.2f} s and {len(part)}; give a longer clip, or a moment of one (clip.mp4@1.5s) as a pose"
        )
    step_s = float(np.median(np.diff(part.times_s)))
    if step_s > 1 / least_fps:
        raise InvalidValueError(
            f"{what} has {1 / step_s:.1f} frames a second, expected {least_fps:g} or more; film it faster"
        )
    long_s = float(np.percentile(np.diff(part.times_s), 95))
    gap_s = max(_GAP_S, 1.6 * step_s, min(1.6 * long_s, _LONGEST_GAP_S))
    even = resample(fill_gaps(part, max_gap_s=gap_s), fps=fps, max_gap_s=gap_s)
    if curved is not None:
        even = curved(even, through=part)
    if fps <= _LEAST_FILTERED * _CUTOFF_HZ:
        return even
    return smooth(even, settings=SmoothSettings(method="butterworth", cutoff_hz=_CUTOFF_HZ))


def measured_movement(
    sequence: PoseSequence, *, settings: ComparisonSettings, space: Space, fps: float, what: str
) -> Measures:
    """The measures of a movement on a clock of ``fps``; see ``prepared`` and ``measure``."""
    return measure(prepared(sequence, fps=fps, what=what), settings=settings, space=space)


def features_of(measures: Measures) -> Float64Array:
    """(T, F) rows to align: ``noticeable_of`` with the angles weighted to count together as much as the
    coordinates. NaN where unknown."""
    rows = noticeable_of(measures)
    angles = measures.angles_deg.shape[1]
    rows[:, :angles] *= np.sqrt((rows.shape[1] - angles) / angles)
    return rows


def noticeable_of(measures: Measures) -> Float64Array:
    """(T, F) the eight angles, then the coordinates of the joints, scaled so that a noticeable difference is about
    1 in each. NaN where unknown."""
    points = measures.points.reshape(len(measures), -1) / _POINT_UNIT
    return np.concatenate([measures.angles_deg / _ANGLE_UNIT_DEG, points], axis=1)


def place_torso(sequence: PoseSequence) -> Float64Array:
    """(T, 2) where the trunk is in the image, to the right and up, in torso lengths; NaN where it is not seen.

    It shows jumping and swaying, which do not change the body's shape.
    """
    nowhere = np.full((len(sequence), 2), np.nan)
    if sequence.image_px is None:
        return nowhere
    points = with_torso(sequence, Space.PIXEL).coordinates(Space.PIXEL)
    lengths = torso_length(points, sequence.skeleton)
    known = lengths[np.isfinite(lengths)]
    if not len(known):
        return nowhere
    middle = (mid_shoulder(points, sequence.skeleton) + mid_hip(points, sequence.skeleton)) / 2
    return np.asarray(middle * (1.0, -1.0) / max(float(np.median(known)), 1e-9))


def with_points(measures: Measures, sequence: PoseSequence) -> Measures:
    """``measures`` unchanged; where no trunk is seen most of the time, with the joints' positions in the image.

    For a person on a bench with hidden shoulders no angle is known and nothing can be measured from the hips, but
    the hands still go up and down. The unit is a torso length by the visible segments, else a share of the visible
    body.
    """
    there = np.isfinite(measures.points).all(axis=2).mean()
    if sequence.image_px is None or there >= _LEAST_SHARE:
        return measures
    indices = [sequence.skeleton.index(name) for name in MAIN_JOINTS]
    points = np.where(measures.weights[..., None] > 0, sequence.image_px[:, indices], np.nan).astype(
        np.float64
    )
    return replace(measures, points=points / _torso_px(points))


def _torso_px(points: Float64Array) -> float:
    lengths = image_torso(points)
    known = lengths[np.isfinite(lengths)]
    if len(known) >= _LEAST_SHARE * len(points):
        return max(float(np.median(known)), 1e-9)
    seen = points[np.isfinite(points).all(axis=2)]
    return max(float(np.linalg.norm(np.ptp(seen, axis=0))) / _BODY_TORSO, 1e-9) if len(seen) else 1.0


def ranges_deg(measures: Measures) -> Float64Array:
    """(8,) range of each angle, from its 5th to its 95th percentile; NaN where it is hardly known."""
    return _ranges(measures.angles_deg)


def reach_torso(measures: Measures) -> float:
    """How far, in torso lengths, the joint that moves most goes along an axis; 0 where nothing is known."""
    return float(np.nan_to_num(reaches_torso(measures)).max(initial=0.0))


def reaches_torso(measures: Measures) -> Float64Array:
    """(12, C) how far each joint goes along each axis, in torso lengths; NaN where it is hardly known."""
    return _ranges(measures.points.reshape(len(measures), -1)).reshape(measures.points.shape[1:])


def smoothed_over(measures: Measures, width_s: float) -> Measures:
    """Angles and points as running means over ``width_s`` of an even clock; NaN where they were not known."""
    if len(measures) < 2:
        return measures
    times_s = measures.times_s
    known = [np.isfinite(one) for one in (measures.angles_deg, measures.points)]
    flat = [
        filled_columns(one.reshape(len(measures), -1)).reshape(one.shape)
        for one in (measures.angles_deg, measures.points)
    ]
    angles, points = (
        np.where(there, running_mean(one, times_s, width_s=width_s), np.nan)
        for there, one in zip(known, flat, strict=True)
    )
    return replace(measures, angles_deg=angles, points=points)


def is_still(measures: Measures) -> bool:
    """Whether nobody moves: no angle changes by 15° and no joint by an eighth of a torso length."""
    widest = np.nan_to_num(ranges_deg(measures)).max(initial=0.0)
    return bool(widest < _STILL_DEG and reach_torso(measures) < _STILL_TORSO)


def median_known(values: Float64Array) -> Float64Array:
    """The median over the first axis of what is known; NaN where nothing is."""
    out = np.full(values.shape[1:], np.nan)
    known = np.isfinite(values).any(axis=0)
    if known.any():
        out[known] = np.nanmedian(values[:, known], axis=0)
    return out


def filled_column(values: Float64Array) -> Float64Array:
    """(T,) without NaN: linear interpolation, ends held, 0 where nothing is known."""
    known = np.isfinite(values)
    if not known.any():
        return np.zeros_like(values)
    rows = np.arange(len(values))
    return np.asarray(np.interp(rows, rows[known], values[known]))


def filled_columns(values: Float64Array) -> Float64Array:
    """(T, F) with each column filled by itself."""
    return np.stack([filled_column(column) for column in values.T], axis=1)


def running_mean(values: Float64Array, times_s: Float64Array, *, width_s: float) -> Float64Array:
    """(T, ...) a running mean, applied twice, over ``width_s`` of an even clock; ends are held."""
    width = 2 * int(width_s / float(np.median(np.diff(times_s))) / 2) + 1
    out = values
    for _ in range(2):
        padded = np.concatenate(
            [out[:1].repeat(width // 2, axis=0), out, out[-1:].repeat(width // 2, axis=0)]
        )
        sums = np.cumsum(np.concatenate([np.zeros_like(out[:1]), padded]), axis=0)
        out = (sums[width:] - sums[:-width]) / width
    return np.asarray(out)


def _ranges(values: Float64Array) -> Float64Array:
    """(K,) from the 5th to the 95th percentile of the known values of (T, K); NaN where few are known."""
    known = np.isfinite(values)
    out = np.full(values.shape[1], np.nan)
    for index in np.flatnonzero(known.sum(axis=0) >= max(_LEAST_ROWS, _LEAST_SHARE * len(values))):
        low, high = np.percentile(values[known[:, index], index], [5, 95])
        out[index] = high - low
    return out
