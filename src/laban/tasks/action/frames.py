"""Frames of a stream: who was seen in each, and the sequences and recordings made of a few of them."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from laban.core.arrays import Float32Array
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence, Recording


class SeenFrame(NamedTuple):
    """Who was seen in a frame."""

    time_s: float
    poses: dict[int, Pose]


def is_seen(pose: Pose) -> bool:
    """Whether any joint is known."""
    return bool(np.isfinite(pose.image_px).all(axis=1).any())


def recording_of(frames: Iterable[SeenFrame]) -> Recording:
    """Everybody in these frames, each from first to last sighting."""
    held = list(frames)
    rows: dict[int, list[int]] = {}
    for row, frame in enumerate(held):
        for person in frame.poses:
            rows.setdefault(person, []).append(row)
    people = {
        person: sequence_of(
            [(one.time_s, one.poses.get(person)) for one in held[first[0] : first[-1] + 1]], whole=True
        )
        for person, first in rows.items()
    }
    return Recording("stream", np.array([one.time_s for one in held]), people)


def sequence_of(sightings: Sequence[tuple[float, Pose | None]], *, whole: bool = False) -> PoseSequence:
    """Those of the sightings that are any; with ``whole`` the others are rows of NaN."""
    rows = [row for row, (_, pose) in enumerate(sightings) if pose is not None]
    poses = [pose for _, pose in sightings if pose is not None]
    count = len(sightings) if whole else len(poses)
    places = rows if whole else list(range(len(poses)))

    def spread(parts: list[Any]) -> Float32Array:
        out = np.full((count, *parts[0].shape), np.nan, dtype=np.float32)
        out[places] = parts
        return out

    return PoseSequence(
        np.array([time_s for time_s, pose in sightings if whole or pose is not None]),
        poses[0].skeleton,
        visibility=spread([pose.visibility for pose in poses]),
        image_px=spread([pose.image_px for pose in poses]),
        world_m=None if poses[0].world_m is None else spread([pose.world_m for pose in poses]),
    )
