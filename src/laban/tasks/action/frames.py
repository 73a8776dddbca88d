"""Frames of a stream: the people seen in each, and recordings made of a few of them."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from laban.core.conversions import recording_of_frames
from laban.core.pose import Pose
from laban.core.sequence import Recording


class SeenFrame(NamedTuple):
    """The people seen in a frame."""

    time_s: float
    poses: dict[int, Pose]


def is_seen(pose: Pose) -> bool:
    """Whether any joint is known."""
    return bool(np.isfinite(pose.image_px).all(axis=1).any())


def recording_of(frames: Iterable[SeenFrame]) -> Recording:
    """All people in these frames, each from first to last sighting."""
    named = ((one.time_s, [pose.as_person(person) for person, pose in one.poses.items()]) for one in frames)
    return recording_of_frames(named, source="stream")
