"""Figures of one event against all else, on scores made by hand."""

import math

import numpy as np
import pytest

from laban.errors import InvalidValueError
from laban.models.evaluation.ranking import auroc_of, recall_at


def test_the_threshold_lets_one_calm_clip_in_twenty_pass() -> None:
    calm = np.linspace(0.0, 0.95, 20)
    scores = np.concatenate([calm, [0.97, 0.92, 0.91, 0.5]])
    events = np.arange(24) >= 20
    assert recall_at(scores, events) == 0.75
    assert recall_at(scores, events, false_alarms=0.0) == 0.25
    assert recall_at(scores, events, false_alarms=1.0) == 1.0


def test_ties_with_a_calm_clip_are_no_finds() -> None:
    scores = np.full(40, 0.5)
    events = np.arange(40) < 20
    assert recall_at(scores, events) == 0.0
    assert auroc_of(scores, events) == 0.5


def test_without_both_kinds_there_is_no_figure() -> None:
    scores = np.array([0.1, 0.9])
    for events in (np.array([True, True]), np.array([False, False])):
        assert math.isnan(auroc_of(scores, events))
        assert math.isnan(recall_at(scores, events))
    with pytest.raises(InvalidValueError, match="false_alarms"):
        recall_at(scores, np.array([True, False]), false_alarms=1.5)
