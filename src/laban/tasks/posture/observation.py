"""The observation at each instant: the upright body, its view, its known landmarks, and its stance."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, get_args

import numpy as np

from laban.core.arrays import BoolArray, Float64Array, FloatArray, IntArray
from laban.core.body import mid_hip, mid_shoulder, torso_length
from laban.core.facing import compute_yaw_deg
from laban.core.sequence import PoseSequence
from laban.core.skeleton import Skeleton
from laban.core.visibility import with_unknown_as_seen
from laban.errors import InvalidValueError
from laban.features.angles import angle_between_deg
from laban.tasks.posture.landmark_geometry import Bodies, upright
from laban.tasks.posture.settings import PostureSettings
from laban.tasks.posture.uncertainty import LandmarkNoise
from laban.tasks.posture.views import SIDE_VIEWS, VIEW_NAMES, ViewName, views_at

Stance = Literal["unclear", "standing", "sitting", "lying"]
STANCES: tuple[Stance, ...] = get_args(Stance)
_STANCE_PLACES = [STANCES.index(one) for one in ("lying", "standing", "sitting")]

_BY_ROW = ("times_s", "yaw_deg", "views", "stances", "away", "toward", "unseen")
_LYING_DEG, _LYING_RISE = 50.0, 0.45
_STANDING_DEG, _STANDING_RISE = 45.0, 1.25
_TOWARD_DEG = 45.0
_BENT_DEG, _STRAIGHT_DEG = 130.0, 140.0  # of hips that sit; of hip and knee of a leg that stands
_SEATED_RISE = 1.05
_LEGS = [f"{side}_{joint}" for joint in ("shoulder", "hip", "knee", "ankle") for side in ("left", "right")]


@dataclass(frozen=True, eq=False)
class Observation:
    """One person at T instants. ``views`` (T,) are positions in ``VIEW_NAMES``, ``stances`` (T,) in ``STANCES``;
    ``away`` (T,) where nobody is seen, ``toward`` (T,) where the trunk points at the camera, so that the image
    does not show how it leans. ``unseen`` (T, J) are landmarks that are missing, hidden or outside the image; of
    a body seen from the side the nearer landmark stands for a hidden farther one in ``bodies`` (T,)."""

    times_s: Float64Array
    skeleton: Skeleton
    bodies: Bodies
    yaw_deg: Float64Array
    views: IntArray
    stances: IntArray
    away: BoolArray
    toward: BoolArray
    unseen: BoolArray

    def __len__(self) -> int:
        return len(self.times_s)

    def rows(self, part: slice) -> "Observation":
        """The same at some of the instants."""
        bodies = Bodies(
            self.bodies.points[part],
            self.skeleton,
            self.bodies.ahead[part],
            self.bodies.leftward[part],
            self.bodies.world_m[part],
        )
        kept = {name: getattr(self, name)[part] for name in _BY_ROW}
        return replace(self, bodies=bodies, **kept)

    def looked_at(self, noise: LandmarkNoise, *, settings: PostureSettings) -> Bodies:
        """(T, R) the bodies with the landmark noise of other samples."""
        seen = noise.flipped(self.skeleton) if settings.mirrored else noise
        size = torso_length(self.bodies.world_m, self.skeleton)
        flat = upright(seen.residuals, roll_deg=settings.roll_deg)
        deep = _upright_metres(seen.world_residuals, settings)
        return Bodies(
            self.bodies.points[:, None] + flat * self.bodies.torso_px[:, None, None, None],
            self.skeleton,
            self.bodies.ahead[:, None],
            self.bodies.leftward[:, None],
            self.bodies.world_m[:, None] + deep * size[:, None, None, None],
        )


def sight_of(sequence: PoseSequence, *, settings: PostureSettings) -> Observation:
    """The observation of ``sequence``.

    Raises InvalidValueError where it has no pixels, or its skeleton no shoulders and hips.
    """
    if sequence.image_px is None:
        raise InvalidValueError(
            "posture is measured in the image and these landmarks have no pixels; give a recording that has"
        )
    yaw_deg = compute_yaw_deg(sequence)
    views = views_at(yaw_deg)
    unseen = _unseen(sequence, settings)
    sideways = is_of(views, SIDE_VIEWS)
    points = _with_nearer(sequence.image_px.astype(np.float64), unseen, yaw_deg, sequence.skeleton, sideways)
    world = _world(sequence, settings)
    bodies = Bodies(
        upright(points, roll_deg=settings.roll_deg),
        sequence.skeleton,
        np.where(yaw_deg < 0, -1.0, 1.0),
        np.where(np.abs(yaw_deg) > 90, -1.0, 1.0),
        world,
    )
    away = ~sequence.seen
    trunk_m = mid_shoulder(world, sequence.skeleton) - mid_hip(world, sequence.skeleton)
    return Observation(
        sequence.times_s,
        sequence.skeleton,
        bodies,
        yaw_deg,
        views,
        np.where(away, 0, _stances(bodies, unseen, trunk_m)),
        away,
        _trunk_deg(trunk_m) > _TOWARD_DEG,
        unseen,
    )


def is_of(views: IntArray, names: tuple[ViewName, ...]) -> BoolArray:
    """(T,) whether each view is one of ``names``."""
    return np.asarray(_is_named(names)[views])


@lru_cache(maxsize=64)
def _is_named(names: tuple[ViewName, ...]) -> BoolArray:
    """For each of ``VIEW_NAMES``, whether it is one of ``names``."""
    return np.array([name in names for name in VIEW_NAMES])


def _unseen(sequence: PoseSequence, settings: PostureSettings) -> BoolArray:
    points = np.asarray(sequence.image_px)
    hidden = with_unknown_as_seen(sequence.visibility) < settings.min_visibility
    lost = ~np.isfinite(points).all(axis=2)
    if sequence.size_wh is None:
        return np.array(hidden | lost)
    with np.errstate(invalid="ignore"):
        outside = ((points < 0) | (points > np.array(sequence.size_wh))).any(axis=2)
    unseen: BoolArray = hidden | lost | outside
    return unseen


def _with_nearer(
    points: Float64Array, unseen: BoolArray, yaw_deg: Float64Array, skeleton: Skeleton, sideways: BoolArray
) -> Float64Array:
    """With the nearer of a pair at the position of the farther where only the farther is hidden, seen from the
    side."""
    out = points.copy()
    if not sideways.any() or not skeleton.pairs:
        return out
    left, right = np.array(skeleton.pairs).T
    for near, far, nearer in ((left, right, yaw_deg < 0), (right, left, yaw_deg >= 0)):
        stand_in = (sideways & nearer)[:, None] & unseen[:, far] & ~unseen[:, near]
        row, pair = np.nonzero(stand_in)
        out[row, far[pair]] = points[row, near[pair]]
        unseen[row, far[pair]] = False
    return out


def _world(sequence: PoseSequence, settings: PostureSettings) -> Float64Array:
    """(T, J, 3) metres as ``_upright_metres`` has them; NaN where there are none."""
    if sequence.world_m is None:
        return np.full((len(sequence), len(sequence.skeleton), 3), np.nan)
    return _upright_metres(sequence.world_m, settings)


def _upright_metres(world_m: FloatArray, settings: PostureSettings) -> Float64Array:
    """(..., 3) x right, y up, z away, as a level camera would have them."""
    level = upright(world_m[..., :2], roll_deg=settings.roll_deg)
    return np.concatenate([level, world_m[..., 2:].astype(np.float64)], axis=-1)


def _stances(bodies: Bodies, unseen: BoolArray, trunk_m: Float64Array) -> IntArray:
    """(T,) the stance from the landmarks: by how far the hips are above the ankles.

    A camera that looks down shortens legs, so low hips count as sitting only with legs that are bent in space; one
    straight leg means standing. Without metres low hips are ambiguous.
    """
    skeleton, torso = bodies.skeleton, bodies.torso_px
    line = bodies.middle("shoulder") - bodies.middle("hip")
    lean = np.degrees(np.arctan2(np.abs(line[..., 0]), line[..., 1]))
    metres = np.isfinite(bodies.world_m).all(axis=(-1, -2))
    lean = np.where(metres, np.maximum(lean, _lean_in_space(trunk_m)), lean)
    feet = bodies.middle("ankle")
    if skeleton.has("left_ankle", "right_ankle"):
        hidden = unseen[:, skeleton.places("left_ankle", "right_ankle")].all(axis=1)
        feet = np.where(np.asarray(hidden)[:, None], np.nan, feet)
    rise = (bodies.middle("hip") - feet)[..., 1] / torso
    with np.errstate(invalid="ignore"):
        lying = (lean > _LYING_DEG) & ((rise < _LYING_RISE) | np.isnan(rise))
        standing = (lean < _STANDING_DEG) & (rise > _STANDING_RISE)
        low = rise <= _STANDING_RISE
        flat_bend, flat_straight = _leg_angles(bodies.points, skeleton)
        bend, straightest = _leg_angles(bodies.world_m, skeleton)
        told = np.isfinite(bend) & np.isfinite(straightest)
        bend, straightest = np.fmin(bend, flat_bend), np.fmin(straightest, flat_straight)
        standing |= (lean < _STANDING_DEG) & low & (rise > _LYING_RISE) & told & (straightest > _STRAIGHT_DEG)
        seated = (bend < _BENT_DEG) | (~told & (rise <= _SEATED_RISE))
        sitting = (lean < _LYING_DEG) & low & seated
    return np.select([lying, standing, sitting], _STANCE_PLACES)


def _leg_angles(points: Float64Array, skeleton: Skeleton) -> tuple[Float64Array, Float64Array]:
    """(T,) the angle of the hip that is less bent, and the straightness of the straighter leg: the smaller of its
    angles at hip and knee. NaN where they are not known."""
    if not skeleton.has(*_LEGS):
        return np.full(len(points), np.nan), np.full(len(points), np.nan)
    places = skeleton.places(*_LEGS)
    shoulder, hip, knee, ankle = (points[:, places[start : start + 2]] for start in (0, 2, 4, 6))
    hips = angle_between_deg(shoulder - hip, knee - hip)
    knees = angle_between_deg(hip - knee, ankle - knee)
    return hips.max(axis=1), np.minimum(hips, knees).max(axis=1)


def _lean_in_space(line: Float64Array) -> Float64Array:
    flat = np.hypot(line[..., 0], line[..., 2])
    return np.asarray(np.degrees(np.arctan2(flat, line[..., 1])))


def _trunk_deg(line: Float64Array) -> Float64Array:
    """(T,) the angle of the trunk, from hips to shoulders, to the image plane; 0 where unknown."""
    out = np.degrees(np.arctan2(np.abs(line[..., 2]), np.linalg.norm(line[..., :2], axis=-1)))
    return np.asarray(np.nan_to_num(out))
