"""Comparison of two poses: similarity, differences, and what the cameras cannot show."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.core.space import Space
from laban.features.angles import MAIN_ANGLES
from laban.tasks.comparison.main_joints import segment_names
from laban.tasks.comparison.measures import Measures, measure, mirrored
from laban.tasks.comparison.settings import ComparisonSettings
from laban.tasks.comparison.similarity import (
    Scores,
    as_sequence,
    difference_limit_deg,
    facing_warnings,
    is_mirrored,
    pose_scores,
    published_scores,
    turn_deg,
)

Verdict = Literal["same", "differs", "unsure", "unknown"]

_UNMEASURABLE_DEG = 35.0


@dataclass(frozen=True)
class JointDifference:
    """One joint's angle in both poses, in degrees.

    ``uncertainty_deg`` is the difference that noise alone may cause: never below the noise floor. ``verdict`` is
    ``differs`` only above it; ``unsure`` where the view or the visibility makes the angle unmeasurable, ``unknown``
    where a joint is missing; ``reason`` then says why.
    """

    joint: str
    attempt_deg: float
    reference_deg: float
    uncertainty_deg: float
    verdict: Verdict
    reason: str = ""

    @property
    def difference_deg(self) -> float:
        """Attempt minus reference: positive where the attempt is straighter."""
        return self.attempt_deg - self.reference_deg


@dataclass(frozen=True)
class PoseComparison:
    """The comparison of two poses.

    ``published`` are the published scores on unweighted image landmarks; ``scores`` the better ones, weighted by
    visibility, in ``space``, of the side that matches: with ``mirrored`` the attempt is the
    reference's mirror image ("same pose, other side") and ``joints`` are compared across, named by the reference.
    ``facing_deg`` is the angle between the directions that the bodies face, NaN without depth.
    """

    scores: Scores
    published: Scores | None
    plain: Scores
    mirror: Scores
    mirrored: bool
    joints: tuple[JointDifference, ...]
    space: Space
    facing_deg: float
    warnings: tuple[str, ...]

    @property
    def faults(self) -> tuple[JointDifference, ...]:
        """The joints that surely differ, the largest difference first."""
        differing = [one for one in self.joints if one.verdict == "differs"]
        return tuple(sorted(differing, key=lambda one: -abs(one.difference_deg)))

    @property
    def verdict(self) -> str:
        """The answer in a few words."""
        percent = np.round(self.scores.overall_percent)
        if not np.isfinite(percent):
            return "nothing to compare"
        words = "different poses" if percent < 60 else "a similar pose" if percent < 85 else "the same pose"
        return f"{words}, other side" if self.mirrored else words


def compare_poses(
    attempt: Pose | PoseSequence,
    reference: Pose | PoseSequence,
    *,
    settings: ComparisonSettings | None = None,
) -> PoseComparison:
    """How close ``attempt`` is to ``reference``, where they differ and by how much.

    Each is a pose, or a sequence of one instant. NaN joints are left out and reported. Raises InvalidValueError
    where they have no space in common, or a skeleton has no hips and shoulders.
    """
    chosen = settings or ComparisonSettings()
    one, other = as_sequence(attempt), as_sequence(reference)
    space = chosen.space_for(one.spaces, other.spaces)
    own, theirs = (measure(pose, settings=chosen, space=space) for pose in (one, other))
    flipped = mirrored(own)
    plain, mirror = pose_scores(own, theirs), pose_scores(flipped, theirs)
    swapped = is_mirrored(plain, mirror, settings=chosen)
    shown = flipped if swapped else own
    facing_deg = _turn_between(own, theirs)
    joints = tuple(_joints(shown, theirs, chosen, swapped=swapped))
    return PoseComparison(
        scores=mirror if swapped else plain,
        published=published_scores(one, other),
        plain=plain,
        mirror=mirror,
        mirrored=swapped,
        joints=joints,
        space=space,
        facing_deg=facing_deg,
        warnings=tuple(_warnings(joints, facing_deg, chosen)),
    )


def _joints(
    own: Measures, theirs: Measures, settings: ComparisonSettings, *, swapped: bool
) -> Iterator[JointDifference]:
    limits = difference_limit_deg(
        own.uncertainty_deg, theirs.uncertainty_deg, floor_deg=settings.noise_floor_deg
    )[0]
    for index, joint in enumerate(MAIN_ANGLES):
        one, other = float(own.angles_deg[0, index]), float(theirs.angles_deg[0, index])
        reason = "; ".join(
            words
            for words in (
                _obstacle(own, index, "attempt", joint if not swapped else _other(joint)),
                _obstacle(theirs, index, "reference", joint),
            )
            if words
        )
        limit = float(limits[index])
        verdict: Verdict = "same"
        if not np.isfinite(one - other):
            verdict, limit = "unknown", float("nan")
        elif reason:
            verdict = "unsure"
        elif abs(one - other) > limit:
            verdict = "differs"
        yield JointDifference(joint, one, other, limit, verdict, reason)


def _obstacle(measures: Measures, index: int, which: str, joint: str) -> str:
    """Why an angle cannot be measured, in words; empty where it can."""
    if measures.hidden[0, index]:
        return f"not seen in the {which}"
    if measures.guessed[0, index]:
        return f"hardly visible in the {which}"
    short = measures.foreshortened[0, index]
    if short.any() and measures.uncertainty_deg[0, index] > _UNMEASURABLE_DEG / 2:
        names = [name for name, is_short in zip(segment_names(joint), short, strict=True) if is_short]
        points = "points" if len(names) == 1 else "point"
        return f"the {' and the '.join(names)} {points} at the camera in the {which}"
    if measures.uncertainty_deg[0, index] > _UNMEASURABLE_DEG:
        return f"hardly visible in the {which}"
    return ""


def _other(joint: str) -> str:
    side, name = joint.split("_")
    return f"{'right' if side == 'left' else 'left'}_{name}"


def _turn_between(first: Measures, second: Measures) -> float:
    return turn_deg(float(first.shoulder_yaw_deg[0]), float(second.shoulder_yaw_deg[0]))


def _warnings(
    joints: tuple[JointDifference, ...], facing_deg: float, settings: ComparisonSettings
) -> Iterator[str]:
    for one in joints:
        if one.reason:
            yield f"the {one.joint.replace('_', ' ')} cannot be measured: {one.reason}"
    yield from facing_warnings(facing_deg, settings)
