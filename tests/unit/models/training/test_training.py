"""Training: it learns, comes to the same end each time, and can be taken up again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from laban.core.clock import WholeClip
from laban.errors import InvalidValueError, ModelError, UnknownNameError
from laban.features.spec import FeatureSpec
from laban.models.card import Task
from laban.models.examples import UNLABELLED, Clip, Examples
from laban.models.training.landmarks import train
from laban.models.training.loop import TrainingProgress
from laban.models.training.torch_model import TorchModel
from laban.models.training.trained import Trained
from laban.models.training.training_settings import Augmentation, TrainingSettings, published_recipe

LENGTH = 10
SPEC = FeatureSpec(skeleton="coco17")
TASKS = (Task("fall", ("no", "fall"), "no"), Task("side", ("left", "right")))
QUICK = TrainingSettings(
    options={"units": 12, "dropout": 0.1}, epochs=6, batch=16, learning_rate=0.02, threads=1
)


def moving(count: int, *, seed: int = 0) -> Examples:
    """People of whom some fall (y goes up) and some are on the right (x is large)."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, size=(count, 2))
    values = rng.normal(scale=0.3, size=(count, LENGTH, SPEC.width))
    values[:, :, 1::2] += labels[:, :1, None] * np.linspace(0, 2, LENGTH)[None, :, None]
    values[:, :, 0::2] += labels[:, 1:, None] * 1.5
    values[rng.random(values.shape) < 0.05] = np.nan
    nothing = np.zeros(count, dtype=int)
    return Examples(
        SPEC, WholeClip(LENGTH), TASKS, (Clip("a", "a"),), values, labels, nothing, nothing, nothing * 1.0
    )


def weights(trained: Trained) -> list[np.ndarray]:
    return [one.numpy() for one in trained.network.state_dict().values()]


def equal(one: Trained, other: Trained) -> bool:
    pairs = zip(weights(one), weights(other), strict=True)
    return all(np.array_equal(left, right) for left, right in pairs)


@pytest.mark.parametrize("heads", ["separate", "unified"])
def test_it_learns_what_there_is_to_learn(heads: str) -> None:
    unseen = moving(60, seed=2)
    trained = train(moving(120), moving(40, seed=1), replace(QUICK, heads=heads))
    outputs = TorchModel.of(trained).run(unseen.values)
    for column, logits in enumerate(outputs.logits):
        # one softmax cannot say "falls" and "right" at once, and is right where one is all there is to say
        alone = np.ones(60, bool) if heads == "separate" else unseen.labels[:, 1 - column] == 0
        assert (logits.argmax(axis=1) == unseen.labels[:, column])[alone].mean() > 0.9


def test_the_same_seed_gives_the_same_bits_and_another_others() -> None:
    one, again = (train(moving(40), moving(20, seed=1), QUICK) for _ in range(2))
    other = train(moving(40), moving(20, seed=1), replace(QUICK, seed=1))
    assert equal(one, again)
    assert not equal(one, other)


@pytest.mark.parametrize("average", [0.0, 0.9])
def test_an_interrupted_training_comes_to_the_same_end(tmp_path: Path, average: float) -> None:
    settings, data = replace(QUICK, average=average), (moving(40), moving(20, seed=1))
    path = tmp_path / "state.safetensors"

    def stop(progress: TrainingProgress) -> None:
        if progress.epoch.number == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(*data, settings, progress=stop, resume=path)
    seen: list[int] = []
    resumed = train(*data, settings, progress=lambda one: seen.append(one.epoch.number), resume=path)
    whole = train(*data, settings)
    assert seen == [4, 5, 6]
    assert equal(resumed, whole)
    assert resumed.best_epoch == whole.best_epoch
    assert [one.loss for one in resumed.history] == [one.loss for one in whole.history]


def test_a_state_of_another_training_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    settings = replace(QUICK, epochs=1)
    train(moving(40), moving(20, seed=1), settings, resume=path)
    with pytest.raises(ModelError, match="other examples or settings; delete it"):
        train(moving(40), moving(20, seed=1), replace(settings, seed=4), resume=path)
    with pytest.raises(ModelError, match="other examples or settings"):
        train(moving(41), moving(20, seed=1), settings, resume=path)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(ModelError, match="no weights that can be read"):
        train(moving(40), moving(20, seed=1), settings, resume=path)


def test_the_best_epoch_by_validation_loss_is_kept() -> None:
    held_out = moving(30, seed=1)
    trained = train(moving(30), held_out, replace(QUICK, learning_rate=0.3, schedule="constant", epochs=8))
    losses = [one.loss for one in trained.history]
    assert trained.best_epoch == 1 + int(np.argmin(losses))
    outputs = TorchModel.of(trained).run(held_out.values)
    kept = [
        -np.log(np.exp(logits)[np.arange(30), answers] / np.exp(logits).sum(axis=1)).mean()
        for logits, answers in zip(outputs.logits, held_out.labels.T, strict=True)
    ]
    assert np.mean(kept) == pytest.approx(min(losses), rel=1e-4)


def test_patience_ends_training_early() -> None:
    noise = replace(moving(20, seed=1), labels=1 - moving(20, seed=1).labels)
    trained = train(moving(40), noise, replace(QUICK, epochs=50, patience=2))
    assert len(trained.history) == trained.best_epoch + 2 < 50


def test_windows_without_a_label_teach_a_task_nothing() -> None:
    """Whatever stands in unlabelled windows of one task, its head alone does not learn from them."""
    data = moving(60)
    labels = data.labels.copy()
    labels[30:, 1] = UNLABELLED
    trained = train(replace(data, labels=labels), moving(20, seed=1), QUICK)
    assert trained.history[-1].accuracy[0] > 0.9
    labels[:, 1] = UNLABELLED
    with pytest.raises(
        InvalidValueError, match="task 'side' needs training windows of at least two labels, got 0"
    ):
        train(replace(data, labels=labels), moving(20, seed=1), QUICK)


def test_a_rare_class_is_heard_when_classes_are_balanced() -> None:
    rng = np.random.default_rng(0)
    data = moving(200)
    keep = np.flatnonzero((data.labels[:, 0] == 0) | (rng.random(200) < 0.06))
    rare, held_out = data.take(keep), moving(100, seed=1)
    settings = replace(QUICK, epochs=2, learning_rate=0.005)
    found = []
    for kind in ("even", "balanced"):
        trained = train(rare, held_out, replace(settings, class_weights=kind))
        answers = TorchModel.of(trained).run(held_out.values).logits[0].argmax(axis=1)
        found.append(answers[held_out.labels[:, 0] == 1].mean())
    assert found[1] > found[0] + 0.2


def test_without_validation_the_last_epoch_is_kept() -> None:
    trained = train(moving(30), moving(0), replace(QUICK, epochs=3, patience=1))
    assert trained.best_epoch == 3
    assert [one.loss for one in trained.history] == [None] * 3


def test_progress_tells_of_every_epoch() -> None:
    told: list[TrainingProgress] = []
    train(moving(30), moving(20, seed=1), replace(QUICK, epochs=3), progress=told.append)
    assert [(one.epoch.number, one.of) for one in told] == [(1, 3), (2, 3), (3, 3)]
    assert told[0].eta_s > told[-1].eta_s == 0
    assert all(one.epoch.accuracy[0] is not None for one in told)


def test_the_card_says_how_the_model_came_about() -> None:
    trained = train(moving(30), moving(20, seed=1), replace(QUICK, epochs=1), name="safety")
    assert (trained.card.name, trained.card.architecture, trained.card.tasks) == ("safety", "lstm", TASKS)
    assert TrainingSettings.from_dict(trained.card.about["training"]) == replace(QUICK, epochs=1)
    assert len(trained.card.about["data"]) == 64


def test_the_callers_random_numbers_and_threads_stay_theirs() -> None:
    torch.manual_seed(5)
    before = torch.get_num_threads()
    train(moving(20), moving(20, seed=1), replace(QUICK, epochs=1))
    drawn = torch.rand(1)
    torch.manual_seed(5)
    assert torch.equal(drawn, torch.rand(1))
    assert torch.get_num_threads() == before


def test_examples_of_different_kinds_are_refused() -> None:
    other = replace(moving(20), tasks=(TASKS[1], TASKS[0]))
    with pytest.raises(InvalidValueError, match="same tasks"):
        train(moving(20), other, QUICK)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"epochs": 0}, "epochs must be"),
        ({"batch": 2.5}, "batch must be a whole number"),
        ({"learning_rate": 0.0}, "learning_rate"),
        ({"label_smoothing": 1.0}, "label_smoothing"),
        ({"average": 1.0}, "average"),
    ],
)
def test_settings_out_of_range_are_refused(changes: dict[str, float], words: str) -> None:
    with pytest.raises(InvalidValueError, match=words):
        replace(QUICK, **changes)


def test_unknown_names_are_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'separate'"):
        replace(QUICK, heads="seperate")
    with pytest.raises(UnknownNameError, match="did you mean 'lstm'"):
        train(moving(20), moving(20), replace(QUICK, architecture="lstn"))
    with pytest.raises(InvalidValueError, match="lstm does not have the options"):
        train(moving(20), moving(20), replace(QUICK, options={"unit": 3}))


def test_the_published_recipe_is_as_published() -> None:
    recipe = published_recipe()
    assert (recipe.architecture, recipe.epochs, recipe.learning_rate) == ("lstm", 200, 1e-3)
    assert (recipe.augmentation, recipe.normalize, recipe.weight_decay) == (None, False, 0.0)


def test_settings_come_back_from_json() -> None:
    for settings in (QUICK, replace(QUICK, augmentation=Augmentation(mirror=0.1)), published_recipe()):
        assert TrainingSettings.from_dict(settings.to_dict()) == settings
