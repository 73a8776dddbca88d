"""Input and output of the tracker for one frame."""

from dataclasses import dataclass

from laban.core.arrays import Float32Array
from laban.core.pose import Pose


@dataclass(frozen=True, eq=False)
class Observation:
    """A body found in one frame: its pose, its appearance if known, and the person predicted there, if any."""

    pose: Pose
    appearance: Float32Array | None = None
    hint: int | None = None


@dataclass(frozen=True, eq=False)
class Tracked:
    """A pose with its person, and the position of the observation it came from."""

    pose: Pose
    person: int
    observation: int
