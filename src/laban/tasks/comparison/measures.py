"""The measures that are compared: joint angles with their uncertainty, and normalised coordinates."""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from laban.core.arrays import BoolArray, Float64Array, FloatArray, IntArray, frozen
from laban.core.body import mid_hip, torso_length
from laban.core.facing import shoulder_yaw_deg
from laban.core.sequence import PoseSequence
from laban.core.skeleton import Skeleton
from laban.core.space import Space
from laban.core.visibility import is_guessed, with_unknown_as_seen
from laban.errors import InvalidValueError
from laban.features.angles import JOINT_ANGLES, MAIN_ANGLES, joint_angles_deg
from laban.sequences.normalize import turned
from laban.tasks.comparison.main_joints import MAIN_JOINTS, MEETING, MIRRORED_ANGLES
from laban.tasks.comparison.settings import ComparisonSettings

_LANDMARK_NOISE = 0.03  # torso lengths by which a clearly seen landmark is off in the image
_LEAST_VISIBILITY = 0.1
_SHORT = 0.45  # of its true length: a limb within 27° of the line of sight
_LENGTHS = {"upper_arm": 0.65, "forearm": 0.51, "thigh": 0.85, "shank": 0.85, "trunk": 1.0}
"""Torso lengths of segments of an average adult, from the shares of height of Winter 2009, figure 4.1."""

_FIELDS = {Space.WORLD: "world_m", Space.PIXEL: "image_px", Space.BODY: "body"}
_SEGMENT_ENDS = {
    "upper_arm": ("shoulder", "elbow"),
    "forearm": ("elbow", "wrist"),
    "thigh": ("hip", "knee"),
    "shank": ("knee", "ankle"),
    "trunk": ("shoulder", "hip"),
}


def _place(side: str, joint: str) -> int:
    return MAIN_JOINTS.index(f"{side}_{joint}")


_BOTH = ("left", "right")
# Joints and segments by position: one look-up for all, because the live coach measures every frame.
_NEAR, _FAR = (
    np.array([[_place(side, ends[end]) for side in _BOTH] for ends in _SEGMENT_ENDS.values()])
    for end in (0, 1)
)
_SIDES = np.array([_BOTH.index(name.split("_")[0]) for name in MAIN_ANGLES])
_MEETING_SEGMENTS = np.array(
    [[list(_SEGMENT_ENDS).index(one) for one in MEETING[name.split("_")[1]]] for name in MAIN_ANGLES]
)
_USUAL = np.array(list(_LENGTHS.values()))[:, None]
_MAIN = Skeleton("main joints", MAIN_JOINTS, ())
_TORSO_PAIRS = tuple((_place("left", name), _place("right", name)) for name in ("hip", "shoulder"))
_SHOULDERS = _TORSO_PAIRS[1]
_TORSO = [place for pair in _TORSO_PAIRS for place in pair]
_MIRRORED_JOINTS = np.arange(len(MAIN_JOINTS)).reshape(-1, 2)[:, ::-1].ravel()
_NEEDED = np.array(
    [[MAIN_JOINTS.index(joint) for point in JOINT_ANGLES[name] for joint in point] for name in MAIN_ANGLES]
)


@dataclass(frozen=True, eq=False)
class Measures:
    """The measures of one person at T instants that are compared.

    ``angles_deg`` (T, 8) the angles ``MAIN_ANGLES`` with their standard uncertainty ``uncertainty_deg`` (T, 8);
    ``hidden`` (T, 8) where a joint they need is not seen, ``foreshortened`` (T, 8, 2) which of the two segments
    that meet points at the camera. ``points`` (T, 12, C) are ``MAIN_JOINTS`` from mid-hip, in torso lengths,
    and ``weights`` (T, 12) the visibility of each. ``shoulder_yaw_deg`` (T,) is how far the shoulders are
    turned out of the image's plane (``core.facing``), NaN without depth.
    """

    times_s: Float64Array
    angles_deg: Float64Array
    uncertainty_deg: Float64Array
    hidden: BoolArray
    foreshortened: BoolArray
    points: Float64Array
    weights: Float64Array
    shoulder_yaw_deg: Float64Array

    def __len__(self) -> int:
        return len(self.times_s)

    @cached_property
    def angle_weights(self) -> Float64Array:
        """(T, 8) the visibility of each angle: the least of its joint and the ends of its segments."""
        return _of_angles(self.weights)

    @cached_property
    def guessed(self) -> BoolArray:
        """(T, 8) where an angle rests on a joint that is more likely hidden than not (``core.visibility``)."""
        return is_guessed(self.angle_weights)

    def rows(self, index: IntArray | slice) -> "Measures":
        """The same at some of the instants, in the order given."""
        return replace(self, **{name: getattr(self, name)[index] for name in self.__dataclass_fields__})


def measure(sequence: PoseSequence, *, settings: ComparisonSettings, space: Space) -> Measures:
    """The measures of ``sequence`` in ``space``; joints that are hardly visible are NaN.

    The uncertainty of an angle follows from that of landmarks by the law of propagation: with segments of lengths
    l and m in the image and an angle θ it is ``σ·sqrt(2/l² + 2/m² − 2·cosθ/(l·m))``, so a limb that points at the
    camera makes it large. Raises InvalidValueError for a skeleton without the joints that are compared.
    """
    return measured(
        sequence, space=space, min_visibility=settings.min_visibility, ignore_turn=settings.ignore_turn
    )


def measured(sequence: PoseSequence, *, space: Space, min_visibility: float, ignore_turn: bool) -> Measures:
    """The same with the two settings that it needs.

    It works on plain arrays of ``MAIN_JOINTS`` and builds no sequence on the way, because a live coach measures
    every frame by it.
    """
    picked = _main_joints(sequence.skeleton)
    visibility = with_unknown_as_seen(sequence.visibility[:, picked])
    unsure = visibility < min_visibility
    points = sequence.coordinates(space)[:, picked]
    seen = _masked(points, unsure)
    known = np.asarray(np.isfinite(seen).all(axis=2))
    # The points as the camera saw them, which also decide whether a joint is known at all.
    first = sequence.spaces[0]
    flat, there = seen, known
    if first is not space:
        shown = _masked(sequence.coordinates(first)[:, picked], unsure)
        there = np.asarray(np.isfinite(shown).all(axis=2))
        flat = shown if first is Space.PIXEL else seen
    upright = _normalised(_with_torso(points), space)
    body = turned(upright, _MAIN) if ignore_turn and space is not Space.BODY else upright
    angles_deg = joint_angles_deg(seen, _MAIN, names=MAIN_ANGLES)
    weights = np.where(there, visibility.astype(np.float64), 0.0)
    lengths = _lengths(flat[..., :2])
    return Measures(
        times_s=sequence.times_s,
        angles_deg=angles_deg,
        uncertainty_deg=_uncertainty_deg(angles_deg, lengths, weights),
        hidden=~np.isfinite(angles_deg),
        foreshortened=_by_angle(lengths < _SHORT * _true_lengths(upright, lengths, space)),
        points=np.where(known[..., None], body, np.nan),
        weights=weights,
        shoulder_yaw_deg=shoulder_yaw_deg(upright[:, _SHOULDERS[0]], upright[:, _SHOULDERS[1]]),
    )


def mirrored(measures: Measures) -> Measures:
    """The same body in a mirror: left and right exchanged. Applied twice, it is the body itself."""
    joints, angles = _MIRRORED_JOINTS, list(MIRRORED_ANGLES)
    points = measures.points[:, joints].copy()
    points[..., 0] *= -1
    return replace(
        measures,
        angles_deg=measures.angles_deg[:, angles],
        uncertainty_deg=measures.uncertainty_deg[:, angles],
        hidden=measures.hidden[:, angles],
        foreshortened=measures.foreshortened[:, angles],
        points=points,
        weights=measures.weights[:, joints],
        shoulder_yaw_deg=-measures.shoulder_yaw_deg,
    )


def with_torso(sequence: PoseSequence, space: Space) -> PoseSequence:
    """With a missing hip or shoulder at the position of its counterpart: from the side only one of them is
    visible."""
    points = sequence.coordinates(space).copy()
    for joint in ("hip", "shoulder"):
        left, right = (sequence.skeleton.index(f"{side}_{joint}") for side in ("left", "right"))
        for one, other in ((left, right), (right, left)):
            lost = ~np.isfinite(points[:, one]).all(axis=1)
            points[lost, one] = points[lost, other]
    return sequence.with_arrays(**{_FIELDS[space]: points})


@lru_cache(maxsize=64)
def _main_joints(skeleton: Skeleton) -> list[int]:
    """The places of ``MAIN_JOINTS``; raises InvalidValueError where the skeleton lacks one of them."""
    lacking = [name for name in MAIN_JOINTS if not skeleton.has(name)]
    if lacking:
        raise InvalidValueError(f"{skeleton.name} lacks joints to compare: {', '.join(lacking)}")
    return skeleton.places(*MAIN_JOINTS)


def _masked(points: FloatArray, unsure: BoolArray) -> Float64Array:
    """(T, 12, C) points, NaN where they are not seen surely."""
    return np.where(unsure[..., None], np.nan, points.astype(np.float64))


def _with_torso(points: FloatArray) -> FloatArray:
    """``with_torso`` of (T, 12, C) points."""
    if np.isfinite(points[:, _TORSO]).all():
        return points
    out = points.copy()
    for left, right in _TORSO_PAIRS:
        for one, other in ((left, right), (right, left)):
            lost = ~np.isfinite(out[:, one]).all(axis=1)
            out[lost, one] = out[lost, other]
    return out


def _normalised(points: FloatArray, space: Space) -> Float64Array:
    """(T, 12, C) from mid-hip, in torso lengths: by the steps of ``normalize``, on these joints alone."""
    exact = points.astype(np.float64)
    centred = exact - mid_hip(exact, _MAIN)[:, None]
    if space is Space.BODY:
        return np.asarray(centred)
    torso = torso_length(exact, _MAIN)
    body = centred / np.where(torso > 0, torso, np.nan)[:, None, None]
    # In single precision, as in a sequence.
    return np.asarray(frozen(body, shape=("T", "J", "C"), name="body"), dtype=np.float64)


def _lengths(points: FloatArray) -> Float64Array:
    """(T, 5, 2) lengths of the segments, left and right, in units of the body's own size in the image."""
    lengths = _segment_lengths(points)
    return np.asarray(lengths / _size(lengths)[:, None, None])


def _segment_lengths(points: FloatArray) -> Float64Array:
    """(T, 5, 2) lengths of the segments, left and right, in the unit of the points."""
    apart = points[:, _NEAR] - points[:, _FAR]
    return np.asarray(np.sqrt(np.add.reduce(apart * apart, axis=-1)), dtype=np.float64)


def image_torso(points: FloatArray) -> Float64Array:
    """(T,) a torso length in the unit of ``points`` (T, 12, C), by the segments that are seen; NaN with fewer than
    two."""
    return _size(_segment_lengths(points))


def _size(lengths: Float64Array) -> Float64Array:
    """(T,) what a torso length is in the image: a segment can look shorter than it is but not longer, so the
    longest relative to its kind is right; the second longest is taken, in case of a single wrong landmark."""
    shares = lengths / _USUAL
    ordered = np.sort(np.where(np.isnan(shares), 0.0, shares).reshape(len(lengths), -1), axis=1)
    return np.asarray(np.where(ordered[:, -2] > 0, ordered[:, -2], np.nan))


def _true_lengths(body: Float64Array, lengths: Float64Array, space: Space) -> Float64Array:
    """(T, 5, 2) how long the segments would be in the image if none pointed at the camera."""
    usual = np.broadcast_to(_USUAL, lengths.shape)
    if space is not Space.WORLD:
        return np.asarray(usual)
    deep = _segment_lengths(body)
    return np.asarray(np.where(np.isfinite(deep), deep, usual))


def _by_angle(segments: BoolArray) -> BoolArray:
    """(T, 8, 2) of (T, 5, 2): for each angle the two segments that meet there."""
    return segments[:, _MEETING_SEGMENTS, _SIDES[:, None]]


def _uncertainty_deg(angles_deg: Float64Array, lengths: Float64Array, weights: Float64Array) -> Float64Array:
    near, far = np.moveaxis(_by_angle(lengths), -1, 0)  # type: ignore[arg-type]
    noise = _LANDMARK_NOISE / np.maximum(_of_angles(weights), _LEAST_VISIBILITY)
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = 2 / near**2 + 2 / far**2 - 2 * np.cos(np.radians(angles_deg)) / (near * far)
        return np.asarray(np.minimum(np.degrees(noise * np.sqrt(gain)), 180.0))


def _of_angles(weights: Float64Array) -> Float64Array:
    """(T, 8) of the weights (T, 12) of joints: the least of those that an angle needs."""
    return np.asarray(weights[:, _NEEDED].min(axis=-1))
