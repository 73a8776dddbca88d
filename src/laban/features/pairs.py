"""Features of two people: the nearest companion, and the distances and movements between the bodies.

Everything is measured in the image, in sizes of the first person's body, so that it does not depend on the distance
of the camera. Left and right hands and feet are combined, so that a mirrored image gives the same.
"""

import numpy as np

from laban.core.arrays import Float64Array, FloatArray
from laban.core.body import mid_hip, midpoint, torso_length
from laban.core.features import Features
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import Skeleton
from laban.errors import InvalidValueError
from laban.features.geometry import boxes_xyxy
from laban.features.kinematics import derivative

PAIR_FEATURES = (
    ("distance", "torso"),
    ("approach", "torso/s"),
    ("hand_to_head", "torso"),
    ("hand_to_torso", "torso"),
    ("foot_to_body", "torso"),
    ("other_hand_to_head", "torso"),
    ("other_hand_to_torso", "torso"),
    ("other_foot_to_body", "torso"),
    ("hand_speed", "torso/s"),
    ("other_hand_speed", "torso/s"),
    ("size_ratio", "log"),
    ("hips_below", "torso"),
    ("head_below", "torso"),
    ("overlap", "share"),
)
"""The features of a pair, with units; ``other`` is the companion, whose hands and feet reach for the first."""

_TORSO_OF_BODY = 0.28
_HEADS = (("nose",), ("head",), ("face",), ("left_ear", "right_ear"), ("neck",))
_HANDS = ("wrist", "hand", "index")
_FEET = ("ankle", "foot_index", "foot", "big_toe")
_TRUNK = ("shoulder", "hip")
_BODY = ("shoulder", "hip", "knee")


def companion_of(recording: Recording, person: int) -> PoseSequence:
    """The nearest other person in each frame of ``person``, by the mid-hip in the image.

    The sequence has the person's own times, ``image_px`` and ``visibility``; a row of NaN where no one else is
    seen, or the person is not. Of two equally near people the one with the lower id is taken. Raises
    InvalidValueError where anyone has no pixel coordinates or another skeleton.
    """
    own = recording.people[person]
    rows, joints = len(own), len(own.skeleton)
    points, visibility = np.full((rows, joints, 2), np.nan), np.full((rows, joints), np.nan)
    hips, nearest = _hips(own), np.full(rows, np.inf)
    for other, theirs in recording.people.items():
        if other == person:
            continue
        _check_alike(own, theirs, other)
        mine, their = _shared_rows(recording, person, other)
        gap = np.sqrt(((_hips(theirs)[their] - hips[mine]) ** 2).sum(axis=1))
        nearer = gap < nearest[mine]
        chosen = np.arange(rows)[mine][nearer]
        nearest[chosen] = gap[nearer]
        points[chosen] = _pixels(theirs)[their][nearer]
        visibility[chosen] = theirs.visibility[their][nearer]
    return PoseSequence(own.times_s, own.skeleton, visibility, image_px=points, size_wh=own.size_wh)


def compute_pair_features(sequence: PoseSequence, companion: PoseSequence | None) -> Features:
    """(T, 14) the columns of ``PAIR_FEATURES``, each named ``pair_...``, of a person and their companion.

    Lengths are in the person's torso lengths, or 0.28 of the body's extent where the torso is seen from above and
    appears shorter. ``approach`` is positive while they come closer; reaches are the smallest distance from either
    hand to the head, either hand to shoulders and hips, either foot to shoulders, hips and knees; speeds those of
    the faster hand relative to the hips; ``size_ratio`` the logarithm of the companion's size over the person's;
    ``hips_below`` and ``head_below`` how much lower the companion's are; ``overlap`` the boxes' intersection over
    union. All NaN where there is no companion. Raises InvalidValueError for a companion with other times.
    """
    names = tuple(f"pair_{name}" for name, _ in PAIR_FEATURES)
    units = tuple(unit for _, unit in PAIR_FEATURES)
    if companion is None:
        values = np.full((len(sequence), len(names)), np.nan)
    else:
        values = _pair_values(sequence, companion)
    return Features(sequence.times_s, names, units, values)


def _pair_values(sequence: PoseSequence, companion: PoseSequence) -> Float64Array:
    if not np.array_equal(sequence.times_s, companion.times_s):
        raise InvalidValueError("a companion needs the same times as the person")
    _check_alike(sequence, companion, None)
    skeleton, times_s = sequence.skeleton, sequence.times_s
    own, other = _pixels(sequence).astype(np.float64), _pixels(companion).astype(np.float64)
    box, other_box = boxes_xyxy(own), boxes_xyxy(other)
    size, other_size = _size(own, box, skeleton), _size(other, other_box, skeleton)
    distance = _length(mid_hip(other, skeleton) - mid_hip(own, skeleton)) / size
    head, other_head = _head(own, skeleton), _head(other, skeleton)
    columns = [
        distance,
        -derivative(distance, times_s),
        *(one / size for one in _reaches(own, other, skeleton)),
        *(one / size for one in _reaches(other, own, skeleton)),
        _hand_speed(own, size, sequence),
        _hand_speed(other, size, sequence),
        np.log(other_size / size),
        (mid_hip(other, skeleton) - mid_hip(own, skeleton))[:, 1] / size,
        (other_head - head)[:, 0, 1] / size,
        _overlap(box, other_box),
    ]
    alone = ~np.isfinite(distance)
    return np.where(alone[:, None], np.nan, np.stack(columns, axis=1))


def _reaches(of: Float64Array, to: Float64Array, skeleton: Skeleton) -> tuple[Float64Array, ...]:
    hands, feet = _joints(of, skeleton, _HANDS), _joints(of, skeleton, _FEET)
    return (
        _least(hands, _head(to, skeleton)),
        _least(hands, _joints(to, skeleton, _TRUNK)),
        _least(feet, _joints(to, skeleton, _BODY)),
    )


def _least(ends: Float64Array, targets: Float64Array) -> Float64Array:
    """(T,) the smallest of all distances; NaN where none is known."""
    gaps = _length(ends[:, :, None] - targets[:, None])
    least = np.where(np.isfinite(gaps), gaps, np.inf).min(axis=(1, 2), initial=np.inf)
    return np.where(np.isfinite(least), least, np.nan)


def _hand_speed(points: Float64Array, size: Float64Array, sequence: PoseSequence) -> Float64Array:
    """(T,) the speed of the faster hand relative to the hips."""
    skeleton = sequence.skeleton
    hands = _joints(points, skeleton, ("wrist",)) - mid_hip(points, skeleton)[:, None]
    speeds = _length(derivative(hands, sequence.times_s)) / size[:, None]
    fastest = np.where(np.isfinite(speeds), speeds, -np.inf).max(axis=1, initial=-np.inf)
    return np.where(np.isfinite(fastest), fastest, np.nan)


def _size(points: Float64Array, box: Float64Array, skeleton: Skeleton) -> Float64Array:
    """(T,) the torso's length, or the one estimated from the body's extent if larger; NaN where there is none."""
    extent = np.maximum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1])
    size = np.maximum(torso_length(points, skeleton), _TORSO_OF_BODY * extent)
    return np.where(size > 0, size, np.nan)


def _overlap(first: Float64Array, second: Float64Array) -> Float64Array:
    low, high = np.maximum(first[:, :2], second[:, :2]), np.minimum(first[:, 2:], second[:, 2:])
    shared = np.maximum(high - low, 0).prod(axis=1)
    total = sum((box[:, 2:] - box[:, :2]).prod(axis=1) for box in (first, second)) - shared
    return np.asarray(shared / np.where(total > 0, total, np.nan))


def _head(points: Float64Array, skeleton: Skeleton) -> Float64Array:
    """(T, 1, 2) the position of the head, by the best joint that the skeleton has."""
    joints = next((names for names in _HEADS if skeleton.has(*names)), ("left_shoulder", "right_shoulder"))
    return midpoint(points, skeleton, *joints)[:, None]


def _joints(points: Float64Array, skeleton: Skeleton, names: tuple[str, ...]) -> Float64Array:
    """(T, N, 2) the joints of these names on both sides that the skeleton has."""
    sided = [f"{side}_{name}" for name in names for side in ("left", "right")]
    return points[:, [skeleton.index(name) for name in sided if skeleton.has(name)]]


def _length(vectors: Float64Array) -> Float64Array:
    return np.asarray(np.sqrt((vectors**2).sum(axis=-1)))


def _hips(sequence: PoseSequence) -> Float64Array:
    return mid_hip(_pixels(sequence).astype(np.float64), sequence.skeleton)


def _pixels(sequence: PoseSequence) -> FloatArray:
    if sequence.image_px is None:
        raise InvalidValueError("people can only be compared in the image; one of them has no pixels")
    return sequence.image_px


def _check_alike(own: PoseSequence, other: PoseSequence, person: int | None) -> None:
    if own.skeleton != other.skeleton:
        who = "the companion" if person is None else f"person {person}"
        raise InvalidValueError(
            f"{who} has skeleton {other.skeleton.name}, expected {own.skeleton.name} like the person"
        )


def _shared_rows(recording: Recording, first: int, second: int) -> tuple[slice, slice]:
    """The rows of each for times that both have."""
    starts = recording.start_of(first), recording.start_of(second)
    stops = tuple(
        start + len(recording.people[one]) for start, one in zip(starts, (first, second), strict=True)
    )
    start, stop = max(starts), max(max(starts), min(stops))
    return slice(start - starts[0], stop - starts[0]), slice(start - starts[1], stop - starts[1])
