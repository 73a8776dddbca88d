"""Repetitions counted by hysteresis, on curves whose repetitions are known."""

import numpy as np
import pytest

from laban.tasks.coaching.exercise import Counting
from laban.tasks.coaching.repetition_counter import Cycle, HysteresisCounter

KNEE = Counting("mean_knee", rest=150.0, turn=110.0)


def told(values: np.ndarray, times_s: np.ndarray | None = None, counting: Counting = KNEE) -> list[Cycle]:
    counter = HysteresisCounter(counting)
    at = np.arange(len(values)) / 30.0 if times_s is None else times_s
    found = [counter.update(float(value), float(time_s)) for value, time_s in zip(values, at, strict=True)]
    return [one for one in found if one is not None]


def cycles(*bottoms: float, top: float = 170.0, frames: int = 60) -> np.ndarray:
    way = (1 - np.cos(np.linspace(0, 2 * np.pi, frames))) / 2
    return np.concatenate(
        [np.full(20, top), *(top + (bottom - top) * way for bottom in bottoms), np.full(20, top)]
    )


def test_each_way_out_and_back_is_one() -> None:
    found = told(cycles(90, 85, 100))
    assert [one.kind for one in found] == ["done"] * 3
    first = found[0]
    assert first.start_s < first.turn_s < first.end_s
    assert first.turn_s == pytest.approx((20 + 30) / 30, abs=0.1)
    assert first.reached == pytest.approx(90, abs=1)
    assert first.range == pytest.approx(60, abs=5)  # from the threshold of rest on


def test_who_turns_too_early_is_told_and_not_counted() -> None:
    assert [one.kind for one in told(cycles(90, 125, 90))] == ["done", "short", "done"]
    assert told(cycles(145, 140)) == []  # hardly moved


def test_trembling_at_a_threshold_counts_once() -> None:
    shaken = cycles(90) + np.random.default_rng(0).normal(0, 4, len(cycles(90)))
    assert [one.kind for one in told(shaken)] == ["done"]


def test_a_measure_that_grows_is_counted_too() -> None:
    arms = Counting("mean_shoulder", rest=45.0, turn=145.0)
    assert len(told(cycles(170, 160, top=20), counting=arms)) == 2


def test_a_single_wrong_frame_is_none() -> None:
    spiked = np.full(100, 170.0)
    spiked[50] = 60.0
    assert told(spiked) == []


def test_missing_values_and_long_absence() -> None:
    values = cycles(90)
    values[40:45] = np.nan
    assert len(told(values)) == 1
    # Gone at the bottom, back at rest a minute later: nobody saw the end of it.
    half, rest = cycles(90)[:50], np.full(30, 170.0)
    at = np.concatenate([np.arange(50) / 30, 60 + np.arange(30) / 30])
    assert told(np.concatenate([half, rest]), at) == []


def test_who_is_first_seen_at_the_turn_is_counted_when_back() -> None:
    assert len(told(cycles(90)[50:])) == 1
