"""Identity for estimators without one: each pose takes the id of the nearest earlier pose."""

from dataclasses import replace

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.pose import Pose

_Seen = tuple[Float64Array, float]


class NearestIds:
    """Assigns person ids by distance alone: good for people apart, often wrong when they cross.

    A pose takes the id of the nearest one of the last ``memory_s`` seconds whose centre lies within
    ``reach`` times its own size (the diagonal of the box around its landmarks); otherwise it gets a new id.
    """

    def __init__(self, *, reach: float = 0.5, memory_s: float = 1.0) -> None:
        self._reach = reach
        self._memory_s = memory_s
        self._next = 0
        self._seen: dict[int, _Seen] = {}

    def assign(self, poses: list[Pose], *, time_s: float) -> list[Pose]:
        """The same poses in the same order, each with its person id."""
        self._forget(before_s=time_s - self._memory_s)
        chosen = self._nearest_pairs(poses)
        return [self._named(pose, chosen.get(row), time_s=time_s) for row, pose in enumerate(poses)]

    def _forget(self, *, before_s: float) -> None:
        self._seen = {person: seen for person, seen in self._seen.items() if seen[1] >= before_s}

    def _nearest_pairs(self, poses: list[Pose]) -> dict[int, int]:
        """From the row of ``poses`` to a known person, nearest pairs first, each used once."""
        pairs = sorted(
            (distance, row, person)
            for row, pose in enumerate(poses)
            for person, (centre, _) in self._seen.items()
            if (distance := _distance(pose, centre)) <= self._reach
        )
        chosen: dict[int, int] = {}
        for _, row, person in pairs:
            if row not in chosen and person not in chosen.values():
                chosen[row] = person
        return chosen

    def _named(self, pose: Pose, person: int | None, *, time_s: float) -> Pose:
        if person is None:
            person, self._next = self._next, self._next + 1
        self._seen[person] = (_centre(pose), time_s)
        return replace(pose, person=person)


def _centre(pose: Pose) -> Float64Array:
    centre: Float64Array = np.nanmean(pose.image_px, axis=0, dtype=np.float64)
    return centre


def _distance(pose: Pose, centre: Float64Array) -> float:
    """From the pose's centre to ``centre``, in sizes of the pose."""
    size = np.linalg.norm(np.nanmax(pose.image_px, axis=0) - np.nanmin(pose.image_px, axis=0))
    return float(np.linalg.norm(_centre(pose) - centre) / max(float(size), 1.0))
