"""People who walk or stand, told by how they move: images to learn from that nobody has annotated.

From the calm surveillance clips and the samples (MIT and BSD-3-Clause): somebody upright whose legs are seen
walks where within 0.6 s the feet change places and the hips travel, and stands where neither moves and knees
and hips are straight. Thresholds are strict: most people are neither.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.posture.frames import Moment
from benchmarks.recognition.sets import DATA
from laban.assets import find_asset
from laban.core.arrays import Float64Array
from laban.core.sequence import PoseSequence
from laban.core.space import Space
from laban.features.angles import compute_joint_angles
from laban.pipeline.recording.open import poses_of

SAMPLES = ("demo", *(f"{kind}_person_cam0{number}" for kind in ("single", "multi") for number in range(1, 5)))
_EVERY_S, _REACH_S = 0.25, 0.3
_LEAST_FRAMES, _LEAST_TORSO_PX, _LEAST_SEEN = 8, 12.0, 0.6
_MOST_LEAN_DEG = 20.0
_WALKS = {"feet": 0.9, "hips": 0.5}
_STANDS = {"feet": 0.2, "hips": 0.15, "straight_deg": 150.0}
"""In torso lengths a second."""
_LEGS = ("left_knee", "right_knee", "left_ankle", "right_ankle")
_STRAIGHT = ("left_knee", "right_knee", "left_hip", "right_hip")


@dataclass(frozen=True)
class Walker:
    """A moment of one person, with their box (4,) in pixels."""

    moment: Moment
    box_xyxy_px: tuple[float, float, float, float]


def walkers() -> Iterator[Walker]:
    """Everybody who clearly walks or stands, a few times a second."""
    clips = [*sorted((DATA / "fights" / "no_fight").glob("*.mp4"))]
    clips += [path for name in SAMPLES if (path := find_asset(name)) is not None]
    for clip in clips:
        for sequence in poses_of(clip).recording.people.values():
            yield from _of_person(clip, sequence)


def _of_person(clip: Path, sequence: PoseSequence) -> Iterator[Walker]:
    times_s = sequence.times_s
    for at_s in np.arange(times_s[0] + _REACH_S, times_s[-1] - _REACH_S, _EVERY_S):
        rows = np.flatnonzero(np.abs(times_s - at_s) <= _REACH_S)
        row = int(np.abs(times_s - at_s).argmin())
        label = _moves(sequence, rows, row)
        if label is not None:
            points = _pixels(sequence)[row][sequence.visibility[row] >= 0.2]
            low, high = points.min(axis=0), points.max(axis=0)
            box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
            yield Walker(Moment(clip, float(times_s[row]), label, "walkers"), box)


def _moves(sequence: PoseSequence, rows: np.ndarray, row: int) -> str | None:
    """``walking``, ``standing``, or None where it is neither for certain."""
    at = sequence.skeleton.index
    points = _pixels(sequence)
    hips, shoulders = (
        (points[:, at(f"left_{name}")] + points[:, at(f"right_{name}")]) / 2 for name in ("hip", "shoulder")
    )
    torso = float(np.nanmedian(np.linalg.norm(shoulders - hips, axis=1)))
    legs = sequence.visibility[rows][:, [at(name) for name in _LEGS]].mean(axis=1)
    if len(rows) < _LEAST_FRAMES or not torso >= _LEAST_TORSO_PX or not legs.min() >= _LEAST_SEEN:
        return None
    down = hips[row] - shoulders[row]
    if not np.degrees(np.arctan2(abs(down[0]), down[1])) <= _MOST_LEAN_DEG:
        return None
    lasts_s = float(sequence.times_s[rows[-1]] - sequence.times_s[rows[0]])
    apart = (points[rows, at("left_ankle")] - points[rows, at("right_ankle")]) / torso
    feet = float(np.ptp(apart, axis=0).max()) / lasts_s
    travel = float(np.linalg.norm(hips[rows[-1]] - hips[rows[0]])) / torso / lasts_s
    if feet > _WALKS["feet"] and travel > _WALKS["hips"]:
        return "walking"
    still = feet < _STANDS["feet"] and travel < _STANDS["hips"]
    return "standing" if still and _straight_deg(sequence, row) > _STANDS["straight_deg"] else None


def _straight_deg(sequence: PoseSequence, row: int) -> float:
    angles = compute_joint_angles(sequence.take(slice(row, row + 1)), names=_STRAIGHT)
    return float(np.nanmin(angles.values))


def _pixels(sequence: PoseSequence) -> Float64Array:
    return sequence.coordinates(Space.PIXEL).astype(np.float64)
