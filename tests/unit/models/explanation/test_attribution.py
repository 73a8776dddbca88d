"""Explanations of models whose reasons are known."""

import numpy as np
import pytest
from benchmarks.faithfulness import DeletionSettings, deletion_test

from laban.core.clock import WindowSpec
from laban.core.skeleton import skeleton
from laban.errors import InvalidValueError, UnknownNameError
from laban.features.spec import FeatureSpec
from laban.models.card import Head, ModelCard, Task
from laban.models.explanation.attribution import METHODS, explain
from laban.models.explanation.joint_columns import limbs_of
from laban.models.explanation.occlusion import FILLS
from laban.models.explanation.query import ExplanationSettings, log_odds
from laban.models.inputs import LandmarkInput
from laban.models.protocol import FunctionModel, Outputs

NAMES = skeleton("blazepose33").names
WRIST = NAMES.index("left_wrist")
ROWS = slice(20, 30)


def card(*, sets=("xy",), tasks=(("wave", ("no", "yes")),)) -> ModelCard:
    heads = tuple(Head(Task(name, labels)) for name, labels in tasks)
    return ModelCard("known", "function", LandmarkInput(FeatureSpec(sets), WindowSpec()), heads)


def looks_at(columns, rows, *, weight=1.0):
    """A model that says yes by how much the columns move about their start in those rows."""

    def run(values):
        shown = np.nan_to_num(values)[:, rows][:, :, columns]
        heard = weight * np.square(shown).sum(axis=(1, 2))
        logits = np.stack([np.zeros(len(values)), heard - 4], axis=1).astype(np.float32)
        return Outputs((logits,), np.zeros((len(values), 2), np.float32))

    return run


def walk(*, seed=0, width=66):
    return np.random.default_rng(seed).normal(size=(60, width)).astype(np.float32)


@pytest.fixture
def model():
    return FunctionModel(card(), looks_at([2 * WRIST, 2 * WRIST + 1], ROWS))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fill", FILLS)
def test_the_joint_and_the_time_that_decide_are_named(model, method, fill):
    found = explain(model, walk(), label="yes", method=method, settings=ExplanationSettings(fill=fill))
    assert found.top(1)[0][0] == "left_wrist"
    assert np.delete(found.joints, WRIST) == pytest.approx(0, abs=1e-4)
    assert next(iter(found.limbs)) == "left arm"
    first, last = found.spans()[0]
    assert first >= ROWS.start - 6
    assert last <= ROWS.stop + 6
    row, joint = np.unravel_index(found.map.argmax(), found.map.shape)
    assert (ROWS.start <= row < ROWS.stop, joint) == (True, WRIST)
    assert np.abs(found.map[:10]).max() == pytest.approx(0, abs=1e-4)


def test_the_score_is_the_probability_of_the_answer_with_nothing_hidden(model):
    values = walk()
    logits = model.run(values[None]).logits[0][0].astype(float)
    found = explain(model, values, label="yes")
    assert found.score == pytest.approx(np.exp(logits[1]) / np.exp(logits).sum())


def test_without_a_label_the_models_own_answer_is_explained(model):
    assert explain(model, walk()).label == "yes"
    assert explain(model, 0.01 * walk()).label == "no"


def test_what_speaks_against_the_answer_is_negative(model):
    found = explain(model, walk(), label="no")
    assert found.joints[WRIST] < 0
    assert found.top() == ()
    assert found.spans() == ()


def test_a_joint_that_is_not_seen_explains_nothing(model):
    values = walk()
    values[:, 2 * WRIST : 2 * WRIST + 2] = np.nan
    found = explain(model, values, label="yes")
    assert not found.seen[:, WRIST].any()
    assert (found.joints[WRIST], found.map[:, WRIST].any()) == (0, False)


def test_all_columns_of_a_joint_are_hidden_together():
    spec = FeatureSpec(("xy", "velocity", "angles", "bones"))
    column = spec.names.index("bone_left_elbow-left_wrist")
    model = FunctionModel(
        card(sets=spec.sets), looks_at([2 * WRIST, 66 + 2 * WRIST, column], slice(0, 60), weight=0.1)
    )
    found = explain(model, walk(width=spec.width), label="yes")
    assert [name for name, _ in found.top(3)] == ["left_wrist", "left_elbow"]


def test_what_belongs_to_no_joint_is_the_rest():
    spec = FeatureSpec(("xy", "pair"))
    model = FunctionModel(card(sets=spec.sets), looks_at([spec.names.index("pair_distance")], ROWS))
    found = explain(model, walk(width=spec.width), label="yes")
    assert found.rest > 1
    assert np.abs(found.joints).max() == 0
    assert found.times[ROWS].min() > 0


def test_of_several_tasks_one_must_be_named():
    def run(values):
        one = looks_at([0], ROWS)(values)
        return Outputs((one.logits[0], -one.logits[0]), one.embedding)

    model = FunctionModel(card(tasks=(("a", ("no", "yes")), ("b", ("no", "yes")))), run)
    with pytest.raises(InvalidValueError, match=r"several tasks \(a, b\)"):
        explain(model, walk())
    assert explain(model, walk(), task="b", label="no").joints[0] > 0


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"values": np.zeros((60, 65))}, InvalidValueError, r"shape \(60, 66\)"),
        ({"values": np.full((60, 66), np.nan)}, InvalidValueError, "nothing is known"),
        ({"values": np.full((60, 66), np.inf)}, InvalidValueError, "infinite"),
        ({"values": "walk"}, InvalidValueError, "array of float32"),
        ({"label": "yess"}, UnknownNameError, "did you mean 'yes'"),
        ({"task": "wavs"}, UnknownNameError, "did you mean 'wave'"),
        ({"method": "occlude"}, UnknownNameError, "did you mean 'occlusion'"),
    ],
)
def test_what_cannot_be_explained_is_refused(model, change, error, words):
    with pytest.raises(error, match=words):
        explain(model, **({"values": walk()} | change))


def test_settings_that_make_no_sense_are_refused():
    with pytest.raises(UnknownNameError, match="unknown fill 'zero'"):
        ExplanationSettings(fill="zero")
    with pytest.raises(InvalidValueError, match="span"):
        ExplanationSettings(span=0.0)


def test_log_odds_of_the_only_label_are_its_output():
    assert log_odds(np.array([[2.0], [-1.0]]), 0).tolist() == [2.0, -1.0]
    assert log_odds(np.array([[2.0, 0.0, 0.0]]), 0) == pytest.approx([2 - np.log(2)])


@pytest.mark.parametrize("name", ["blazepose33", "coco17", "kinect20", "penn13"])
def test_every_joint_belongs_to_one_limb(name):
    held = sorted(joint for its in limbs_of(name).values() for joint in its)
    assert held == list(range(len(skeleton(name))))
    assert {"left arm", "right leg", "trunk", "head"} <= set(limbs_of(name))


def test_deletion_tells_a_faithful_explanation_from_chance(model):
    values = np.stack([walk(seed=seed) for seed in range(6)])
    found = deletion_test(model, values, settings=DeletionSettings(most=4))
    assert found.curves.shape == (2, 5)
    assert found.curves[0, 0] == found.curves[1, 0] > 0.9
    assert found.interval[0] > 0.3
    assert found.interval[0] <= found.gain <= found.interval[1]


def test_deletion_of_a_model_that_looks_at_nothing_gains_nothing():
    found = deletion_test(FunctionModel(card(), looks_at([], ROWS)), walk()[None])
    assert (found.gain, found.interval) == (0, (0, 0))


def test_deletion_needs_a_window(model):
    with pytest.raises(InvalidValueError, match="at least one window"):
        deletion_test(model, np.zeros((0, 60, 66)))
