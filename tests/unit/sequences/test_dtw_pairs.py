"""Distances between many sequences are those of the definition, and of the search for one pair's path."""

from itertools import product

import numpy as np
import pytest

from laban.sequences.dtw_pairs import Cost, dtw_distances
from laban.tasks.comparison.alignment import warping_distance


def by_definition(first: np.ndarray, second: np.ndarray, width: int, power: int) -> float:
    rows = len(first)
    table = np.full((rows + 1, rows + 1), np.inf)
    table[0, 0] = 0.0
    for i, j in product(range(rows), range(rows)):
        if abs(i - j) <= width:
            before = min(table[i, j], table[i, j + 1], table[i + 1, j])
            table[i + 1, j + 1] = before + np.linalg.norm(first[i] - second[j]) ** power
    return float(table[-1, -1])


@pytest.mark.parametrize(("cost", "power"), [("squared", 2), ("euclidean", 1)])
@pytest.mark.parametrize(("window", "width"), [(0.1, 2), (1.0, 20)])
def test_distances_are_those_of_the_definition(cost: Cost, power: int, window: float, width: int) -> None:
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(60, 20, 3)), rng.normal(size=(4, 20, 3))
    found = dtw_distances(first.astype(np.float32), second.astype(np.float32), window=window, cost=cost)
    for i, j in product(range(0, 60, 7), range(4)):
        assert found[i, j] == pytest.approx(by_definition(first[i], second[j], width, power), rel=1e-5)


def test_distances_are_those_of_the_cheapest_path() -> None:
    first, second = np.random.default_rng(1).normal(size=(2, 5, 30, 4)).cumsum(axis=2).astype(np.float32)
    found = dtw_distances(first, second)
    paths = [[warping_distance(one, other) for other in second] for one in first]
    assert found == pytest.approx(np.array(paths), rel=1e-4)


def test_a_window_of_nothing_is_the_plain_distance() -> None:
    first = np.random.default_rng(0).normal(size=(2, 10, 3)).astype(np.float32)
    assert dtw_distances(first[:1], first[1:], window=0.0)[0, 0] == pytest.approx(
        float(((first[0] - first[1]) ** 2).sum()), rel=1e-5
    )


def test_the_distances_of_a_sequence_do_not_depend_on_the_others() -> None:
    values = np.random.default_rng(2).normal(size=(60, 12, 3)).astype(np.float32)
    assert dtw_distances(values[50:], values)[:, 0] == pytest.approx(
        dtw_distances(values, values)[50:, 0], rel=1e-6
    )
