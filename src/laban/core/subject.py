"""Which person is the subject when several are in view: one rule for all answers."""

import numpy as np

from laban.core.arrays import Float64Array, FloatArray
from laban.core.body import torso_length
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import Skeleton
from laban.core.space import Space
from laban.errors import InvalidValueError, SourceError

_TRUNK = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
_TORSO_SHARE = 0.28  # of the visible part of a body whose trunk is not visible


def prominence(pose: Pose) -> float:
    """How large a person is in an image, weighted by the certainty that it is a person; 0 where nothing is known.

    It is the length of the trunk in pixels times the square of the score. Body height would be unreliable: the
    legs of people cut off at the hips, and of clothes on a hook, are guessed. Without hips and shoulders it is a
    share of the part of the body that is known.
    """
    return float(_prominences(pose.image_px[None], pose.skeleton, np.array([pose.score]))[0])


def prominences(sequence: PoseSequence) -> Float64Array:
    """(T,) the same for each frame of a sequence; the person with the largest sum is the subject of a recording."""
    space = Space.PIXEL if Space.PIXEL in sequence.spaces else sequence.spaces[0]
    score = np.ones(len(sequence)) if sequence.score is None else np.nan_to_num(sequence.score)
    return _prominences(sequence.coordinates(space), sequence.skeleton, score)


def biggest_person(recording: Recording, *, person: int | None = None, name: str = "") -> int:
    """The subject of a recording: ``person``, or else the person with the largest sum of ``prominences``.

    ``name`` is the recording's name in messages. Raises SourceError where the recording has no people,
    InvalidValueError where it does not have ``person``.

    >>> from laban.sources import SyntheticScene
    >>> biggest_person(SyntheticScene(people=1, seconds=1.0).recording())
    0
    """
    where = name or recording.source.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1] or "the recording"
    if not recording.people:
        raise SourceError(f"nobody was found in {where}; choose an image or clip that shows a person")
    if person is None:
        return max(recording.people, key=lambda one: float(prominences(recording.people[one]).sum()))
    if person not in recording.people:
        known, count = ", ".join(map(str, recording.people)), len(recording.people)
        people = "1 person" if count == 1 else f"{count} people"
        raise InvalidValueError(f"there is no person {person} in {where}, only {known} ({people})")
    return person


def _prominences(points: FloatArray, skeleton: Skeleton, score: FloatArray) -> Float64Array:
    size = _TORSO_SHARE * _extent(points)
    if skeleton.has(*_TRUNK):
        trunk = torso_length(points, skeleton)
        size = np.where(np.isfinite(trunk), trunk, size)
    return np.asarray(size * np.asarray(score, dtype=np.float64) ** 2)


def _extent(points: FloatArray) -> Float64Array:
    """(T,) the longer side of the box around what is known; 0 where nothing is."""
    known = np.isfinite(points)
    low, high = (np.where(known, points, fill) for fill in (np.inf, -np.inf))
    across = high.max(axis=1) - low.min(axis=1)
    return np.asarray(np.where(np.isfinite(across), across, 0.0).max(axis=1), dtype=np.float64)
