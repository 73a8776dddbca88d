"""The motion of each joint: range, smoothness, and left compared with right."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from laban.core.arrays import Float64Array
from laban.features.angles import MAIN_ANGLES
from laban.features.kinematics import derivative
from laban.tasks.comparison.measures import Measures
from laban.tasks.comparison.preprocess import filled_column, ranges_deg
from laban.tasks.comparison.principal_curve import smoothed

RangeVerdict = Literal["same", "smaller", "larger", "unknown"]

_LEAST_RANGE_DEG = 20.0
_UNEVEN_PERCENT = 25.0
_MOST_MISSING = 0.3


@dataclass(frozen=True)
class JointMotion:
    """One joint's motion in an attempt and its reference.

    ``range_deg`` and ``reference_range_deg`` run from the 5th to the 95th percentile; ``verdict`` names a
    difference above the noise floor. ``smoothness`` and ``reference_smoothness`` are the log dimensionless
    jerk, nearer to 0 the smoother; NaN where the joint hardly moves.
    """

    joint: str
    range_deg: float
    reference_range_deg: float
    verdict: RangeVerdict
    smoothness: float
    reference_smoothness: float


@dataclass(frozen=True)
class Symmetry:
    """The range of a joint on the left compared with the right; ``index_percent`` is ``100·(L − R)/((L +
    R)/2)``."""

    joint: str
    left_deg: float
    right_deg: float

    @property
    def index_percent(self) -> float:
        middle = (self.left_deg + self.right_deg) / 2
        return (
            100.0 * (self.left_deg - self.right_deg) / middle if middle >= _LEAST_RANGE_DEG else float("nan")
        )

    @property
    def uneven(self) -> bool:
        """Whether the sides differ by a quarter of their range or more, and by more than noise."""
        apart = abs(self.left_deg - self.right_deg)
        return abs(self.index_percent) >= _UNEVEN_PERCENT and apart > 10.0


def joint_motions(own: Measures, theirs: Measures, *, floor_deg: float) -> tuple[JointMotion, ...]:
    """The motion of each of ``MAIN_ANGLES`` in both movements."""
    ranges, reference = ranges_deg(own), ranges_deg(theirs)
    smooth, reference_smooth = smoothness(own), smoothness(theirs)
    return tuple(
        JointMotion(
            joint,
            float(ranges[index]),
            float(reference[index]),
            _verdict(float(ranges[index] - reference[index]), floor_deg),
            float(smooth[index]),
            float(reference_smooth[index]),
        )
        for index, joint in enumerate(MAIN_ANGLES)
    )


def symmetry_of(measures: Measures) -> tuple[Symmetry, ...]:
    """The ranges of elbows, shoulders, hips and knees, left compared with right."""
    ranges = ranges_deg(measures)
    return tuple(
        Symmetry(left.removeprefix("left_"), float(ranges[2 * index]), float(ranges[2 * index + 1]))
        for index, left in enumerate(MAIN_ANGLES[::2])
    )


def smoothness(measures: Measures) -> Float64Array:
    """(8,) the log dimensionless jerk of each angle: ``−ln((D³ / v²) ∫ jerk² dt)``, duration D, peak speed v.

    After Balasubramanian, Melendez-Calderon and Burdet 2012, on angles smoothed over a fifth of a second. NaN where
    an angle moves by less than 20° or is missing for more than 30 % of the time.
    """
    ranges = np.nan_to_num(ranges_deg(measures))
    missing = ~np.isfinite(measures.angles_deg)
    out = np.full(len(MAIN_ANGLES), np.nan)
    lasting_s = float(measures.times_s[-1] - measures.times_s[0])
    for index in np.flatnonzero((ranges >= _LEAST_RANGE_DEG) & (missing.mean(axis=0) <= _MOST_MISSING)):
        angle = smoothed(filled_column(measures.angles_deg[:, index]), measures.times_s)
        speed = derivative(angle, measures.times_s)
        jerk = derivative(derivative(speed, measures.times_s), measures.times_s)
        effort = float(np.trapezoid(jerk**2, measures.times_s))
        peak = float(np.abs(speed).max())
        if effort > 0 and peak > 0:
            out[index] = -np.log(lasting_s**3 / peak**2 * effort)
    return out


def _verdict(difference_deg: float, floor_deg: float) -> RangeVerdict:
    if not np.isfinite(difference_deg):
        return "unknown"
    if abs(difference_deg) <= floor_deg:
        return "same"
    return "larger" if difference_deg > 0 else "smaller"
