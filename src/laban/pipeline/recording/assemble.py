"""Assembles the poses of single frames into a recording."""

from collections.abc import Mapping, Sequence

from laban.core.conversions import recording_of_frames
from laban.core.pose import Pose
from laban.core.sequence import Recording


class PeopleTable:
    """The poses of each person by frame, until they become a recording."""

    def __init__(self) -> None:
        self._frames: list[tuple[float, tuple[Pose, ...]]] = []

    def add(self, time_s: float, poses: Sequence[Pose]) -> None:
        """Adds one frame, later than those before, with everybody in it."""
        self._frames.append((time_s, tuple(poses)))

    def recording(
        self, *, source: str, size_wh: tuple[int, int], metadata: Mapping[str, object]
    ) -> Recording:
        """All people so far; frames in which a person was not seen are NaN."""
        return recording_of_frames(self._frames, source=source, size_wh=size_wh, metadata=metadata)
