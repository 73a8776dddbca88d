"""Classes added from a few clips, in embeddings whose clusters are planted."""

import json
from dataclasses import replace

import numpy as np
import pytest

from laban.core.clock import WholeClip
from laban.errors import FormatError, InvalidValueError, UnknownNameError
from laban.features.spec import FeatureSpec
from laban.models.card import Head, ModelCard, Task
from laban.models.embedding_space import STATISTICS, EmbeddingSpace, embedding_statistics
from laban.models.inputs import LandmarkInput
from laban.models.protocol import FunctionModel, Outputs
from laban.models.prototype import Prototype, prototype_of
from laban.models.prototypes import PROTOTYPES, add_class, with_prototypes

SPEC = FeatureSpec(("xy",), "coco17")
SIZE = 8
MIDDLES = 6 * np.eye(SIZE)[:5]
"""Three trained classes, one to add, and one that nobody told of."""
OLD, NEW, STRANGER = (0, 1, 2), 3, 4


def run(values):
    """The first numbers of a window are its embedding; a class's output is how far along its axis that is."""
    embedding = values[:, 0, :SIZE]
    return Outputs((3 * embedding[:, :3],), embedding)


def windows(which, count, *, seed=0):
    """Windows of a planted class."""
    points = MIDDLES[which] + np.random.default_rng([seed, which]).normal(size=(count, SIZE))
    values = np.zeros((count, 10, SPEC.width), dtype=np.float32)
    values[:, 0, :SIZE] = points
    return values


def embedded(which, count, *, seed=0):
    return run(windows(which, count, seed=seed)).embedding


@pytest.fixture
def model():
    trained = np.concatenate([embedded(one, 80) for one in OLD])
    statistics = embedding_statistics(trained, np.repeat(OLD, 80))
    task = Task("step", ("walk", "run", "jump"))
    card = ModelCard(
        "steps",
        "function",
        LandmarkInput(SPEC, WholeClip(10)),
        (Head(task, 2.0),),
        {STATISTICS: {"step": statistics}},
    )
    return FunctionModel(card, run)


@pytest.fixture
def more(model):
    return add_class(model, "hop", [windows(NEW, 2, seed=9), windows(NEW, 1, seed=10)])


def answers(model, values):
    labels = np.array(model.card.tasks[0].labels)
    return labels[model.run(values).logits[0].argmax(axis=1)].tolist()


def test_an_added_class_is_told_from_the_old_ones(more):
    assert more.card.tasks[0].labels == ("walk", "run", "jump", "hop")
    assert answers(more, windows(NEW, 50, seed=1)).count("hop") >= 48
    for which, label in enumerate(("walk", "run", "jump")):
        assert answers(more, windows(which, 50, seed=1)).count(label) >= 48


def test_what_is_neither_is_rejected(more):
    strange = more.run(windows(STRANGER, 50, seed=1))
    assert (more.margins("step", strange.embedding) > 0).mean() <= 0.1
    assert (more.margins("step", embedded(NEW, 50, seed=1)) > 0).mean() >= 0.9


def test_the_old_outputs_stay_as_they_were(model, more):
    values = windows(0, 5, seed=3)
    assert more.run(values).logits[0][:, :3].tolist() == model.run(values).logits[0].tolist()
    assert more.run(values).embedding.tolist() == model.run(values).embedding.tolist()


def test_at_the_threshold_the_class_has_half_of_the_probability(more):
    embedding = embedded(NEW, 20, seed=4)
    logits = more.run(windows(NEW, 20, seed=4)).logits[0].astype(float) / 2.0
    share = np.exp(logits[:, 3]) / np.exp(logits).sum(axis=1)
    assert share == pytest.approx(1 / (1 + np.exp(-20 * more.margins("step", embedding)[:, 0])), abs=1e-5)


def test_classes_travel_in_the_card(model, more):
    two = add_class(more, "skip", [windows(STRANGER, 3, seed=5)])
    card = ModelCard.from_json(two.base_card.to_json())
    assert card.tasks == model.card.tasks
    again = with_prototypes(FunctionModel(card, run))
    values = np.concatenate([windows(one, 4, seed=6) for one in range(5)])
    assert again.card.tasks[0].labels == ("walk", "run", "jump", "hop", "skip")
    assert again.run(values).logits[0] == pytest.approx(two.run(values).logits[0], abs=1e-4)
    assert answers(again, windows(STRANGER, 20, seed=7)).count("skip") >= 19


def test_a_card_without_added_classes_leaves_the_model_as_it_is(model):
    assert with_prototypes(model) is model


def test_every_clip_counts_alike_however_long(model):
    space = EmbeddingSpace.of(model.card, "step")
    long, short = embedded(NEW, 50), embedded(STRANGER, 1)
    found = prototype_of(space, [long, short], task="step", label="hop")
    middle = (space.place(long).mean(axis=0) + space.place(short)[0]) / 2
    assert found.direction == pytest.approx(middle / np.linalg.norm(middle))


def test_no_windows_no_outputs(more):
    assert more.run(windows(0, 0)).logits[0].shape == (0, 4)


@pytest.mark.parametrize(
    ("label", "clips", "task", "error", "words"),
    [
        ("walk", [windows(NEW, 1)], None, InvalidValueError, "a name of its own"),
        ("  ", [windows(NEW, 1)], None, InvalidValueError, "a name of its own"),
        ("hop", [], None, InvalidValueError, "one to five clips"),
        ("hop", [windows(NEW, 1), windows(NEW, 0)], None, InvalidValueError, "one to five clips"),
        ("hop", [np.full((2, 10, SPEC.width), np.nan)], None, InvalidValueError, "one to five clips"),
        ("hop", [np.zeros((2, 9, SPEC.width))], None, InvalidValueError, "shape"),
        ("hop", [windows(NEW, 1)], "stop", UnknownNameError, "did you mean 'step'"),
    ],
)
def test_what_makes_no_class_is_refused(model, label, clips, task, error, words):
    with pytest.raises(error, match=words):
        add_class(model, label, clips, task=task)


def test_a_class_is_added_once(more):
    with pytest.raises(InvalidValueError, match="a name of its own"):
        add_class(more, "hop", [windows(STRANGER, 1)])


def test_a_model_without_statistics_says_what_to_do(model):
    bare = FunctionModel(replace(model.card, about={}), run)
    with pytest.raises(InvalidValueError, match="train it again"):
        add_class(bare, "hop", [windows(NEW, 1)])


@pytest.mark.parametrize(
    "held",
    ["hop", {"label": "hop"}, [1], [{"task": "step"}], [{"direction": "////", "task": "step", "label": "a"}]],
)
def test_prototypes_that_are_none_are_refused(model, held):
    card = replace(model.card, about={**model.card.about, PROTOTYPES: held})
    with pytest.raises(FormatError, match="prototype"):
        with_prototypes(FunctionModel(card, run))


def test_a_prototype_of_another_model_is_refused(model):
    other = Prototype("step", "hop", np.ones(3) / 3, 0.5, 1)
    card = replace(model.card, about={**model.card.about, PROTOTYPES: [other.to_json()]})
    with pytest.raises(FormatError, match="3 numbers, the model's embedding 8"):
        with_prototypes(FunctionModel(card, run))


@pytest.mark.parametrize(
    "change",
    [{"version": 2}, {"size": 7}, {"size": 10**9}, {"means": "!"}, {"means": 3}, {"classes": None}],
)
def test_statistics_that_are_none_are_refused(model, change):
    held = model.card.about[STATISTICS]["step"] | change
    with pytest.raises((FormatError, InvalidValueError)):
        EmbeddingSpace.from_json(held)


def test_statistics_keep_means_and_spread():
    points, labels = np.random.default_rng(0).normal(size=(500, 4)), np.arange(500) % 2
    held = json.loads(json.dumps(embedding_statistics(points + 5.0 * labels[:, None], labels)))
    space = EmbeddingSpace.from_json(held)
    assert space.means[1] - space.means[0] == pytest.approx(np.full(4, 5), abs=0.3)
    assert space.covariance == pytest.approx(np.eye(4), abs=0.15)


def test_statistics_leave_out_what_has_no_label():
    points = np.random.default_rng(0).normal(size=(6, 4))
    assert embedding_statistics(points, np.array([0, 0, 1, 1, -1, -1]))["classes"] == [0, 1]
    with pytest.raises(InvalidValueError, match="two classes"):
        embedding_statistics(points, np.array([0, 0, 0, 0, -1, -1]))
