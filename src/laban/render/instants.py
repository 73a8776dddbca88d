"""The poses of a recording's people at one instant."""

import numpy as np

from laban.core.conversions import pose_at
from laban.core.pose import Pose
from laban.core.sequence import Recording
from laban.errors import InvalidValueError


def people_at(recording: Recording, *, frame: int) -> tuple[Pose, ...]:
    """The poses of all people in the recording's frame ``frame``, in order of id.

    A person without finite landmarks there is left out. Raises ``InvalidValueError`` for a frame outside the
    recording and for people without pixel coordinates.
    """
    if not 0 <= frame < len(recording.times_s):
        raise InvalidValueError(f"frame must be from 0 to {len(recording.times_s) - 1}, got {frame}")
    found = (_pose_at(recording, person, frame) for person in recording.people)
    return tuple(pose for pose in found if pose is not None)


def reach_of(recording: Recording) -> float:
    """The largest time difference in seconds between an image and the recording's frame that it shows.

    It is three quarters of the recording's median step, so that a recording of every second frame still covers all
    images, and one of the first minute does not extend into the second.
    """
    return 0.75 * float(np.median(np.diff(recording.times_s))) if len(recording.times_s) > 1 else 0.5


def nearest_frame(recording: Recording, time_s: float, *, within_s: float) -> int | None:
    """The recording's frame nearest to ``time_s``, or None if none is within ``within_s``."""
    times = recording.times_s
    right = int(np.searchsorted(times, time_s))
    near = [frame for frame in (right - 1, right) if 0 <= frame < len(times)]
    best = min(near, key=lambda frame: abs(times[frame] - time_s), default=None)
    return None if best is None or abs(times[best] - time_s) > within_s else best


def _pose_at(recording: Recording, person: int, frame: int) -> Pose | None:
    sequence = recording.people[person]
    row = frame - recording.start_of(person)
    if not 0 <= row < len(sequence):
        return None
    if sequence.image_px is None:
        raise InvalidValueError(
            f"person {person} of {recording.source!r} has no pixel coordinates to draw over an image"
        )
    image = sequence.image_px[row]
    if not np.isfinite(image).all(axis=1).any():
        return None
    return pose_at(sequence, row, person=int(person))
