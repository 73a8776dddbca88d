"""Repetitions as images."""

import numpy as np
import pytest

from laban.errors import InvalidValueError
from laban.render.comparison.repetition_images import draw_repetition_curve, draw_turning_points
from laban.render.palette import PAPER

TIMES_S = np.arange(120) / 30
TIMES = [(0.2, 0.9, 1.6), (1.8, 2.6, 3.4)]


def test_each_repetition_has_a_ground_of_its_own_and_a_dot_at_its_turn() -> None:
    curve = 90 + 40 * np.sin(TIMES_S)
    plain = draw_repetition_curve(curve, TIMES_S, [], title="clip", unit="°")
    marked = draw_repetition_curve(curve, TIMES_S, TIMES, title="clip", unit="°")
    assert marked.shape == plain.shape
    changed = (marked != plain).any(axis=2)
    columns = changed[100:330].mean(axis=0)
    left, right = 70, 1180
    middles = [left + (start + end) / 2 / TIMES_S[-1] * (right - left) for start, _, end in TIMES]
    assert all(columns[round(one)] > 0.9 for one in middles)
    between = left + 1.7 / TIMES_S[-1] * (right - left)
    assert columns[round(between)] == 0.0


def test_gaps_and_flat_curves_are_drawn() -> None:
    curve = np.full(len(TIMES_S), np.nan)
    assert draw_repetition_curve(curve, TIMES_S, TIMES, title="", unit="").std() > 0
    curve[40:80] = 3.0
    assert draw_repetition_curve(curve, TIMES_S, TIMES, title="", unit="").std() > 0
    with pytest.raises(InvalidValueError, match="two instants"):
        draw_repetition_curve(np.zeros(1), np.zeros(1), [], title="", unit="")


@pytest.mark.parametrize("count", [1, 5, 12])
def test_tiles_stand_in_rows_and_none_is_cut(count: int) -> None:
    tiles = [np.full((200, 260, 3), (10 * index, 200, 30), np.uint8) for index in range(count)]
    image = draw_turning_points(tiles, [f"{index}" for index in range(count)], title="turns")
    for tile in tiles:
        assert int((image == tile[0, 0]).all(axis=2).sum()) == 200 * 260
    assert image.shape[1] == 1200
    assert (image[-1] == PAPER).all()
    with pytest.raises(InvalidValueError, match="a caption for each"):
        draw_turning_points(tiles, [], title="turns")
