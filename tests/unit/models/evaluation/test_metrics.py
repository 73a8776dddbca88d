"""Metrics worked out by hand."""

import numpy as np
import pytest
from tests.unit.models.conftest import Make

from laban.models.card import Task
from laban.models.evaluation.bootstrap import difference, intervals
from laban.models.evaluation.clip_scores import clip_scores
from laban.models.evaluation.metrics import UNANSWERED, metrics_of

TASK = Task("move", ("a", "b", "c"))


def test_figures_are_those_worked_out_by_hand() -> None:
    truth = np.array([0, 0, 0, 0, 1, 1, -1])
    said = np.array([0, 0, 0, 1, 1, UNANSWERED, 2])
    found = metrics_of(TASK, truth, said)
    assert found.confusion.tolist() == [[3, 1, 0, 0], [0, 1, 0, 1], [0, 0, 0, 0]]
    a, b, c = found.classes
    assert (a.precision, a.recall, a.support, a.predicted) == (1.0, 0.75, 4, 3)
    assert a.f1 == pytest.approx(6 / 7)
    assert (b.precision, b.recall, b.f1) == (0.5, 0.5, 0.5)
    assert (c.precision, c.support) == (0.0, 0)
    assert np.isnan([c.recall, c.f1]).all()
    assert found["accuracy"] == pytest.approx(4 / 6)
    assert found["balanced_accuracy"] == pytest.approx(0.625)
    assert found["macro_f1"] == pytest.approx((6 / 7 + 0.5) / 2)
    assert np.isnan(metrics_of(TASK, np.array([-1]), np.array([0]))["accuracy"])


def test_a_clip_is_what_its_windows_and_people_say_on_average(make_examples: Make) -> None:
    rows = [("x", "g", 0, 0), ("x", "g", 0, 0), ("x", "g", 0, 1), ("y", "h", 1, 0), ("y", "h", -1, 0)]
    said = np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.4, 0.6], [1.0, 0.0]])
    examples = make_examples(rows)
    scores = clip_scores(examples, said, task=examples.tasks[0])
    assert scores.probabilities == pytest.approx(np.array([[0.6, 0.4], [0.4, 0.6]]))
    assert scores.label.tolist() == [0, 1]
    assert scores.groups == ("g", "h")
    assert scores.window.tolist() == [0, 3]


def test_with_a_background_the_most_eventful_person_speaks_for_the_clip(make_examples: Make) -> None:
    rows = [("x", "g", 1, 0), ("x", "g", 1, 0), ("x", "g", 1, 1), ("x", "g", 1, 1)]
    said = np.array([[0.9, 0.1], [0.1, 0.9], [0.3, 0.7], [0.5, 0.5]])
    examples = make_examples(rows, background="a")
    scores = clip_scores(examples, said, task=examples.tasks[0])
    assert scores.probabilities == pytest.approx(np.array([[0.4, 0.6]]))
    assert scores.window.tolist() == [2]
    shared = clip_scores(examples, said, task=examples.tasks[0], people="all")
    assert shared.probabilities == pytest.approx(np.array([[0.45, 0.55]]))


def test_stretches_of_other_labels_in_one_clip_are_judged_apart(make_examples: Make) -> None:
    examples = make_examples([("x", "g", 0, 0), ("x", "g", 1, 0)])
    scores = clip_scores(examples, np.eye(2), task=examples.tasks[0])
    assert scores.label.tolist() == [0, 1]
    assert scores.predicted.tolist() == [0, 1]


def test_intervals_are_wider_where_windows_come_in_groups() -> None:
    rng = np.random.default_rng(1)
    right = np.repeat(rng.random(20) < 0.7, 30)
    truth = np.zeros(600, dtype=int)
    said = np.where(right, 0, 1)
    grouped = intervals(truth, said, [str(row // 30) for row in range(600)], classes=2)["accuracy"]
    alone = intervals(truth, said, [str(row) for row in range(600)], classes=2)["accuracy"]
    assert grouped.low < right.mean() < grouped.high
    assert grouped.high - grouped.low > 3 * (alone.high - alone.low)
    # a share p of n has the standard error sqrt(p (1 - p) / n)
    expected = 2 * 1.96 * np.sqrt(right.mean() * (1 - right.mean()) / 600)
    assert alone.high - alone.low == pytest.approx(expected, rel=0.1)


def test_a_single_group_tells_nothing_of_others() -> None:
    found = intervals(np.array([0, 1]), np.array([0, 1]), ["g", "g"], classes=2)["accuracy"]
    assert np.isnan([found.low, found.high]).all()


def test_differences_are_taken_on_the_same_draws() -> None:
    truth = np.array([0, 1] * 50)
    groups = [str(row) for row in range(100)]
    same = difference(truth, truth, truth, groups, classes=2)
    assert (same.low, same.high) == (0.0, 0.0)
    worse = np.where(np.arange(100) < 20, 1 - truth, truth)
    gap = difference(truth, truth, worse, groups, classes=2)
    assert 0.1 < gap.low < 0.2 < gap.high < 0.3
