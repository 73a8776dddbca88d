"""What the tracker is given of a frame, and what it gives back."""

from dataclasses import dataclass

from laban.core.arrays import Float32Array
from laban.core.pose import Pose


@dataclass(frozen=True, eq=False)
class Observation:
    """A body found in one frame: its pose, its colours if known, and as whom it was looked for, if as anyone."""

    pose: Pose
    appearance: Float32Array | None = None
    hint: int | None = None


@dataclass(frozen=True, eq=False)
class Tracked:
    """A pose with its person, and the position of the observation it came from."""

    pose: Pose
    person: int
    observation: int
