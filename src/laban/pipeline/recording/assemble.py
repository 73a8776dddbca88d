"""Gathering the poses of single frames into a recording."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from laban.core.arrays import Float32Array
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence, Recording


class PeopleTable:
    """The poses of each person by frame, until they become a recording."""

    def __init__(self) -> None:
        self._times_s: list[float] = []
        self._poses: dict[int, dict[int, Pose]] = {}

    def add(self, time_s: float, poses: Sequence[Pose]) -> None:
        """Adds one frame, later than those before, with everybody in it."""
        row = len(self._times_s)
        self._times_s.append(time_s)
        for pose in poses:
            if pose.person is not None:
                self._poses.setdefault(pose.person, {})[row] = pose

    def recording(self, *, source: str, size_wh: tuple[int, int], metadata: Mapping[str, Any]) -> Recording:
        """Everybody so far; frames in which a person was not seen are NaN."""
        people = {person: self._sequence(poses, size_wh=size_wh) for person, poses in self._poses.items()}
        return Recording(source, np.array(self._times_s), people, size_wh=size_wh, metadata=metadata)

    def _sequence(self, poses: Mapping[int, Pose], *, size_wh: tuple[int, int]) -> PoseSequence:
        first, last = min(poses), max(poses)
        rows = np.array(sorted(poses)) - first
        ordered = [poses[row] for row in sorted(poses)]
        length = last - first + 1
        return PoseSequence(
            times_s=np.array(self._times_s[first : last + 1]),
            skeleton=ordered[0].skeleton,
            visibility=_spread([pose.visibility for pose in ordered], rows, length),
            image_px=_spread([pose.image_px for pose in ordered], rows, length),
            depth_px=_spread_optional([pose.depth_px for pose in ordered], rows, length),
            world_m=_spread_optional([pose.world_m for pose in ordered], rows, length),
            score=_spread([np.float32(pose.score) for pose in ordered], rows, length),
            size_wh=size_wh,
        )


def _spread_optional(values: Sequence[Any], rows: np.ndarray, length: int) -> Float32Array | None:
    return None if values[0] is None else _spread(values, rows, length)


def _spread(values: Sequence[Any], rows: np.ndarray, length: int) -> Float32Array:
    stacked = np.stack(values)
    out = np.full((length, *stacked.shape[1:]), np.nan, dtype=np.float32)
    out[rows] = stacked
    return out
