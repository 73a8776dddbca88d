import numpy as np
import pytest

from laban.features.extrema import pivots, robust_range


def test_the_range_leaves_out_three_of_a_hundred_at_either_end() -> None:
    values = np.arange(101.0)
    assert robust_range(values) == 94.0
    values[[0, 100]] = -1e6, 1e6
    assert robust_range(values) == 94.0


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([0, 5, 0, 5, 0], [0, 1, 2, 3, 4]),
        ([5, 0, 5, 0, 5], [0, 1, 2, 3, 4]),
        ([0, 1, 2, 3, 4], [0, 4]),
        ([4, 3, 2, 1, 0], [0, 4]),
        ([0, 5, 4.5, 5.5, 0], [0, 3, 4]),
        ([5, 0, 0.5, -0.5, 5], [0, 3, 4]),
        ([2, 2, 2], []),
        ([2, 2.5, 2.0], []),
        ([], []),
        ([0, 1], [0, 1]),
        ([1, 0], [0, 1]),
        ([0, 3, 3, 0], [0, 1, 3]),
        ([3, 0, 0, 3], [0, 1, 3]),
        ([0, 0.5, -0.4, 0.5, 4, 0], [2, 4, 5]),
        ([0, -0.5, 0.4, -0.5, -4, 0], [2, 4, 5]),
    ],
)
def test_pivots_by_hand(values: list[float], found: list[int]) -> None:
    assert pivots(np.array(values, dtype=np.float64), least=1.0).tolist() == found


def test_exactly_the_least_is_a_turn() -> None:
    assert pivots(np.array([0.0, 2.0, 0.0]), least=2.0).tolist() == [0, 1, 2]
    assert pivots(np.array([0.0, 1.9, 0.0]), least=2.0).tolist() == []
