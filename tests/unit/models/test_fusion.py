"""The fusion of a recogniser from poses with one from pixels, on answers made by hand."""

import numpy as np
import pytest

from laban.errors import FormatError, InvalidValueError
from laban.models.fusion import FusedPart, Fusion, fit_fusion, log_softmax, mean_fusion


def _logits(labels: np.ndarray, *, strength: float, seed: int, classes: int = 2) -> np.ndarray:
    """Right by ``strength`` standard deviations of the noise."""
    noise = np.random.default_rng(seed).normal(size=(len(labels), classes))
    return strength * np.eye(classes)[labels] + noise


LABELS = np.random.default_rng(0).integers(0, 2, 200)


def _accuracy(logits: np.ndarray) -> float:
    return float((logits.argmax(axis=1) == LABELS).mean())


def test_two_halves_of_the_evidence_are_better_than_each() -> None:
    pose, video = (_logits(LABELS, strength=1.0, seed=seed) for seed in (1, 2))
    fused = fit_fusion(pose, video, LABELS).fused(pose, video)
    assert _accuracy(fused) > max(_accuracy(pose), _accuracy(video)) + 0.03
    assert np.exp(fused).sum(axis=1) == pytest.approx(np.ones(200))


def test_independent_evidence_adds_up() -> None:
    """The weights need not sum to one: what two independent witnesses agree on is surer than each."""
    pose, video = (_logits(LABELS, strength=1.5, seed=seed) for seed in (3, 4))
    fusion = fit_fusion(pose, video, LABELS)
    assert fusion.pose.weight + fusion.video.weight == pytest.approx(2.0, abs=0.5)


@pytest.mark.parametrize("noisy", ["pose", "video"])
def test_noise_says_little(noisy: str) -> None:
    good, noise = _logits(LABELS, strength=3.0, seed=5), _logits(LABELS, strength=0.0, seed=6)
    given = (noise, good) if noisy == "pose" else (good, noise)
    fused = fit_fusion(*given, LABELS).fused(*given)
    assert (fused.argmax(axis=1) == good.argmax(axis=1)).mean() >= 0.98
    assert _accuracy(fused) >= _accuracy(good) - 0.01


def test_overconfidence_is_calibrated_before_answers_are_added() -> None:
    pose, video = (_logits(LABELS, strength=1.0, seed=seed) for seed in (7, 8))
    plain, loud = fit_fusion(pose, video, LABELS), fit_fusion(4 * pose, video, LABELS)
    assert loud.pose.temperature == pytest.approx(4 * plain.pose.temperature, rel=0.1)
    told = plain.fused(pose, video), loud.fused(4 * pose, video)
    assert np.abs(np.exp(told[0]) - np.exp(told[1])).mean() < 0.05
    assert (told[0].argmax(axis=1) == told[1].argmax(axis=1)).mean() > 0.95


def test_a_few_clips_leave_equal_shares() -> None:
    pose, video = (_logits(LABELS, strength=1.0, seed=seed)[:4] for seed in (1, 2))
    fusion = fit_fusion(pose, video, LABELS[:4])
    assert fusion == Fusion(FusedPart(1.0, 0.5), FusedPart(1.0, 0.5))
    nobody = np.full_like(pose, np.nan)
    assert fit_fusion(nobody, video, LABELS[:4]).pose == FusedPart(1.0, 0.5)


def test_where_one_has_no_answer_the_others_is_given_exactly() -> None:
    pose, video = (_logits(LABELS, strength=1.0, seed=seed) for seed in (1, 2))
    fusion = fit_fusion(pose, video, LABELS)
    pose[0], video[1] = np.nan, np.nan
    pose[2] = video[2] = np.nan
    fused = fusion.fused(pose, video)
    told = fusion.alone(pose, video)
    assert (
        fused[0].tolist() == told[1][0].tolist() == log_softmax(video / fusion.video.temperature)[0].tolist()
    )
    assert fused[1].tolist() == told[0][1].tolist()
    assert np.isnan(fused[2]).all()
    assert np.isfinite(fused[3:]).all()


def test_the_mean_over_folds() -> None:
    one, other = (
        Fusion(FusedPart(1.0, 0.2), FusedPart(2.0, 1.0)),
        Fusion(FusedPart(3.0, 0.4), FusedPart(4.0, 0.0)),
    )
    mean = mean_fusion([one, other])
    assert (mean.pose.temperature, mean.pose.weight) == (2.0, pytest.approx(0.3))
    assert mean.video == FusedPart(3.0, 0.5)


def test_it_is_read_as_it_was_written() -> None:
    fusion = Fusion(FusedPart(1.5, 0.25), FusedPart(0.5, 1.25))
    assert Fusion.from_json(fusion.to_json()) == fusion


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"pose": {"temperature": 1, "weight": 1}},
        {"pose": 3, "video": {"temperature": 1, "weight": 1}},
        {"pose": {"temperature": True, "weight": 1}, "video": {"temperature": 1, "weight": 1}},
        {"pose": {"temperature": 0, "weight": 1}, "video": {"temperature": 1, "weight": 1}},
        {"pose": {"temperature": 1, "weight": -1}, "video": {"temperature": 1, "weight": 1}},
        {"pose": {"temperature": 1, "weight": float("nan")}, "video": {"temperature": 1, "weight": 1}},
    ],
)
def test_anything_else_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(FormatError):
        Fusion.from_json(value)


def test_weights_are_not_negative_and_not_all_nothing() -> None:
    with pytest.raises(InvalidValueError, match="weight"):
        FusedPart(1.0, -0.1)
    with pytest.raises(InvalidValueError, match="above 0"):
        Fusion(FusedPart(1.0, 0.0), FusedPart(1.0, 0.0))
