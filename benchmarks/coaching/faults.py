"""A fault planted in a real movement: one joint bent by 20° for a part of it. Is that joint named, and no other?

Forty exercises of Penn Action, of a second or more; the code was developed on another draw of them. The attempt is
the movement itself with the jitter of the engine (``jitter``), the reference the same movement with other jitter.
In each, every elbow, shoulder, hip and knee is bent in turn, by rotating everything beyond it, out and in again
within 0.15 s, over 40 % of the time and 0.75 s at least; except where the camera cannot show it (a segment
of less than 0.3 torso lengths in the image, or an angle that is not known to 20°). The fault is named where one
of the moments of ``compare_movements`` lies in its time and has that joint, of that side, first. In the
same pairs without a fault no moment must be reported.
"""

from collections.abc import Iterator

import numpy as np

from benchmarks.coaching.jitter import shaken, tremor_torso
from benchmarks.coaching.movements import whole_exercises
from benchmarks.rows import Row, row
from laban.core.arrays import BoolArray
from laban.core.body import torso_length
from laban.core.sequence import PoseSequence
from laban.features.angles import JOINT_ANGLES, MAIN_ANGLES
from laban.tasks.comparison.movements import MovementComparison, compare_movements

_BENT_DEG = 20.0
_SHARE = 0.4
_LEAST_S = 0.75
_EASED_S = 0.15
_LEAST_TORSO = 0.3
_UNCHANGED = 5  # of each movement
_HANGING = {
    "shoulder": ("elbow", "wrist"),
    "elbow": ("wrist",),
    "hip": ("knee", "ankle"),
    "knee": ("ankle",),
}


def fault_rows() -> list[Row]:
    """How many planted faults are named, and how many movements without faults pass."""
    rng = np.random.default_rng(0)
    clips = whole_exercises(each=5, seed=1)
    named = [hit for clip in clips for hit in _planted(clip, rng)]
    quiet = [not _compared(clip, clip, rng).moments for clip in clips for _ in range(_UNCHANGED)]
    return [
        row(
            "a joint bent by 20° for a part: right joint and side named",
            _percent(named),
            "%",
            at_least=95,
            faults=len(named),
        ),
        row(
            "unchanged repetitions with noise: no fault named",
            _percent(quiet),
            "%",
            at_least=95,
            repetitions=len(quiet),
        ),
        row(
            "the noise: median over joints of its standard deviation", 100 * tremor_torso(), "% of the torso"
        ),
    ]


def _planted(clip: PoseSequence, rng: np.random.Generator) -> Iterator[bool]:
    """Whether each fault that can be planted in a clip is named."""
    for joint in MAIN_ANGLES:
        start_s, end_s = _time_of_fault(clip, rng)
        inside = (clip.times_s >= start_s) & (clip.times_s <= end_s)
        if not inside.any() or _shortest_torso(clip, joint, inside) < _LEAST_TORSO:
            continue
        found = _compared(bent(clip, joint, start_s, end_s), clip, rng)
        if not _can_be_told(found, joint, start_s, end_s):
            continue
        yield any(
            moment.joints[:1] and moment.joints[0][0] == joint and start_s <= moment.attempt_s <= end_s
            for moment in found.moments
        )


def _can_be_told(found: MovementComparison, joint: str, start_s: float, end_s: float) -> bool:
    """Whether the angle's uncertainty, from view and visibility, is below the change."""
    inside = (found.attempt_s >= start_s) & (found.attempt_s <= end_s)
    limits = found.differences.limit_deg[inside, MAIN_ANGLES.index(joint)]
    return bool(len(limits) and np.nanmedian(limits) < _BENT_DEG)


def _compared(attempt: PoseSequence, reference: PoseSequence, rng: np.random.Generator) -> MovementComparison:
    return compare_movements(shaken(attempt, rng), shaken(reference, rng))


def _time_of_fault(clip: PoseSequence, rng: np.random.Generator) -> tuple[float, float]:
    length_s = float(clip.times_s[-1])
    lasting_s = max(_SHARE * length_s, _LEAST_S)
    start_s = float(rng.uniform(0.05 * length_s, 0.95 * length_s - lasting_s))
    return start_s, start_s + lasting_s


def bent(clip: PoseSequence, joint: str, start_s: float, end_s: float) -> PoseSequence:
    """``clip`` with everything beyond a joint rotated, so that its angle is 20° less, or more where it is small."""
    points = np.asarray(clip.image_px, dtype=np.float64).copy()
    side, name = joint.split("_")
    before, at, after = (points[:, clip.skeleton.index(one[0])] for one in JOINT_ANGLES[joint])
    if name == "shoulder":
        before, after = after, before
    along, limb = before - at, after - at
    cross = along[:, 0] * limb[:, 1] - along[:, 1] * limb[:, 0]
    angle = np.degrees(np.abs(np.arctan2(cross, (along * limb).sum(axis=1))))
    inside = (clip.times_s >= start_s) & (clip.times_s <= end_s)
    towards = np.where(np.median(angle[inside]) > 60, -np.sign(cross), np.sign(cross))[inside]
    eased = np.clip(np.minimum(clip.times_s - start_s, end_s - clip.times_s) / _EASED_S, 0.0, 1.0)
    # The side to which a nearly straight limb is bent must not change from instant to instant.
    turn = np.radians(_BENT_DEG) * eased * np.sign(np.median(towards))
    places = [clip.skeleton.index(f"{side}_{one}") for one in _HANGING[name]]
    arms = points[:, places] - at[:, None]
    cosine, sine = np.cos(turn)[:, None], np.sin(turn)[:, None]
    points[:, places, 0] = at[:, None, 0] + cosine * arms[..., 0] - sine * arms[..., 1]
    points[:, places, 1] = at[:, None, 1] + sine * arms[..., 0] + cosine * arms[..., 1]
    return clip.replace(image_px=points.astype(np.float32))


def _shortest_torso(clip: PoseSequence, joint: str, inside: BoolArray) -> float:
    """The usual length in the image of the shorter of the segments that meet in a joint."""
    points = np.asarray(clip.image_px, dtype=np.float64)
    torso = float(np.nanmedian(torso_length(points, clip.skeleton)))
    before, at, after = (points[inside, clip.skeleton.index(one[0])] for one in JOINT_ANGLES[joint])
    return min(float(np.median(np.linalg.norm(one - at, axis=1))) for one in (before, after)) / torso


def _percent(hits: list[bool]) -> float:
    return 100 * float(np.mean(hits))
