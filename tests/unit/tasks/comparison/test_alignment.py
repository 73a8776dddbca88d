"""Dynamic time warping, held against the recursion of the textbook written out cell by cell."""

import numpy as np
import pytest

from laban.errors import InvalidValueError
from laban.sequences.dtw_costs import band_costs, pair_cost
from laban.tasks.comparison.alignment import Alignment, Band, align, band, warping_distance


def by_hand(first: np.ndarray, second: np.ndarray, within: Band, step_cost: float) -> float:
    costs = band_costs(first, second, np.zeros(len(second), dtype=np.int64), len(first)).values[:-1]
    table = np.full(costs.shape, np.inf)
    for row in range(len(second)):
        for column in range(max(0, within.start[row]), min(len(first), within.start[row] + within.width)):
            before = [0.0] if row == 0 and (column == 0 or within.open_begin) else []
            before += [table[row - 1, column - 1]] if row and column else []
            before += [table[row - 1, column] + step_cost] if row else []
            before += [table[row, column - 1] + step_cost] if column else []
            table[row, column] = costs[row, column] + min(before)
    return float(table[-1].min() if within.open_end else table[-1, -1])


def steps_of(path: Alignment) -> np.ndarray:
    return np.diff(np.stack([path.first, path.second], axis=1), axis=0)


@pytest.mark.parametrize("seed", range(60))
def test_the_cheapest_path_is_found(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, others = (int(one) for one in rng.integers(1, 25, 2))
    first, second = rng.normal(size=(rows, 3)), rng.normal(size=(others, 3))
    if seed % 3 == 0:
        first[rng.random(first.shape) < 0.2] = np.nan
    begin, end = (bool(one) for one in rng.random(2) < 0.4)
    window = None if seed % 2 else float(rng.integers(0, 8))
    within = band(rows, others, window=window, open_begin=begin, open_end=end)
    step_cost = float(rng.choice([0.0, 0.4]))
    expected = by_hand(first, second, within, step_cost)
    assert warping_distance(first, second, within=within, step_cost=step_cost) == pytest.approx(expected)
    path = align(first, second, within=within, step_cost=step_cost)
    alone = int((steps_of(path).sum(axis=1) == 1).sum())
    if seed % 3:
        assert path.cost.sum() + alone * step_cost == pytest.approx(expected)
    assert ((steps_of(path) >= 0) & (steps_of(path) <= 1)).all()
    assert (path.second[0], path.second[-1]) == (0, others - 1)
    assert begin or path.first[0] == 0
    assert end or path.first[-1] == rows - 1
    inside = path.first - within.start[path.second]
    assert ((inside >= 0) & (inside < within.width)).all()


def test_a_movement_beside_itself_costs_nothing() -> None:
    rows = np.random.default_rng(0).normal(size=(80, 20)).cumsum(axis=0)
    path = align(rows, rows, within=band(80, 80, window=8), step_cost=0.1)
    assert path.mean_cost == 0.0
    np.testing.assert_array_equal(path.first, path.second)


def test_gaps_are_crossed_at_an_even_pace() -> None:
    rows = np.random.default_rng(1).normal(size=(90, 6)).cumsum(axis=0)
    holed = rows.copy()
    holed[30:50] = np.nan
    holed[:, 2] = np.nan
    path = align(holed, rows, step_cost=0.1)
    assert np.abs(path.first - path.second).max() <= 1
    assert path.mean_cost < 1e-9


def test_open_ends_leave_out_what_does_not_belong() -> None:
    rng = np.random.default_rng(2)
    part = rng.normal(size=(60, 4)).cumsum(axis=0)
    around = np.concatenate([rng.normal(size=(25, 4)) + 30, part, rng.normal(size=(15, 4)) - 30])
    within = band(len(around), len(part), window=5, open_begin=True, open_end=True)
    path = align(around, part, within=within)
    np.testing.assert_array_equal(path.first, np.arange(25, 85))
    assert path.mean_cost == 0.0


def test_the_window_limits_how_far_a_path_may_stray() -> None:
    times = np.linspace(0, 1, 100)
    late = np.clip((times - 0.4) / 0.6, 0, 1)[:, None]
    free = align(late, times[:, None])
    kept = align(late, times[:, None], within=band(100, 100, window=10))
    assert np.abs(free.first - free.second).max() > 30
    assert np.abs(kept.first - kept.second).max() <= 12


def test_the_rows_of_the_second_each_get_theirs() -> None:
    path = Alignment(np.array([0, 1, 2, 2]), np.array([0, 0, 1, 2]), np.zeros(4))
    assert path.rows_for_second(3).tolist() == [0.5, 2.0, 2.0]


def test_costs_leave_out_what_is_missing() -> None:
    first, second = np.array([[1.0, np.nan, 3.0]]), np.array([[0.0, 9.0, 3.0]])
    assert pair_cost(first, second).tolist() == [1.5]
    assert band_costs(first, second, np.array([0]), 1).values.tolist() == [[1.5], [np.inf]]
    assert pair_cost(np.array([[np.nan]]), np.array([[1.0]])).tolist() == [0.0]


def test_wrong_use_is_told() -> None:
    with pytest.raises(InvalidValueError, match="rows of the same features"):
        align(np.zeros((4, 2)), np.zeros((4, 3)))
    with pytest.raises(InvalidValueError, match="at least one row"):
        align(np.zeros((0, 2)), np.zeros((4, 2)))
    with pytest.raises(InvalidValueError, match="window"):
        band(5, 5, window=-1.0)
