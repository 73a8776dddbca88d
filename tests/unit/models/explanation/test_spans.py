"""Overlapping spans, and what is said of rows from their effects."""

import numpy as np
import pytest

from laban.models.explanation.spans import peaks_apart, spans_over, spread_over, strong_runs


@pytest.mark.parametrize(("rows", "share"), [(20, 0.15), (7, 0.3), (2, 0.01), (5, 1.0), (60, 0.15)])
def test_every_row_is_in_a_span_and_equal_effects_stay_equal(rows: int, share: float) -> None:
    spans = spans_over(rows, share=share)
    assert spans.any(axis=0).all()
    assert len(set(spans.sum(axis=1).tolist())) == 1
    assert spread_over(spans, np.full(len(spans), 3.0)) == pytest.approx(3.0)


def test_a_row_takes_most_from_the_span_around_it() -> None:
    spans = spans_over(20, share=0.15)
    effects = spans[:, 10].astype(float) * (np.arange(len(spans)) == 9)
    assert int(spread_over(spans, effects).argmax()) == 10


def test_runs_are_told_from_the_strongest_and_none_of_noise() -> None:
    assert strong_runs(np.array([0.1, 1.0, 2.0, 0.0, 1.2])) == ((1, 3), (4, 5))
    assert strong_runs(np.array([1e-4, 0.0])) == ()
    assert strong_runs(np.array([0.005, 0.0]), least=0.01) == ()
    assert strong_runs(-np.ones(4)) == ()


def test_peaks_are_apart_and_in_order() -> None:
    effects = np.array([9.0, 8.0, 7.0, 0.0, 1.0, 2.0, 3.0, 0.0])
    assert peaks_apart(effects, count=2) == (0, 2)
    assert peaks_apart(effects, count=1) == (0,)
    assert peaks_apart(np.array([-np.inf, 1.0]), count=2) == (1,)
    assert peaks_apart(np.full(3, -np.inf), count=2) == ()
