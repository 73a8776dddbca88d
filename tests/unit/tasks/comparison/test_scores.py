"""The published formulas, held against the same written out by hand."""

import math

import numpy as np
import pytest

from laban.tasks.comparison.scores import (
    angle_distance,
    coordinate_distance,
    relative_difference,
    score_percent,
)


def by_hand(first: list[float], second: list[float]) -> float:
    dot = sum(a * b for a, b in zip(first, second, strict=True))
    cosine = dot / math.sqrt(sum(a * a for a in first)) / math.sqrt(sum(b * b for b in second))
    return math.sqrt(2 * (1 - cosine))


@pytest.mark.parametrize("seed", range(8))
def test_coordinate_distance_is_the_published_formula(seed: int) -> None:
    first, second = np.random.default_rng(seed).normal(size=(2, 33, 2))
    expected = by_hand(first.ravel().tolist(), second.ravel().tolist())
    assert float(coordinate_distance(first, second)) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_angle_distance_is_the_published_formula(seed: int) -> None:
    first, second = np.random.default_rng(seed).uniform(5, 180, size=(2, 8))
    expected = (
        sum(abs(f - g) / ((f + g) / 2) for f, g in zip(first.tolist(), second.tolist(), strict=True)) / 8
    )
    assert float(angle_distance(first, second)) == pytest.approx(expected, abs=1e-9)


def test_scores_are_what_is_left_of_the_distance() -> None:
    assert score_percent(np.array([0.0, 0.03, 0.58, 1.0, 1.7])) == pytest.approx([100, 97, 42, 0, 0])
    assert np.isnan(score_percent(float("nan")))


def test_equal_vectors_are_at_no_distance_though_far_from_the_origin() -> None:
    points = np.random.default_rng(0).normal(size=(33, 2)) + 1e6
    assert float(coordinate_distance(points, 3 * points)) < 1e-9


def test_what_is_missing_in_either_is_left_out() -> None:
    rng = np.random.default_rng(1)
    first, second = rng.normal(size=(2, 12, 3))
    lost = first.copy()
    lost[4] = np.nan
    kept = [index for index in range(12) if index != 4]
    assert float(coordinate_distance(lost, second)) == pytest.approx(
        float(coordinate_distance(first[kept], second[kept]))
    )
    assert float(angle_distance(np.array([90.0, np.nan]), np.array([60.0, 30.0]))) == pytest.approx(0.4)


def test_weights_count_a_joint_so_many_times() -> None:
    first, second = np.random.default_rng(2).normal(size=(2, 3, 2))
    twice = [0, 0, 1, 2]
    assert float(coordinate_distance(first, second, weights=np.array([2.0, 1.0, 1.0]))) == pytest.approx(
        float(coordinate_distance(first[twice], second[twice]))
    )
    angles = np.array([[90.0, 60.0], [60.0, 60.0]])
    assert float(angle_distance(*angles, weights=np.array([3.0, 1.0]))) == pytest.approx(0.3)


def test_nothing_in_common_gives_nan_without_a_warning() -> None:
    nothing = np.full((4, 2), np.nan)
    assert np.isnan(coordinate_distance(nothing, np.ones((4, 2))))
    assert np.isnan(coordinate_distance(np.zeros((4, 2)), np.ones((4, 2))))
    assert np.isnan(coordinate_distance(np.ones((4, 2)), np.ones((4, 2)), weights=np.zeros(4)))
    assert np.isnan(angle_distance(np.array([np.nan]), np.array([3.0])))


def test_two_closed_angles_do_not_differ() -> None:
    assert relative_difference(np.array([0.0, 0.0]), np.array([0.0, 90.0])).tolist() == [0.0, 2.0]
