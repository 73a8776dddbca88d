"""The values that cycles of movement are searched with."""

import numpy as np
import pytest

from laban.tasks.comparison.cycles import PHASES, phase_rows
from laban.tasks.comparison.main_joints import LAST_SEGMENTS, MAIN_JOINTS

# Winter 2009, figure 4.1: shares of a person's height.
_TRUNK, _UPPER_ARM, _FOREARM, _THIGH, _SHANK = 0.288, 0.186, 0.146, 0.245, 0.246


def test_phases_are_shared_evenly_between_the_way_out_and_the_way_back() -> None:
    rows = phase_rows(10, 40, 100)
    assert len(rows) == PHASES
    assert (rows[0], rows[PHASES // 2 - 1], rows[-1]) == (10, 40, 100)
    assert (np.diff(rows) >= 0).all()


@pytest.mark.parametrize(
    ("joint", "share"),
    [("elbow", _UPPER_ARM), ("wrist", _FOREARM), ("knee", _THIGH), ("ankle", _SHANK), ("hip", _TRUNK)],
)
def test_segments_have_the_lengths_of_an_average_adult(joint: str, share: float) -> None:
    lengths = [
        length for name, length in zip(MAIN_JOINTS, LAST_SEGMENTS, strict=True) if name.endswith(f"_{joint}")
    ]
    assert len(lengths) == 2
    np.testing.assert_allclose(lengths, share / _TRUNK, rtol=0.02)
