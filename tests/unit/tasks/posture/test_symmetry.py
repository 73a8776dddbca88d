"""Left against right in repeated movement."""

import numpy as np
import pytest

from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33
from laban.tasks.posture.symmetry import compare_sides

TIMES_S = np.arange(0, 12, 1 / 30)


def squats(left_deg: float, right_deg: float, *, gait: bool = False, noise: float = 0.0) -> PoseSequence:
    """Knees that bend by so much eight times, together or in turn."""
    rng = np.random.default_rng(0)
    points = np.zeros((len(TIMES_S), 33, 3))
    phase = 2 * np.pi * TIMES_S / 1.5
    for side, sign, bend_deg, shift in (
        ("left", 1, left_deg, 0.0),
        ("right", -1, right_deg, np.pi if gait else 0.0),
    ):
        bend = np.radians(bend_deg) * (1 - np.cos(phase + shift)) / 2
        hip = np.stack([np.full_like(bend, 0.1 * sign), np.zeros_like(bend), np.zeros_like(bend)], axis=1)
        knee = hip + np.array([0.0, 0.4, 0.0])
        ankle = knee + 0.4 * np.stack([np.zeros_like(bend), np.cos(bend), np.sin(bend)], axis=1)
        for name, place in (
            ("shoulder", hip - np.array([0.0, 0.5, 0.0])),
            ("hip", hip),
            ("knee", knee),
            ("ankle", ankle),
        ):
            points[:, BLAZEPOSE33.index(f"{side}_{name}")] = place
        points[:, BLAZEPOSE33.index(f"{side}_foot_index")] = ankle + np.array([0.0, 0.0, 0.1])
    points += rng.normal(0, noise, points.shape)
    return PoseSequence(TIMES_S, BLAZEPOSE33, np.ones((len(TIMES_S), 33)), world_m=points)


@pytest.mark.parametrize("gait", [False, True])
def test_the_side_that_goes_further_is_named(gait: bool) -> None:
    (knee,) = [one for one in compare_sides(squats(80, 60, gait=gait, noise=0.003)) if one.joint == "knee"]
    assert knee.side == "left"
    assert knee.left_deg == pytest.approx(80, abs=6)
    assert knee.right_deg == pytest.approx(60, abs=6)
    assert knee.low < 100 * 20 / 70 < knee.high + 4
    assert min(knee.left_count, knee.right_count) >= 3


def test_even_sides_are_not_told_apart() -> None:
    (knee,) = [one for one in compare_sides(squats(70, 70, noise=0.01)) if one.joint == "knee"]
    assert knee.side == ""
    assert knee.low <= 0 <= knee.high


def test_mirroring_turns_the_index_round() -> None:
    (one,) = [found for found in compare_sides(squats(80, 60)) if found.joint == "knee"]
    (other,) = [found for found in compare_sides(squats(60, 80)) if found.joint == "knee"]
    assert other.percent == pytest.approx(-one.percent, abs=0.5)


def test_stillness_few_repetitions_and_short_clips_say_nothing() -> None:
    assert compare_sides(squats(3, 3)) == ()
    assert compare_sides(squats(80, 60).take(slice(0, 60))) == ()
    assert compare_sides(squats(80, 60).take(slice(0, 3))) == ()


def test_less_than_a_second_says_nothing_however_fast() -> None:
    """Three movements in that time are more likely the estimator's jitter."""
    fast = squats(80, 60)
    fast = fast.replace(times_s=TIMES_S * 0.13)
    whole, short = (fast.take(slice(0, int(np.searchsorted(fast.times_s, end_s)))) for end_s in (1.02, 0.99))
    assert "knee" in [one.joint for one in compare_sides(whole)]
    assert compare_sides(short) == ()


def test_movement_that_only_comes_and_goes_is_no_repetition() -> None:
    rng = np.random.default_rng(1)
    one = squats(70, 60)
    warped = np.cumsum(rng.choice([0.2, 0.3, 3.0, 4.0], len(TIMES_S)))
    rows = np.clip(np.interp(TIMES_S, TIMES_S, warped / warped[-1] * (len(TIMES_S) - 1)), 0, None).astype(int)
    sizes = np.repeat(rng.uniform(0.1, 1.0, 8), 45)
    still = squats(0.01, 0.01)
    points = still.world_m + sizes[: len(rows), None, None] ** 2 * (one.world_m[rows] - still.world_m)
    assert (
        compare_sides(PoseSequence(TIMES_S, BLAZEPOSE33, np.ones((len(TIMES_S), 33)), world_m=points)) == ()
    )
