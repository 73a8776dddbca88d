"""One pose of somebody who walks."""

from collections.abc import Callable

import pytest

from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33


@pytest.fixture(scope="session")
def pose(walk: Callable[..., PoseSequence]) -> Pose:
    sequence = walk()
    row = 45
    return Pose(
        BLAZEPOSE33, sequence.image_px[row], sequence.visibility[row], world_m=sequence.world_m[row], person=1
    )
