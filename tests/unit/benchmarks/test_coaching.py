"""The protocols of the coaching benchmark: what is planted is what is said to be, and nothing else changes."""

import json
from pathlib import Path

import numpy as np
import pytest
from benchmarks.coaching.faults import bent
from benchmarks.coaching.form import macro_f1
from benchmarks.coaching.phases import varying
from benchmarks.coaching.scores import plain_angle

from laban.core.sequence import PoseSequence
from laban.core.skeleton import SKELETONS
from laban.core.space import Space
from laban.features.angles import MAIN_ANGLES, compute_joint_angles

PENN = SKELETONS["penn13"]
TRUTH = Path(__file__).resolve().parents[3] / "benchmarks" / "truth" / "repetitions.json"


def mover(seed: int = 0, rows: int = 90) -> PoseSequence:
    rng = np.random.default_rng(seed)
    place = rng.uniform(0, 300, size=(len(PENN), 2))
    sway = 20 * np.sin(np.linspace(0, 6, rows))[:, None, None] * rng.normal(size=(len(PENN), 2))
    return PoseSequence(
        np.arange(rows) / 30,
        PENN,
        np.ones((rows, len(PENN)), np.float32),
        image_px=(place + sway).astype(np.float32),
        size_wh=(400, 400),
    )


@pytest.mark.parametrize("joint", MAIN_ANGLES)
@pytest.mark.parametrize("seed", range(3))
def test_a_planted_fault_bends_one_joint_by_20_degrees_while_it_lasts(joint: str, seed: int) -> None:
    clip = mover(seed)
    fault = bent(clip, joint, 1.0, 2.0)
    before, after = (
        compute_joint_angles(one, space=Space.PIXEL, names=MAIN_ANGLES).values for one in (clip, fault)
    )
    outside = (clip.times_s < 1.0) | (clip.times_s > 2.0)
    np.testing.assert_allclose(before[outside], after[outside], atol=0.02)
    inside = (clip.times_s > 1.2) & (clip.times_s < 1.8)
    column = MAIN_ANGLES.index(joint)
    change = after[inside, column] - before[inside, column]
    # Where a limb is nearly straight or folded, it is bent past that.
    plain = (before[inside, column] > 25) & (before[inside, column] < 155)
    np.testing.assert_allclose(np.abs(change[plain]), 20.0, atol=0.05)
    others = [index for index in range(len(MAIN_ANGLES)) if index != column]
    np.testing.assert_allclose(before[:, others], after[:, others], atol=0.02)


@pytest.mark.parametrize("faster", [True, False])
def test_a_varying_tempo_lies_between_half_and_double_speed(faster: bool) -> None:
    clip = mover()
    shown_s = varying(clip, faster=faster)(clip.times_s)
    speed = np.diff(clip.times_s) / np.diff(shown_s)
    assert 0.49 < speed.min() < 0.6
    assert 1.8 < speed.max() < 2.01


def test_macro_f1_counts_every_class_the_same() -> None:
    truth = np.array(["a"] * 8 + ["b"] * 2)
    assert macro_f1(truth, truth) == 1.0
    said = np.array(["a"] * 10)
    assert macro_f1(truth, said) == pytest.approx((2 * 8 / 18 + 0) / 2)


def test_the_plain_angle_is_the_angle() -> None:
    assert plain_angle((0.0, 1.0), (0.0, 0.0), (1.0, 0.0)) == pytest.approx(90.0)
    assert plain_angle((-1.0, -0.1), (0.0, 0.0), (-1.0, 0.1)) == pytest.approx(np.degrees(2 * np.arctan(0.1)))


def test_the_counts_by_hand_are_of_distinct_clips_and_tell_what_was_left_out() -> None:
    truth = json.loads(TRUTH.read_text(encoding="utf-8"))
    clips = [one["clip"] for one in truth["clips"]]
    assert len(clips) == len(set(clips)) >= 60
    assert all(isinstance(one["count"], int) and one["count"] >= 0 for one in truth["clips"])
    assert not set(truth["left_out"]) & set(clips)
    assert all(truth["left_out"].values())
