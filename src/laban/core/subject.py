"""Who is meant where several people are in view: the one rule for all answers."""

import numpy as np

from laban.core.arrays import Float64Array, FloatArray
from laban.core.body import torso_length
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import Skeleton
from laban.core.space import Space
from laban.errors import InvalidValueError, SourceError

_TRUNK = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
_TORSO_SHARE = 0.28  # of what is seen of a body, where its trunk is not


def prominence(pose: Pose) -> float:
    """How big somebody is in an image, as far as it is sure that they are a person; 0 where nothing is known.

    It is the length of the trunk in pixels times the square of the score. The height of a body would do, but of
    people cut off at the hips legs are guessed, and of clothes on a hook too. Without hips and shoulders it is a
    share of what is known of the body.
    """
    return float(_prominences(pose.image_px[None], pose.skeleton, np.array([pose.score]))[0])


def prominences(sequence: PoseSequence) -> Float64Array:
    """(T,) the same at each instant of a sequence; its sum tells who is meant in a recording."""
    space = Space.PIXEL if Space.PIXEL in sequence.spaces else sequence.spaces[0]
    score = np.ones(len(sequence)) if sequence.score is None else np.nan_to_num(sequence.score)
    return _prominences(sequence.coordinates(space), sequence.skeleton, score)


def biggest_person(recording: Recording, *, person: int | None = None, name: str = "") -> int:
    """Whom a recording is taken to be of: ``person``, or whoever has the largest sum of ``prominences``.

    ``name`` is what messages call the recording. Raises SourceError where nobody is there, InvalidValueError where
    ``person`` is not.

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
