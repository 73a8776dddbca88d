"""Following a movement whose place is known."""

import numpy as np
import pytest

from laban.tasks.coaching.online_alignment import OnlineDTW, follow

STEP_S = 1 / 30


def reference(rows: int = 90) -> np.ndarray:
    """A way out and back that is not the same on both ways."""
    angle = np.linspace(0, 2 * np.pi, rows)
    return np.stack([3 * (1 - np.cos(angle)), 0.6 * np.sin(angle)], axis=1)


@pytest.mark.parametrize("pace", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("fps", [5.0, 30.0, 120.0])
def test_the_place_is_right_at_any_pace_and_frame_rate(pace: float, fps: float) -> None:
    rows = reference()
    times_s = np.arange(0.0, 89 * STEP_S / pace, 1 / fps)
    true = times_s * pace / STEP_S
    features = np.stack([np.interp(true, np.arange(90), column) for column in rows.T], axis=1)
    found = follow(rows, features, times_s, step_s=STEP_S, cyclic=True)
    assert np.median(np.abs(found - true)) <= 0.03 * 90


def test_a_pause_is_a_pause() -> None:
    rows = reference()
    path = np.concatenate([np.arange(45), np.full(60, 45), np.arange(45, 90)])
    found = follow(rows, rows[path], np.arange(len(path)) * STEP_S, step_s=STEP_S, cyclic=True)
    assert np.abs(found[45:105] - 45).max() <= 2


def test_round_and_round() -> None:
    rows = reference()
    path = np.arange(270) % 90
    found = follow(rows, rows[path], np.arange(270) * STEP_S, step_s=STEP_S, cyclic=True)
    apart = np.abs((found - path + 45) % 90 - 45)
    assert apart.max() <= 4


def test_who_leaves_a_part_out_is_found_again() -> None:
    rows = reference()
    path = np.concatenate([np.arange(20), np.arange(60, 90)])
    found = follow(rows, rows[path], np.arange(len(path)) * STEP_S, step_s=STEP_S, cyclic=False)
    assert np.abs(found[-10:] - path[-10:]).max() <= 2


def test_missing_features_are_left_out() -> None:
    rows = reference()
    features = rows.copy()
    features[::2, 0] = np.nan
    features[1::4, 1] = np.nan
    features[30:33] = np.nan
    found = follow(rows, features, np.arange(90) * STEP_S, step_s=STEP_S, cyclic=False)
    assert np.median(np.abs(found - np.arange(90))) <= 2


def test_costs_are_weighted_means_that_saturate() -> None:
    rows = np.array([[0.0, 1.0, np.nan, 7.0], [2.0, np.nan, np.nan, 7.0]])
    follower = OnlineDTW(rows, step_s=0.1, cyclic=False, weights=np.array([1.0, 3.0, 1.0, 0.0]))
    costs = follower.costs(np.array([1.0, 3.0, 5.0, 0.0]))
    np.testing.assert_allclose(costs, [(1 / 2 + 3 * 4 / 5) / 4, 1 / 2])
    assert follower.costs(np.array([1e6, 1e6, 5.0, 0.0])).max() < 1.0
    assert np.isnan(follower.costs(np.array([np.nan, np.nan, 5.0, 5.0]))).all()
    assert np.isnan(follower.error)
    follower.update(np.array([1.0, 3.0, 5.0, 0.0]), 0.0)
    assert follower.error in (np.sqrt((1 + 3 * 4) / 4), 1.0)  # of the plain squares, of the row it is at


def test_after_a_long_absence_it_begins_anew() -> None:
    rows = reference()
    follower = OnlineDTW(rows, step_s=STEP_S, cyclic=False)
    for row in range(60):
        follower.update(rows[row], row * STEP_S)
    assert follower.update(rows[0], 100.0) <= 2
