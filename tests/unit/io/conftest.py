"""A small recording whose every number is different."""

import numpy as np
import pytest

from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33

SIZE_WH = (640, 480)


def counted(start: int, stop: int, *, first: float) -> PoseSequence:
    """Somebody in frames ``start`` to ``stop`` at 25 frames per second; joint 5 of the second row is missing."""
    rows = stop - start
    image = np.linspace(first, first + 200, rows * 66).reshape(rows, 33, 2)
    image[1, 5] = np.nan
    world = np.linspace(-1, 1, rows * 99).reshape(rows, 33, 3)
    world -= world[:, 23:25].mean(axis=1, keepdims=True)
    return PoseSequence(
        np.arange(start, stop) / 25,
        BLAZEPOSE33,
        np.linspace(0.1, 0.9, rows * 33).reshape(rows, 33),
        image_px=image,
        depth_px=np.linspace(-50, 50, rows * 33).reshape(rows, 33),
        world_m=world,
        score=np.linspace(0.5, 1, rows),
        size_wh=SIZE_WH,
    )


@pytest.fixture
def pair() -> Recording:
    """Persons 1 and 4 in eight frames; frame 0 and frame 7 show nobody."""
    people = {1: counted(1, 5, first=10), 4: counted(2, 7, first=300)}
    return Recording("clip.mp4", np.arange(8) / 25, people, SIZE_WH, {"model": "full"})


@pytest.fixture
def alone(pair: Recording) -> Recording:
    """Person 4 alone, from time 0, without metadata."""
    sequence = pair.people[4].replace(times_s=np.arange(5) / 25)
    return Recording("clip.mp4", sequence.times_s, {4: sequence}, SIZE_WH)
