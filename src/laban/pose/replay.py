"""A pose estimator without a network: it replays the people of a recording."""

from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np

from laban.core.arrays import BoolArray, Float64Array
from laban.core.checks import in_range
from laban.core.conversions import pose_at
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33, Skeleton
from laban.errors import InvalidValueError
from laban.pose.protocol import FrameOrder


class ReplayEstimator:
    """Returns the recording's people at each frame's time, with the ids they have there.

    A frame takes the recorded instant nearest to its own time, if that lies within ``tolerance_s`` seconds;
    at any other time there is nobody. Images are not used. Raises InvalidValueError where the
    recording has people without pixel coordinates, or people of more than one skeleton.
    """

    def __init__(self, recording: Recording, *, tolerance_s: float = 1e-3) -> None:
        self._tolerance_s = in_range(tolerance_s, name="tolerance_s", low=0.0)
        self._skeleton = _common_skeleton(recording)
        self._tracks = tuple(_track(person, sequence) for person, sequence in recording.people.items())
        self._order = FrameOrder()

    @property
    def skeleton(self) -> Skeleton:
        """The recording's skeleton; BlazePose's where the recording has no people."""
        return self._skeleton

    def update(self, frame: Frame) -> list[Pose]:
        """The recorded people at ``frame.time_s``; see PoseEstimator."""
        self._order.check(frame)
        poses = (track.pose_near(frame.time_s, tolerance_s=self._tolerance_s) for track in self._tracks)
        return [pose for pose in poses if pose is not None]

    def close(self) -> None:
        """Ends the replay; may be called again."""
        self._order.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


@dataclass(frozen=True, eq=False)
class _Track:
    """One person ready to be looked up by time."""

    person: int
    sequence: PoseSequence
    seen: BoolArray

    def pose_near(self, time_s: float, *, tolerance_s: float) -> Pose | None:
        row = _nearest_row(self.sequence.times_s, time_s)
        distance_s = abs(float(self.sequence.times_s[row]) - time_s)
        if distance_s > tolerance_s or not self.seen[row]:
            return None
        return pose_at(self.sequence, row, person=self.person)


def _track(person: int, sequence: PoseSequence) -> _Track:
    if sequence.image_px is None:
        raise InvalidValueError(f"a replay needs coordinates in pixels, person {person} has none")
    return _Track(person, sequence, sequence.seen)


def _nearest_row(times_s: Float64Array, time_s: float) -> int:
    after = int(np.searchsorted(times_s, time_s))
    around = [row for row in (after - 1, after) if 0 <= row < len(times_s)]
    return min(around, key=lambda row: abs(float(times_s[row]) - time_s))


def _common_skeleton(recording: Recording) -> Skeleton:
    found = {sequence.skeleton.name: sequence.skeleton for sequence in recording.people.values()}
    if len(found) > 1:
        names = ", ".join(sorted(found))
        raise InvalidValueError(
            f"a replay needs one skeleton for all people, got {names}; convert them first"
        )
    return next(iter(found.values()), BLAZEPOSE33)
