"""Temperature and calibration error, on samples whose truth is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laban.models.evaluation.calibration import calibration_error, fit_temperature, reliability, softmax


def sample(*, count: int, temperature: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Logits that are too large by ``temperature``, and labels drawn from what the right ones say."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(scale=2.0, size=(count, 4))
    draws = rng.random((count, 1))
    labels = (softmax(logits).cumsum(axis=1) < draws).sum(axis=1)
    return logits * temperature, labels


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_temperature_that_was_put_in_is_found_and_mends_the_error(temperature: float) -> None:
    logits, labels = sample(count=4000, temperature=temperature)
    found = fit_temperature(logits, labels)
    assert found == pytest.approx(temperature, rel=0.08)
    for equal in ("width", "mass"):
        assert calibration_error(softmax(logits, temperature=found), labels, equal=equal) < 0.03
    if temperature != 1.0:
        assert calibration_error(softmax(logits), labels) > 0.05


def test_a_few_examples_that_are_all_right_do_not_make_it_cold() -> None:
    logits = 6 * np.eye(3)[np.arange(30) % 3]
    assert 0.2 < fit_temperature(logits, np.arange(30) % 3) < 1.0
    assert fit_temperature(logits[:4], np.arange(4) % 3) == 1.0
    assert fit_temperature(np.zeros((0, 3)), np.zeros(0, dtype=int)) == 1.0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.floats(0.1, 10))
def test_no_temperature_changes_the_answer(seed: int, temperature: float) -> None:
    logits, _ = sample(count=50, temperature=1.0, seed=seed)
    assert np.array_equal(softmax(logits, temperature=temperature).argmax(axis=1), logits.argmax(axis=1))


def test_bins_hold_every_labelled_example_once() -> None:
    logits, labels = sample(count=301, temperature=1.0)
    labels[:1] = -1
    widths = reliability(softmax(logits), labels, bins=10)
    masses = reliability(softmax(logits), labels, bins=10, equal="mass")
    assert sum(one.count for one in widths) == sum(one.count for one in masses) == 300
    assert {one.count for one in masses} == {30}
    assert all(int(10 * one.low) == int(10 * one.high) for one in widths)


def test_the_error_is_the_gap_by_hand() -> None:
    said = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.6, 0.4]])
    assert calibration_error(said, np.array([0, 1, 0, 1])) == pytest.approx(0.5 * 0.4 + 0.5 * 0.1)
    assert np.isnan(calibration_error(said, np.array([-1] * 4)))
