"""Repeated movement, such as steps or squats: the range of each side, as an index of left compared with right."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.core.sequence import PoseSequence
from laban.features.angles import compute_joint_angles
from laban.features.extrema import pivots, robust_range
from laban.sequences.clean import fill_gaps, mask_joints
from laban.sequences.resample import resample
from laban.sequences.smooth import SmoothSettings, smooth

JOINTS = ("hip", "knee", "ankle", "shoulder", "elbow")
_FPS, _GAP_S, _CUTOFF_HZ = 30.0, 0.35, 6.0
_LEAST_RANGE_DEG = 15.0  # less is swaying, or noise
_TURN = 0.5  # of the range
_LEAST_CYCLES = 3
_LEAST_KNOWN = 0.6
_MOST_UNEVEN = 0.4


@dataclass(frozen=True)
class SideIndex:
    """The range of a joint's angle on either side, per repetition.

    ``left_deg`` and ``right_deg`` are means over ``left_count`` and ``right_count`` repetitions. ``percent`` is the
    symmetry index of Robinson, Herzog and Nigg (1987), 200 · (left − right) / (left + right), with the 95 %
    interval that the repetitions give of the difference, and ``space`` where the angles were measured.
    """

    joint: str
    left_deg: float
    right_deg: float
    left_count: int
    right_count: int
    percent: float
    low: float
    high: float
    space: str

    @property
    def side(self) -> Literal["left", "right", ""]:
        """The side with the certainly larger range, if any."""
        return "left" if self.low > 0 else "right" if self.high < 0 else ""


def compare_sides(sequence: PoseSequence, *, min_visibility: float = 0.5) -> tuple[SideIndex, ...]:
    """The index of each pair of joints that both move repeatedly: at least three times 15° out and back.

    Angles are those in space where there are metres, else those in the image, where a side that is turned away
    looks smaller. Joints hidden for much of the time are left out.
    """
    if len(sequence) < _LEAST_CYCLES * 2 or sequence.times_s[-1] - sequence.times_s[0] < 1.0:
        return ()
    even = _prepared(sequence, min_visibility)
    names = tuple(f"{side}_{joint}" for joint in JOINTS for side in ("left", "right"))
    angles = compute_joint_angles(even, names=names)
    space = "metres" if even.world_m is not None else "pixels"
    found = (
        _index(joint, _excursions(angles[f"left_{joint}"]), _excursions(angles[f"right_{joint}"]), space)
        for joint in JOINTS
    )
    return tuple(one for one in found if one is not None)


def _prepared(sequence: PoseSequence, min_visibility: float) -> PoseSequence:
    seen = mask_joints(sequence, np.nan_to_num(sequence.visibility, nan=1.0) < min_visibility)
    rate = 1 / float(np.median(np.diff(seen.times_s)))
    gap_s = max(_GAP_S, 1.6 / rate)
    even = resample(fill_gaps(seen, max_gap_s=gap_s), fps=_FPS, max_gap_s=gap_s)
    return smooth(even, settings=SmoothSettings(method="butterworth", cutoff_hz=_CUTOFF_HZ))


def _excursions(angle_deg: Float64Array) -> Float64Array:
    """(N,) the range of the angle in each repetition: the mean of the ways out and back; none where they are too
    irregular to be repetitions."""
    known = np.isfinite(angle_deg)
    if known.mean() < _LEAST_KNOWN:
        return np.zeros(0)
    rows = np.arange(len(angle_deg))
    filled = np.interp(rows, rows[known], angle_deg[known])
    reach = robust_range(filled)
    if reach < _LEAST_RANGE_DEG:
        return np.zeros(0)
    turns = pivots(filled, least=_TURN * reach)
    ways = np.abs(np.diff(filled[turns]))
    # Movements cut off by the clip's ends are incomplete.
    inner = ways[1:-1] if len(ways) > 2 else ways[:0]
    found = np.asarray((inner[:-1] + inner[1:])[::2] / 2)
    steady = _varies(np.diff(turns[1:-1:2])) <= _MOST_UNEVEN and _varies(found) <= _MOST_UNEVEN
    return found if steady else found[:0]


def _varies(values: Float64Array | IntArray) -> float:
    """The spread as a share of the mean; infinite for fewer than two."""
    return float(values.std() / values.mean()) if len(values) > 1 else float("inf")


def _index(joint: str, left: Float64Array, right: Float64Array, space: str) -> SideIndex | None:
    if min(len(left), len(right)) < _LEAST_CYCLES:
        return None
    both = float(left.mean() + right.mean())
    percent = 200.0 * float(left.mean() - right.mean()) / both
    half = 200.0 * _half_width(left, right) / both
    return SideIndex(
        joint, float(left.mean()), float(right.mean()), len(left), len(right), percent, percent - half,
        percent + half, space,
    )  # fmt: skip


def _half_width(left: Float64Array, right: Float64Array) -> float:
    """Of the 95 % interval of the difference of two means (Welch 1947)."""
    from scipy.special import stdtrit

    parts = [float(side.var(ddof=1)) / len(side) for side in (left, right)]
    total = parts[0] + parts[1]
    if total == 0:
        return 0.0
    freedom = total**2 / sum(
        part**2 / (len(side) - 1) for part, side in zip(parts, (left, right), strict=True)
    )
    return float(stdtrit(freedom, 0.975) * np.sqrt(total))
