"""Evaluation on data with other names, with clips that were learned from, or that cannot all be used."""

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.answers import answer
from tests.unit.pipeline.dataset.conftest import gathered, moved

from laban.cli.metrics_tables import metrics_table
from laban.core.answers.metrics import (
    LearnedFromAnswer,
    MetricsAnswer,
    ScoredAnswer,
    SplitAnswer,
    TaskMetrics,
)
from laban.core.clock import WindowSpec
from laban.core.spans import Span
from laban.errors import InvalidValueError, UnknownNameError
from laban.features.spec import FeatureSpec
from laban.models.card import Head, ModelCard, Task
from laban.models.frame_rates import FRAME_RATES, least_rate
from laban.models.inputs import LandmarkInput
from laban.models.protocol import Outputs
from laban.pipeline.action.training.evaluation import evaluate
from laban.pipeline.action.training.fingerprints import fingerprints, fingerprints_of
from laban.pipeline.action.training.matching import for_model
from laban.pipeline.dataset import Dataset, Recordings, open_dataset, recordings_of
from laban.pipeline.training.learned_from import LEARNED_FROM
from laban.render.report import protocol_words, scored_words

CLOCK = WindowSpec(length_s=1.0, hop_s=0.5, fps=30.0)


@dataclass(frozen=True)
class Always:
    """A model that always gives the first label of each of its tasks."""

    card: ModelCard

    def run(self, values: np.ndarray) -> Outputs:
        logits = [np.eye(len(task.labels), dtype=np.float32)[[0] * len(values)] for task in self.card.tasks]
        return Outputs(tuple(logits), np.zeros((len(values), 2), np.float32))


def _model(*tasks: Task, **about: Any) -> Always:
    wanted = tasks or (Task("gesture", ("wave", "kick")),)
    return Always(
        ModelCard("m", "none", LandmarkInput(FeatureSpec(("xy",)), CLOCK), tuple(map(Head, wanted)), about)
    )


def _clips(*labels: str, seconds: float = 2.0) -> tuple[Dataset, Recordings]:
    made = [
        (f"{at}.mp4", label, moved(label if label in ("wave", "kick") else "still", seed=at, seconds=seconds))
        for at, label in enumerate(labels)
    ]
    return gathered(*made)


def _words(metrics: MetricsAnswer) -> str:
    from rich.console import Console

    console = Console(width=200, record=True, file=io.StringIO())
    console.print(metrics_table(metrics))
    return console.export_text()


def test_data_of_one_task_is_judged_by_the_models_only_task() -> None:
    judgement, _ = evaluate(_model(), *_clips("wave", "kick", "wave"))
    (task,) = judgement.metrics.tasks
    assert task.task == "gesture"
    assert task.clips.accuracy == pytest.approx(2 / 3)
    assert task.scored == ScoredAnswer(3, 3, 0)


def test_of_several_tasks_one_must_be_named() -> None:
    model = _model(Task("gesture", ("wave", "kick")), Task("mood", ("glad", "sad")))
    with pytest.raises(InvalidValueError, match=r"has the tasks gesture, mood .* choose one with --task"):
        evaluate(model, *_clips("wave", "kick"))
    judgement, _ = evaluate(model, *_clips("wave", "kick"), task="gesture")
    assert [one.task for one in judgement.metrics.tasks] == ["gesture"]
    with pytest.raises(UnknownNameError, match="gesture"):
        evaluate(model, *_clips("wave", "kick"), task="gestures")


def test_a_background_is_the_same_whatever_it_is_called() -> None:
    dataset, _ = _clips("wave", "none")
    card = _model(Task("gesture", ("no_wave", "wave"), "no_wave")).card
    matched, notes = for_model(dataset, card)
    assert [one.labels["gesture"][0].label for one in matched.items] == ["wave", "no_wave"]
    assert matched.tasks[0].background == "no_wave"
    assert notes == ("gesture: 'none' is taken as the model's 'no_wave'.",)


def test_clips_that_were_learned_from_are_counted_and_left_out() -> None:
    dataset, recordings = _clips("wave", "kick", "wave", "kick")
    learned = {LEARNED_FROM: " ".join(fingerprints_of(recordings, [0, 2]))}
    metrics = evaluate(_model(**learned), dataset, recordings)[0].metrics
    assert metrics.learned == LearnedFromAnswer(2, 4, left_out=True)
    assert metrics.tasks[0].scored == ScoredAnswer(2, 2, 0)
    assert metrics.tasks[0].clips.accuracy == 0.0
    assert metrics.notes[0].startswith("The model learned from 2 of these 4 clips, such as 0.mp4")
    assert "gesture: 2 of 2 clips, clips new to the model" in _words(metrics)


def test_where_all_were_learned_from_the_figures_say_so() -> None:
    dataset, recordings = _clips("wave", "kick")
    learned = {LEARNED_FROM: " ".join(fingerprints_of(recordings, [0, 1]))}
    metrics = evaluate(_model(**learned), dataset, recordings)[0].metrics
    assert metrics.learned == LearnedFromAnswer(2, 2, left_out=False)
    assert protocol_words(metrics.split, metrics.learned) == "clips that the model was trained on"
    assert "learned from all of these 2 clips" in metrics.notes[0]


def test_a_model_that_keeps_no_hashes_says_that_nothing_is_known() -> None:
    metrics = evaluate(_model(), *_clips("wave", "kick"))[0].metrics
    assert "does not say which clips it learned from" in metrics.notes[0]


def test_a_copy_of_a_clip_is_known_by_its_poses(tmp_path: Path) -> None:
    for label, name in (("kick", "a"), ("wave", "b")):
        (tmp_path / "data" / label).mkdir(parents=True)
        moved(label, seed=1).save(tmp_path / "data" / label / f"{name}.parquet")
    recordings = recordings_of(open_dataset(tmp_path / "data"))
    moved("kick", seed=1).save(tmp_path / "data" / "wave" / "other name.parquet")
    again = recordings_of(open_dataset(tmp_path / "data"))
    names = [item.clip.name for item in again.dataset.items]
    copied = names.index("wave/other name.parquet")
    assert fingerprints(again, copied) == fingerprints(recordings, 0)
    assert not fingerprints(again, copied) & fingerprints(recordings, 1)


def test_every_score_says_of_how_many_of_how_many_and_warns_of_a_class_that_shrinks() -> None:
    dataset, _ = _clips("wave", "kick", "kick")
    gone = moved("kick", seed=5).replace(people={})
    items = (*dataset.items[:2], replace(dataset.items[2], recording=gone))
    dataset = replace(dataset, items=items)
    metrics = evaluate(_model(), dataset, recordings_of(dataset))[0].metrics
    assert metrics.tasks[0].scored == ScoredAnswer(2, 3, 1)
    assert "gesture: 1 of 2 clips of 'kick' give nothing to learn from or to judge" in metrics.notes
    assert "gesture: 2 of 3 clips" in _words(metrics)


def test_clips_shorter_than_a_window_are_judged_too() -> None:
    judgement, left_out = evaluate(_model(), *_clips("wave", "kick", seconds=0.2))
    assert left_out == ()
    assert judgement.metrics.tasks[0].scored == ScoredAnswer(2, 2, 0)


def test_a_label_that_fills_no_window_is_told() -> None:
    dataset, _ = _clips("wave", "kick", "wave")
    brief = replace(dataset.items[2], labels={"action": (Span(1.0, 1.2, "wave"),)})
    dataset = replace(dataset, items=(*dataset.items[:2], brief))
    judgement, left_out = evaluate(_model(), dataset, recordings_of(dataset))
    assert [one.reason for one in left_out] == [
        "its labels hold for too little of every window; shorten the window, or use whole clips"
    ]
    assert judgement.metrics.tasks[0].scored.of == 3


@pytest.mark.parametrize(
    ("split", "words"),
    [
        (
            {"by": "group", "parts": {"train": {"clips": 6, "groups": 2}, "test": {"clips": 3, "groups": 1}}},
            "held out by group",
        ),
        (
            {"by": "group", "parts": {"train": {"clips": 6, "groups": 6}, "test": {"clips": 3, "groups": 3}}},
            "held out by clip; no groups are named",
        ),
        ({"by": "random", "parts": {}}, "held out by clips at random"),
        ({"by": "data", "parts": {}}, "held out by the data's own split"),
        (None, "clips new to the model"),
    ],
)
def test_every_score_names_its_protocol(split: dict[str, Any] | None, words: str) -> None:
    told = None if split is None else answer(SplitAnswer, split)
    assert protocol_words(told) == words


def test_counts_of_a_task_without_them_are_of_its_clips() -> None:
    assert scored_words(answer(TaskMetrics, {"clips": {"count": 5}})) == "5 clips"
    told = {"clips": {"count": 3}, "scored": {"clips": 3, "of": 4, "unused": 9}}
    assert scored_words(answer(TaskMetrics, told)) == "3 of 4 clips (9 of all the data give nothing)"


def test_clips_slower_than_the_training_are_warned_of() -> None:
    dataset, recordings = _clips("wave", "kick")
    fast = _model(**{FRAME_RATES: {"gesture": least_rate(1.0)}})
    slow = _model(**{FRAME_RATES: {"gesture": least_rate(60.0)}})
    slow = replace(
        slow, card=replace(slow.card, input=replace(slow.card.input, clock=replace(CLOCK, fps=60.0)))
    )
    metrics = evaluate(slow, dataset, recordings)[0].metrics
    assert "gesture was trained on 60 frames a second or more; 2 of these 2 clips" in metrics.warnings[0]
    assert metrics.warnings[0] in metrics.notes
    assert evaluate(fast, dataset, recordings)[0].metrics.warnings == ()
