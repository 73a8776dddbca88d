"""Figures of poses, pixels and both, fold by fold, on answers made by hand."""

from collections.abc import Sequence

import numpy as np
import pytest

from laban.models.card import Task
from laban.models.examples import Clip
from laban.pipeline.fusion.figures import event_of, input_figures, told_of
from laban.pipeline.training.held_out import ClipLogits, FoldAnswers

FIGHT = Task("fight", ("no_fight", "fight"), background="no_fight")
SPORT = Task("sport", ("run", "sit", "wave"))
COUNT = 80


def _labels(task: Task) -> np.ndarray:
    return np.arange(COUNT) % len(task.labels)


def _clips() -> list[Clip]:
    return [Clip(f"{at}.mp4", f"group {at // 4}") for at in range(COUNT)]


def _answers(rows: np.ndarray, labels: np.ndarray, *, strength: float, seed: int, classes: int) -> ClipLogits:
    noise = np.random.default_rng(seed).normal(size=(COUNT, classes))
    return ClipLogits(rows, (strength * np.eye(classes)[labels] + noise)[rows])


def _folds(task: Task, *, strength: float, seed: int, absent: Sequence[int] = ()) -> list[FoldAnswers]:
    """Two folds: each half is the test of one; a quarter of the other half is its validation."""
    labels, classes = _labels(task), len(task.labels)
    out = []
    for fold in (0, 1):
        test = np.setdiff1d(np.flatnonzero(np.arange(COUNT) % 8 // 4 == fold), absent)
        held = np.setdiff1d(np.flatnonzero(np.arange(COUNT) % 8 // 4 != fold)[::2], absent)
        out.append(
            FoldAnswers(
                *(
                    _answers(rows, labels, strength=strength, seed=seed, classes=classes)
                    for rows in (held, test)
                )
            )
        )
    return out


def test_both_are_ahead_of_each_where_each_sees_something() -> None:
    pose, video = (_folds(FIGHT, strength=1.5, seed=seed) for seed in (1, 2))
    told = told_of(pose, video, _labels(FIGHT))
    figures = {one.inputs: one for one in input_figures(told, _labels(FIGHT), _clips(), FIGHT)}
    assert sorted(told.clip.tolist()) == list(range(COUNT))
    assert len(told.fusions) == 2
    alone = max(figures[name].auroc or 0 for name in ("pose", "video"))
    assert (figures["both"].auroc or 0) > alone
    assert all(one.answered == COUNT for one in figures.values())


def test_the_test_of_a_fold_says_nothing_about_its_weights() -> None:
    pose, video = (_folds(FIGHT, strength=1.5, seed=seed) for seed in (1, 2))
    before = told_of(pose, video, _labels(FIGHT)).fusions
    turned = [FoldAnswers(fold.validation, ClipLogits(fold.test.clip, -fold.test.logits)) for fold in pose]
    assert told_of(turned, video, _labels(FIGHT)).fusions == before


def test_clips_without_people_are_answered_by_the_pixels_and_counted() -> None:
    absent = [0, 5, 9]
    pose, video = _folds(FIGHT, strength=3, seed=1, absent=absent), _folds(FIGHT, strength=3, seed=2)
    told = told_of(pose, video, _labels(FIGHT))
    assert sorted(told.without_people.tolist()) == absent
    rows = np.isin(told.clip, absent)
    assert told.of["both"][rows].tolist() == told.of["video"][rows].tolist()
    pose_figures, _, both = input_figures(told, _labels(FIGHT), _clips(), FIGHT)
    assert (pose_figures.answered, both.answered) == (COUNT - 3, COUNT)


def test_nobody_there_is_the_background_or_else_no_answer() -> None:
    """Of the absent clips every second is a fight, which poses so miss; without a background all are wrong."""
    absent = list(range(40))
    with_background, without = (
        input_figures(
            told_of(
                _folds(task, strength=30, seed=1, absent=absent),
                _folds(task, strength=1, seed=2),
                _labels(task),
            ),
            _labels(task),
            _clips(),
            task,
        )[0]
        for task in (FIGHT, Task("fight", FIGHT.labels))
    )
    assert with_background.accuracy == 0.75
    assert without.accuracy == 0.5
    assert (with_background.recall_at_5 or 0) >= 0.5


def test_of_more_than_two_classes_there_is_no_curve() -> None:
    pose, video = (_folds(SPORT, strength=2, seed=seed) for seed in (1, 2))
    for one in input_figures(told_of(pose, video, _labels(SPORT)), _labels(SPORT), _clips(), SPORT):
        assert one.auroc is None
        assert one.recall_at_5 is None
        assert one.accuracy is not None


@pytest.mark.parametrize(
    ("task", "event"),
    [
        (FIGHT, "fight"),
        (Task("t", ("fall", "none"), "none"), "fall"),
        (Task("t", ("a", "b")), "b"),
        (SPORT, None),
    ],
)
def test_the_event_of_two_classes(task: Task, event: str | None) -> None:
    assert event_of(task) == event
