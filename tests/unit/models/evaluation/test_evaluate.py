"""The whole of what is told of a model, from examples that a fake answers as it should and as it should not."""

import json
from collections.abc import Callable

import numpy as np
import pytest
from tests.unit.models.conftest import Make

from laban.core.answers.metrics import EpochAnswer, HistoryAnswer
from laban.core.clock import WindowSpec
from laban.errors import InvalidValueError
from laban.features.spec import FeatureSpec
from laban.models.card import Head, ModelCard, Task
from laban.models.evaluation.evaluate import EvaluationSettings, Extras, evaluate_folds, evaluate_model
from laban.models.evaluation.event_metrics import EventMetrics
from laban.models.examples import Examples
from laban.models.inputs import LandmarkInput
from laban.models.protocol import FunctionModel, Outputs
from laban.models.training.splits import SplitSettings, split_examples

QUICK = EvaluationSettings(baselines=("majority", "1-NN DTW"), resamples=200)


def raised(make: Make, *, groups: int = 12, wrong: tuple[str, ...] = ()) -> Examples:
    """Clips in which the hand is high ("b") or low ("a"), except the wrong ones, which are labelled otherwise."""
    rng = np.random.default_rng(0)
    rows, values = [], []
    for group in range(groups):
        for clip in range(2):
            name = f"g{group}c{clip}"
            for _ in range(2):
                rows.append((name, f"g{group}", clip if name not in wrong else 1 - clip, 0))
                shown = rng.normal(size=(9, 66)) * 0.1
                shown[:, 31] = (2 * clip - 1) + 0.3 * rng.normal()
                values.append(shown)
    subgroups = {f"g{g}c{c}": {"sex": "f" if g % 2 else "m"} for g in range(groups) for c in range(2)}
    return make(rows, values=np.array(values), subgroups=subgroups)


def watcher(
    *, temperature: float = 1.0, scale: float = 4.0, labels: tuple[str, ...] = ("a", "b"), **head: float
) -> FunctionModel:
    """Says "b" where the 32nd column is positive."""

    def run(values: np.ndarray) -> Outputs:
        high = scale * np.nan_to_num(values[:, :, 31]).mean(axis=1)
        return Outputs(
            (np.stack([-high, high], axis=1).astype(np.float32),), high[:, None].astype(np.float32)
        )

    heads = (Head(Task("move", labels), temperature, **head),)
    return FunctionModel(
        ModelCard("fake", "none", LandmarkInput(FeatureSpec(), WindowSpec(0.3, 0.1)), heads), run
    )


def test_everything_is_told_and_json_holds_it(make_examples: Make) -> None:
    examples = raised(make_examples, wrong=("g3c0",))
    (split,) = split_examples(examples, settings=SplitSettings(test=0.5, validation=0.1))
    epochs = (EpochAnswer(1, 1.0, float("nan"), (0.5,), 0.1, 2.0),)
    extras = Extras(
        training=HistoryAnswer(epochs, 1, 2.0),
        events={"move": EventMetrics(1, 1, 0, 0, 1.0, (0.5,), 1.0)},
        random=evaluate_model(watcher(), examples, settings=QUICK),
        notes=("A note.",),
    )
    found = evaluate_model(watcher(ood_threshold=0.6), examples, split=split, extras=extras, settings=QUICK)
    content = json.loads(json.dumps(found.metrics.to_json(), allow_nan=False))
    (task,) = content["tasks"]
    assert content["training"]["epochs"][0]["loss"] is None
    assert content["split"]["parts"]["test"]["groups"] == 6
    assert content["notes"] == ["A note."]
    assert task["clips"]["count"] == 12
    assert task["windows"]["count"] == 24
    low, high = task["clips"]["intervals"]["accuracy"]
    assert low <= task["clips"]["accuracy"] <= high
    assert [row["name"] for row in task["baselines"]] == ["majority", "1-NN DTW"]
    assert task["baselines"][0]["accuracy"] <= 0.5
    assert task["baselines"][0]["difference"][0] > 0
    assert [row["name"] for row in task["robustness"]][:2] == ["undisturbed", "joint dropout 20 %"]
    assert {row["value"]: row["count"] for row in task["subgroups"]}.keys() == {"f", "m"}
    assert task["coverage"][0]["seconds"] is not None
    assert task["unknown"]["threshold"] == 0.6
    assert task["events"]["recall"] == 1.0
    assert task["random"]["gap"] == pytest.approx(task["random"]["accuracy"] - task["clips"]["accuracy"])
    assert found.clips["move"]["accuracy"] == task["clips"]["accuracy"]


def test_the_clip_with_the_wrong_label_is_the_hardest_and_the_most_doubtful(make_examples: Make) -> None:
    examples = raised(make_examples, wrong=("g3c0",))
    (task,) = evaluate_model(watcher(), examples, settings=QUICK).metrics.to_json()["tasks"]
    assert task["clips"]["accuracy"] == pytest.approx(23 / 24)
    hard = task["hardest"][0]
    assert (hard["clip"], hard["label"], hard["predicted"]) == ("g3c0", "b", "a")
    assert np.array(hard["figures"]).shape == (8, 33, 2)
    assert [(one["clip"], one["likely"]) for one in task["label_errors"]] == [("g3c0", "a")]
    assert task["baselines"] == []


def test_a_model_that_is_too_sure_is_told_before_and_after_its_temperature(make_examples: Make) -> None:
    wrong = ("g1c0", "g3c0", "g5c1", "g7c1")
    examples = raised(make_examples, wrong=wrong)
    (task,) = evaluate_model(watcher(temperature=5.0, scale=5.0), examples, settings=QUICK).metrics.to_json()[
        "tasks"
    ]
    held = task["calibration"]
    assert held["temperature"] == 5.0
    assert held["before"]["ece"] > 0.12 > held["after"]["ece"]


def test_folds_are_answered_each_by_its_own_model(make_examples: Make) -> None:
    examples = raised(make_examples)
    splits = split_examples(examples, settings=SplitSettings(folds=3))
    models = [watcher(), watcher(), watcher(scale=-4.0)]
    found = evaluate_folds(list(zip(models, splits, strict=True)), examples, settings=QUICK)
    assert found.clips["move"].count == 24
    assert found.clips["move"]["accuracy"] == pytest.approx(2 / 3)
    assert found.metrics.to_json()["split"]["by"] == "group, 3 folds"
    assert found.metrics.to_json()["tasks"][0]["baselines"][1]["accuracy"] == 1.0


def test_labels_are_matched_by_name_and_strange_ones_are_told(make_examples: Make) -> None:
    rows = [("x", "g", 0, 0), ("y", "g", 1, 0), ("z", "h", 2, 0)]
    values = np.zeros((3, 9, 66))
    values[:, :, 31] = np.array([1, -1, 1])[:, None]
    examples = make_examples(rows, labels=("b", "a", "jump"), values=values)
    found = evaluate_model(watcher(), examples, settings=QUICK)
    assert found.clips["move"].count == 2
    assert found.clips["move"]["accuracy"] == 1.0
    assert "'jump'" in found.metrics.to_json()["notes"][0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda make: make([("x", "g", 0, 0)], labels=("up", "down")), "labels for move: up, down"),
        (lambda make: make([("x", "g", -1, 0)]), "nothing to evaluate"),
    ],
)
def test_examples_that_cannot_be_judged_are_refused(
    make_examples: Make, change: Callable[[Make], Examples], message: str
) -> None:
    with pytest.raises(InvalidValueError, match=message):
        evaluate_model(watcher(), change(make_examples), settings=QUICK)


def test_another_clock_is_refused(make_examples: Make) -> None:
    card = ModelCard(
        "m", "none", LandmarkInput(FeatureSpec(), WindowSpec()), (Head(Task("move", ("a", "b"))),)
    )
    with pytest.raises(InvalidValueError, match="clock"):
        evaluate_model(FunctionModel(card, watcher().function), raised(make_examples), settings=QUICK)
