"""Two poses: how close, where they differ, and what the cameras cannot tell."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.body import mid_hip
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.core.space import Space
from laban.errors import InvalidValueError
from laban.features.angles import MAIN_ANGLES
from laban.tasks.coaching.measures import Measures, measure, mirrored, segment_names
from laban.tasks.coaching.scores import angle_distance, coordinate_distance, score_percent
from laban.tasks.coaching.settings import ComparisonSettings

Verdict = Literal["same", "differs", "unsure", "unknown"]

_MIRROR_MARGIN = 8.0  # percent by which the other side must be better before it is named
_MIRROR_LEAST = 60.0
_UNMEASURABLE_DEG = 35.0
_TURNED_DEG = 40.0


@dataclass(frozen=True)
class Scores:
    """Two distances and the scores in percent that they make; NaN where nothing could be compared."""

    coordinate_distance: float
    angle_distance: float

    @property
    def coordinate_percent(self) -> float:
        return float(score_percent(self.coordinate_distance))

    @property
    def angle_percent(self) -> float:
        return float(score_percent(self.angle_distance))

    @property
    def overall_percent(self) -> float:
        """The mean of both scores, or the one there is."""
        known = [one for one in (self.coordinate_percent, self.angle_percent) if np.isfinite(one)]
        return float(np.mean(known)) if known else float("nan")


@dataclass(frozen=True)
class JointDifference:
    """One joint's angle in both poses, in degrees.

    ``uncertainty_deg`` is how large a difference noise alone may make: never below the noise floor. ``verdict`` is
    ``differs`` only above it; ``unsure`` where the view or the visibility makes the angle unmeasurable, ``unknown``
    where a joint is missing; ``reason`` then says why.
    """

    joint: str
    first_deg: float
    second_deg: float
    uncertainty_deg: float
    verdict: Verdict
    reason: str = ""

    @property
    def difference_deg(self) -> float:
        """First less second: positive where the first is straighter."""
        return self.first_deg - self.second_deg


@dataclass(frozen=True)
class PoseComparison:
    """What two poses have in common.

    ``published`` are the published scores on the landmarks as they are, in the picture; ``scores`` the better
    ones, weighted by visibility, in ``space``, of the side that matches: with ``mirrored`` the first pose is
    the second one's mirror image ("same pose, other side") and ``joints`` are compared across, named by the
    second. ``facing_deg`` is by how much the bodies are turned against each other, NaN without depth.
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
    first: Pose | PoseSequence, second: Pose | PoseSequence, *, settings: ComparisonSettings | None = None
) -> PoseComparison:
    """How close ``first`` is to ``second``, where they differ and by how much.

    Each is a pose, or a sequence of one instant. NaN joints are left out and told. Raises InvalidValueError where
    they have no space in common, or a skeleton has no hips and shoulders.
    """
    chosen = settings or ComparisonSettings()
    one, other = as_sequence(first), as_sequence(second)
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


def published_scores(first: Pose | PoseSequence, second: Pose | PoseSequence) -> Scores | None:
    """The published scores: both of the picture's plane, every landmark counted the same.

    The coordinates are those of all landmarks with the middle of the hips as origin; the angles those of
    ``MAIN_ANGLES``. None where a pose has no pixels, or the skeletons differ.
    """
    one, other = as_sequence(first), as_sequence(second)
    if Space.PIXEL not in one.spaces or Space.PIXEL not in other.spaces or one.skeleton != other.skeleton:
        return None
    everything = ComparisonSettings(space="pixel", min_visibility=0.0)
    own, theirs = (measure(pose, settings=everything, space=Space.PIXEL) for pose in (one, other))
    distance = coordinate_distance(_from_hips(one), _from_hips(other))
    return Scores(float(distance[0]), float(angle_distance(own.angles_deg, theirs.angles_deg)[0]))


def pose_scores(first: Measures, second: Measures) -> Scores:
    """The weighted scores of two single instants; a joint counts as the less visible of its two sights."""
    coordinates, angles = weighted_distances(first, second)
    return Scores(float(coordinates[0]), float(angles[0]))


def weighted_distances(first: Measures, second: Measures) -> tuple[Float64Array, Float64Array]:
    """(T,) and (T,): both distances at each of T instants, weighted by visibility."""
    return (
        coordinate_distance(first.points, second.points, weights=np.minimum(first.weights, second.weights)),
        angle_distance(
            first.angles_deg,
            second.angles_deg,
            weights=np.minimum(first.angle_weights, second.angle_weights),
        ),
    )


def is_mirrored(plain: Scores, mirror: Scores, *, settings: ComparisonSettings) -> bool:
    """Whether the other side is the match: clearly better than the side as it is, and good by itself."""
    if settings.mirror != "auto":
        return settings.mirror == "always"
    better = mirror.overall_percent - plain.overall_percent
    return better > _MIRROR_MARGIN and mirror.overall_percent >= _MIRROR_LEAST


def as_sequence(pose: Pose | PoseSequence) -> PoseSequence:
    """A pose as a sequence of one instant; a sequence must be one already."""
    if isinstance(pose, Pose):
        return PoseSequence(
            times_s=np.zeros(1),
            skeleton=pose.skeleton,
            visibility=pose.visibility[None],
            image_px=pose.image_px[None],
            depth_px=None if pose.depth_px is None else pose.depth_px[None],
            world_m=None if pose.world_m is None else pose.world_m[None],
        )
    if len(pose) != 1:
        raise InvalidValueError(f"expected one pose, got {len(pose)} instants; take one of them")
    return pose


def turn_deg(first_deg: float, second_deg: float) -> float:
    """By how much two directions differ, 0 to 180."""
    return abs((second_deg - first_deg + 180.0) % 360.0 - 180.0)


def facing_warnings(facing_deg: float, settings: ComparisonSettings) -> Iterator[str]:
    """A sentence where two bodies are turned against each other so far that angles suffer."""
    if facing_deg > _TURNED_DEG:
        advice = "" if settings.ignore_turn else ", or ignore the turn"
        yield (
            f"the bodies face {facing_deg:.0f}° apart, so angles rest on the depth that a camera guesses; "
            f"film both from one side{advice}"
        )


def difference_limit_deg(first: Float64Array, second: Float64Array, *, floor_deg: float) -> Float64Array:
    """(...) the difference that two uncertain angles may have by chance: both uncertainties, or the floor."""
    return np.asarray(np.maximum(floor_deg, np.hypot(first, second)))


def _from_hips(sequence: PoseSequence) -> Float64Array:
    points = sequence.coordinates(Space.PIXEL).astype(np.float64)
    return np.asarray(points - mid_hip(points, sequence.skeleton)[:, None])


def _joints(
    first: Measures, second: Measures, settings: ComparisonSettings, *, swapped: bool
) -> Iterator[JointDifference]:
    limits = difference_limit_deg(
        first.uncertainty_deg, second.uncertainty_deg, floor_deg=settings.noise_floor_deg
    )[0]
    for index, joint in enumerate(MAIN_ANGLES):
        one, other = float(first.angles_deg[0, index]), float(second.angles_deg[0, index])
        reason = "; ".join(
            words
            for words in (
                _obstacle(first, index, "first", joint if not swapped else _other(joint)),
                _obstacle(second, index, "second", joint),
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
    """Why an angle cannot be measured, in words; nothing where it can."""
    if measures.hidden[0, index]:
        return f"not seen in the {which} pose"
    short = measures.foreshortened[0, index]
    if short.any() and measures.uncertainty_deg[0, index] > _UNMEASURABLE_DEG / 2:
        names = [name for name, is_short in zip(segment_names(joint), short, strict=True) if is_short]
        points = "points" if len(names) == 1 else "point"
        return f"the {' and the '.join(names)} {points} at the camera in the {which} pose"
    if measures.uncertainty_deg[0, index] > _UNMEASURABLE_DEG:
        return f"hardly visible in the {which} pose"
    return ""


def _other(joint: str) -> str:
    side, name = joint.split("_")
    return f"{'right' if side == 'left' else 'left'}_{name}"


def _turn_between(first: Measures, second: Measures) -> float:
    return turn_deg(float(first.facing_deg[0]), float(second.facing_deg[0]))


def _warnings(
    joints: tuple[JointDifference, ...], facing_deg: float, settings: ComparisonSettings
) -> Iterator[str]:
    for one in joints:
        if one.reason:
            yield f"the {one.joint.replace('_', ' ')} cannot be measured: {one.reason}"
    yield from facing_warnings(facing_deg, settings)


def nearest_moment(
    pose: Pose | PoseSequence, movement: PoseSequence, *, settings: ComparisonSettings | None = None
) -> tuple[float, float]:
    """The time of the instant of ``movement`` that is most like ``pose``, and its score in percent.

    Raises InvalidValueError where they have no space in common or no instant can be compared.
    """
    chosen = settings or ComparisonSettings()
    one = as_sequence(pose)
    space = chosen.space_for(one.spaces, movement.spaces)
    still, moving = (measure(each, settings=chosen, space=space) for each in (one, movement))
    beside = still.rows(np.zeros(len(moving), dtype=np.int64))
    coordinates, angles = (score_percent(each) for each in weighted_distances(moving, beside))
    scores = (coordinates + angles) / 2
    if not np.isfinite(scores).any():
        raise InvalidValueError(
            "no instant of the movement shows enough of the body to be compared with the pose"
        )
    best = int(np.nanargmax(scores))
    return float(moving.times_s[best]), float(scores[best])
