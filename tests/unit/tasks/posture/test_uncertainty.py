"""The noise of landmarks as a value."""

import numpy as np

from laban.core.skeleton import BLAZEPOSE33
from laban.tasks.posture.uncertainty import LandmarkNoise


def test_a_mirror_turns_left_to_right_and_nothing_else() -> None:
    source = np.random.default_rng(0)
    noise = LandmarkNoise(source.normal(size=(4, 33, 2)), source.normal(size=(4, 33, 3)), 3, 1, "made here")
    flipped = noise.flipped(BLAZEPOSE33)
    left, right = BLAZEPOSE33.index("left_knee"), BLAZEPOSE33.index("right_knee")
    np.testing.assert_array_equal(flipped.residuals[:, left], noise.residuals[:, right] * (-1, 1))
    np.testing.assert_array_equal(
        flipped.world_residuals[:, left], noise.world_residuals[:, right] * (-1, 1, 1)
    )
    twice = flipped.flipped(BLAZEPOSE33)
    np.testing.assert_array_equal(twice.residuals, noise.residuals)
    np.testing.assert_array_equal(twice.world_residuals, noise.world_residuals)
