"""Similarity of two bodies at an instant: both scores, the matching side, and the limit of differences."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.body import mid_hip
from laban.core.conversions import sequence_of_pose
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.core.space import Space
from laban.errors import InvalidValueError
from laban.tasks.comparison.measures import Measures, measure
from laban.tasks.comparison.scores import angle_distance, coordinate_distance, score_percent
from laban.tasks.comparison.settings import ComparisonSettings

_MIRROR_MARGIN = 8.0  # percent by which the other side must be better to be taken
_MIRROR_LEAST = 60.0
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


def published_scores(first: Pose | PoseSequence, second: Pose | PoseSequence) -> Scores | None:
    """The published scores: both of the image's plane, every landmark counted the same.

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
    """The weighted scores of two single instants; a joint counts with the lower of its two visibilities."""
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
        return sequence_of_pose(pose)
    if len(pose) != 1:
        raise InvalidValueError(f"expected one pose, got {len(pose)} instants; take one of them")
    return pose


def turn_deg(first_deg: float, second_deg: float) -> float:
    """The difference of two directions, 0 to 180."""
    return abs((second_deg - first_deg + 180.0) % 360.0 - 180.0)


def facing_warnings(facing_deg: float, settings: ComparisonSettings) -> Iterator[str]:
    """A warning where two bodies face such different directions that angles are unreliable."""
    if facing_deg > _TURNED_DEG:
        advice = "" if settings.ignore_turn else ", or ignore the turn"
        yield (
            f"the bodies face {facing_deg:.0f}° apart, so angles depend on estimated depth; "
            f"film both from one side{advice}"
        )


def difference_limit_deg(first: Float64Array, second: Float64Array, *, floor_deg: float) -> Float64Array:
    """(...) the difference that two uncertain angles may have by chance: their combined uncertainty, or the
    floor."""
    return np.asarray(np.maximum(floor_deg, np.hypot(first, second)))


def _from_hips(sequence: PoseSequence) -> Float64Array:
    points = sequence.coordinates(Space.PIXEL).astype(np.float64)
    return np.asarray(points - mid_hip(points, sequence.skeleton)[:, None])


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
