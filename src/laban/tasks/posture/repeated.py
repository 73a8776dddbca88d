"""Repeated movement, such as steps or squats: how far each side goes, as an index of left against right."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.sequence import PoseSequence
from laban.features.angles import compute_joint_angles
from laban.features.turns import pivots, robust_range
from laban.sequences.clean import fill_gaps, mask_joints
from laban.sequences.resample import resample
from laban.sequences.smooth import SmoothSettings, smooth

JOINTS = ("hip", "knee", "ankle", "shoulder", "elbow")
_FPS, _GAP_S, _CUTOFF_HZ = 30.0, 0.35, 6.0
_LEAST_RANGE_DEG = 15.0  # less is swaying, or noise
_TURN = 0.5  # of the range
_LEAST_CYCLES = 3
_LEAST_KNOWN = 0.6
_RESAMPLES = 1000


@dataclass(frozen=True)
class SideIndex:
    """How far a joint's angle goes on either side, repetition by repetition.

    ``left_deg`` and ``right_deg`` are medians over ``left_count`` and ``right_count`` repetitions. ``percent`` is
    the symmetry index of Robinson, Herzog and Nigg (1987), 200 · (left − right) / (left + right), with its 95 %
    interval by bootstrap over the repetitions, and ``space`` where the angles were measured.
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
        """The side that surely goes further, if any."""
        return "left" if self.low > 0 else "right" if self.high < 0 else ""


def compare_sides(
    sequence: PoseSequence, *, min_visibility: float = 0.5, seed: int = 0
) -> tuple[SideIndex, ...]:
    """The index of each pair of joints that both move repeatedly: at least three times 15° there and back.

    Angles are those in space where there are metres, else those in the picture, where a side that is turned away
    looks smaller. Nothing is told of a joint hidden for much of the time.
    """
    if len(sequence) < _LEAST_CYCLES * 2 or sequence.times_s[-1] - sequence.times_s[0] < 1.0:
        return ()
    even = _prepared(sequence, min_visibility)
    names = tuple(f"{side}_{joint}" for joint in JOINTS for side in ("left", "right"))
    angles = compute_joint_angles(even, names=names)
    space = "metres" if even.world_m is not None else "pixels"
    rng = np.random.default_rng(seed)
    found = (
        _index(joint, _excursions(angles[f"left_{joint}"]), _excursions(angles[f"right_{joint}"]), space, rng)
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
    """(N,) how far the angle goes in each repetition: the mean of the ways there and back."""
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
    # What the clip's ends cut is no whole way.
    inner = ways[1:-1] if len(ways) > 2 else ways[:0]
    return np.asarray((inner[:-1] + inner[1:])[::2] / 2)


def _index(
    joint: str, left: Float64Array, right: Float64Array, space: str, rng: np.random.Generator
) -> SideIndex | None:
    if min(len(left), len(right)) < _LEAST_CYCLES:
        return None
    medians = [
        np.median(side[rng.integers(0, len(side), (_RESAMPLES, len(side)))], axis=1) for side in (left, right)
    ]
    low, high = np.quantile(_percent(*medians), [0.025, 0.975])
    middle = float(np.median(left)), float(np.median(right))
    percent = float(_percent(np.array(middle[0]), np.array(middle[1])))
    return SideIndex(joint, *middle, len(left), len(right), percent, float(low), float(high), space)


def _percent(left: Float64Array, right: Float64Array) -> Float64Array:
    return np.asarray(200.0 * (left - right) / (left + right))
