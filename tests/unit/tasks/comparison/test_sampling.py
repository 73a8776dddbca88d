"""Whether the frames suffice for a movement, on curves whose answer can be worked out."""

import numpy as np
import pytest

from laban.errors import InvalidValueError
from laban.tasks.comparison.sampling import (
    SamplingWatch,
    check_resolved,
    check_sampled,
    holes,
    main_curves,
    most_surprise,
    surprise,
)

NONE = np.zeros(0)


def sine(per_cycle: float, frames: int = 240) -> np.ndarray:
    return np.sin(2 * np.pi * np.arange(frames) / per_cycle)


@pytest.mark.parametrize(("per_cycle", "expected"), [(3.0, 2.25), (4.0, 0.444), (5.0, 0.1015), (6.0, 0.0278)])
def test_the_surprise_of_a_sine_is_that_of_lagranges_weights(per_cycle: float, expected: float) -> None:
    # (-1, 4, 4, -1) / 6 of the neighbours: 1 - (8 cos w - 2 cos 2w) / 6 is left of each value
    assert surprise(sine(per_cycle)[:, None], np.arange(240.0)) == pytest.approx(expected, rel=0.01)


def test_noise_is_foretold_worse_than_by_its_mean() -> None:
    noise = np.random.default_rng(0).normal(size=(4000, 2))
    assert surprise(noise, np.arange(4000.0)) == pytest.approx(1 + 34 / 36, rel=0.05)


def test_a_cubic_is_foretold_on_an_uneven_clock_too() -> None:
    at = np.cumsum(np.random.default_rng(1).uniform(0.5, 1.5, 60))
    assert surprise((at**3 - 40 * at**2)[:, None], at) == pytest.approx(0.0, abs=1e-12)


def test_across_a_hole_nothing_is_foretold() -> None:
    at = np.arange(60.0)
    late = np.where(
        at < 30, at, at + 7.0
    )  # seven frames of the sine are lost, at whose ends the guesses are bad
    assert surprise(np.sin(late)[:, None], late) == pytest.approx(surprise(np.sin(at)[:, None], at), rel=0.2)


@pytest.mark.parametrize("values", [np.ones((30, 1)), np.arange(6.0)[:, None]])
def test_what_is_flat_or_short_is_not_judged(values: np.ndarray) -> None:
    assert np.isnan(surprise(values, np.arange(float(len(values)))))


def test_main_curves_hold_what_moves_most() -> None:
    values = np.outer(sine(20), (3.0, 4.0)) + 7.0
    (curve,) = main_curves(values, count=1).T
    assert curve.std() == pytest.approx(5 * sine(20).std())


def test_a_movement_quicker_than_the_frames_is_refused_with_the_rate_it_needs() -> None:
    at = np.arange(240) / 5.0
    with pytest.raises(
        InvalidValueError, match=r"at 5 frames a second: .* film at 14 frames a second or more"
    ):
        check_resolved(sine(3.0)[:, None], at, least_s=0.3, starts_s=NONE)
    check_resolved(sine(4.0)[:, None], at, least_s=0.3, starts_s=NONE)
    check_resolved(
        sine(3.0)[:, None], at, least_s=0.8, starts_s=NONE
    )  # asked for nothing quicker than four frames
    check_resolved(sine(3.0)[:, None], at / 3, least_s=0.3, starts_s=NONE)


def test_so_few_frames_that_nothing_can_be_told_are_refused_on_a_slow_clock() -> None:
    with pytest.raises(InvalidValueError, match="got 6 frames in all"):
        check_resolved(sine(6.0, 6)[:, None], np.arange(6) / 3, least_s=0.3, starts_s=NONE)
    check_resolved(sine(6.0, 7)[:, None], np.arange(7) / 3, least_s=0.3, starts_s=NONE)
    check_resolved(sine(6.0, 6)[:, None], np.arange(6) / 30, least_s=0.3, starts_s=NONE)


def test_repetitions_need_four_frames() -> None:
    at = np.arange(100) / 10
    check_sampled(np.array([0.0, 0.4, 0.8]), at)
    check_sampled(np.array([0.0]), at)
    with pytest.raises(
        InvalidValueError, match=r"about 0.35 s .* at 10 frames .* got 3.5; film at 18 frames"
    ):
        check_sampled(np.array([0.0, 0.35, 0.7]), at)


def test_holes_are_longer_than_what_is_asked() -> None:
    assert holes(np.array([0.0, 0.6, 1.0, 1.25, 2.0]), longer_s=0.5) == [(0.0, 0.6), (1.25, 2.0)]
    assert holes(np.array([0.0, 0.5]), longer_s=0.5) == []


@pytest.mark.parametrize(("per_cycle", "expected"), [(4.0, 1.044), (4.5, 0.81), (6.0, 0.7), (40.0, 0.7)])
def test_repetitions_of_few_frames_may_surprise_more(per_cycle: float, expected: float) -> None:
    assert most_surprise(np.arange(5) * per_cycle / 10, step_s=0.1) == pytest.approx(expected, abs=0.01)
    assert most_surprise(np.array([1.0]), step_s=0.1) == 0.7


def watched(values: np.ndarray, fps: float) -> SamplingWatch:
    watch = SamplingWatch(least_s=0.3, least_range=0.4)
    for row, value in enumerate(values):
        watch.update(float(value), row / fps)
    return watch


@pytest.mark.parametrize(
    ("per_cycle", "fps", "needed"), [(3.0, 5.0, 14.0), (6.0, 5.0, None), (3.0, 30.0, None), (20.0, 2.0, None)]
)
def test_a_watch_says_which_rate_is_needed_where_nothing_was_counted(
    per_cycle: float, fps: float, needed: float | None
) -> None:
    assert watched(sine(per_cycle), fps).needed_fps(NONE, NONE) == needed


def test_a_watch_counts_the_frames_of_what_was_counted() -> None:
    watch, starts_s = watched(sine(6.0), 10.0), np.array([0.0, 0.6, 1.2])
    assert watch.needed_fps(starts_s, starts_s + 0.6) is None
    assert watch.needed_fps(starts_s, starts_s + 0.4) == 20.0  # six frames of 0.3 s
    assert watch.needed_fps(starts_s[:1], starts_s[:1] + 0.4) == 20.0
    quick_s = np.array([0.0, 0.35, 0.7])
    assert watch.needed_fps(quick_s, quick_s + 0.6) == 18.0  # six frames of 0.35 s


def test_a_watch_is_not_troubled_by_what_hardly_moves_or_is_not_known() -> None:
    assert watched(0.1 * sine(3.0), 5.0).needed_fps(NONE, NONE) is None
    assert watched(np.full(40, np.nan), 5.0).needed_fps(NONE, NONE) is None
    assert watched(sine(3.0, 6), 5.0).needed_fps(NONE, NONE) is None
