"""Networks side by side in one model."""

from dataclasses import replace

import numpy as np
import pytest

from laban.core.clock import WindowSpec
from laban.errors import InvalidValueError
from laban.features.spec import FeatureSpec
from laban.models.card import Task
from laban.models.embedding_space import STATISTICS, EmbeddingSpace
from laban.models.evaluation.open_set import known_scorer
from laban.models.examples import Clip, Examples
from laban.models.inputs import LandmarkInput
from laban.models.training.split import Split
from laban.models.training.training_settings import Augmentation, TrainingSettings

pytest.importorskip("torch")

from scripts.joined import joined, with_one_task

from laban.models.training.torch_model import TorchModel
from laban.models.training.trained import Trained
from laban.pipeline.action.training.fitting import fit

CLOCK = WindowSpec(length_s=0.4, hop_s=0.2, fps=20.0)
SETTINGS = TrainingSettings(
    architecture="lstm", options={"units": 8}, augmentation=Augmentation(), epochs=1, threads=1
)


def examples(sets: tuple[str, ...], task: str, *, count: int = 40) -> Examples:
    spec, rng = FeatureSpec(sets), np.random.default_rng(len(task))
    values = rng.normal(size=(count, CLOCK.length, spec.width)).astype(np.float32)
    labels = np.arange(count)[:, None] % 2
    values[labels[:, 0] == 1] += 0.5
    clips = tuple(Clip(str(index), group=str(index)) for index in range(count))
    each = np.arange(count)
    one = Task(task, ("none", task), background="none")
    return Examples(spec, CLOCK, (one,), clips, values, labels, each, 0 * each, 0.0 * each)


def part(sets: tuple[str, ...], task: str) -> Trained:
    made = examples(sets, task)
    everything, none = np.arange(len(made)), np.zeros(0, dtype=np.int64)
    return fit(made, Split("all", everything, none, none), SETTINGS, name=task)


@pytest.fixture(scope="module")
def parts() -> tuple[Trained, Trained]:
    return part(("xy",), "fall"), part(("confidence", "pair"), "fight")


def test_the_whole_answers_what_its_parts_answer(parts: tuple[Trained, Trained]) -> None:
    whole = TorchModel.of(joined(parts, name="safety"))
    values = np.random.default_rng(5).normal(size=(6, CLOCK.length, whole.card.spec.width)).astype(np.float32)
    values[2, 3:] = np.nan
    said = whole.run(values)
    assert whole.card.spec.sets == ("xy", "confidence", "pair")
    for index, (one, columns) in enumerate(zip(parts, (slice(0, 66), slice(66, None)), strict=True)):
        own = TorchModel.of(one).run(values[:, :, columns])
        assert said.logits[index] == pytest.approx(own.logits[0], abs=1e-6)
        assert whole.card.tasks[index] == one.card.tasks[0]


def test_a_part_does_not_see_the_features_of_the_others(parts: tuple[Trained, Trained]) -> None:
    whole = TorchModel.of(joined(parts, name="safety"))
    values = np.random.default_rng(6).normal(size=(4, CLOCK.length, whole.card.spec.width)).astype(np.float32)
    alone, accompanied = values.copy(), values.copy()
    alone[:, :, 66:] = np.nan
    accompanied[:, :, 66:] *= 9
    assert np.array_equal(whole.run(alone).logits[0], whole.run(accompanied).logits[0])
    assert not np.array_equal(whole.run(alone).logits[1], whole.run(accompanied).logits[1])


def test_statistics_of_each_embedding_keep_their_place(parts: tuple[Trained, Trained]) -> None:
    whole = joined(parts, name="safety")
    values = np.random.default_rng(7).normal(size=(5, CLOCK.length, whole.card.spec.width)).astype(np.float32)
    embedding = TorchModel.of(whole).run(values).embedding
    own = TorchModel.of(parts[1]).run(values[:, :, 66:])
    theirs, together = (EmbeddingSpace.of(card, "fight") for card in (parts[1].card, whole.card))
    assert together.place(embedding) == pytest.approx(theirs.place(own.embedding), abs=5e-3)
    score = known_scorer(whole.card, "fight")(own.logits[0], embedding)
    assert score == pytest.approx(
        known_scorer(parts[1].card, "fight")(own.logits[0], own.embedding), abs=1e-5
    )
    assert set(whole.card.about[STATISTICS]) == {"fall", "fight"}


def test_rules_for_alarms_come_from_the_parts(parts: tuple[Trained, Trained]) -> None:
    first, second = (
        replace(one, card=replace(one.card, about={**one.card.about, "alarms": {task: {"enter": enter}}}))
        for one, task, enter in ((parts[0], "fall", 0.7), (parts[1], "fight", 0.8))
    )
    assert joined([first, second], name="safety").card.about["alarms"] == {
        "fall": {"enter": 0.7},
        "fight": {"enter": 0.8},
    }


def test_parts_that_cannot_stand_side_by_side_are_refused(parts: tuple[Trained, Trained]) -> None:
    with pytest.raises(InvalidValueError, match="feature sets of their own"):
        joined([parts[0], parts[0]], name="twice")
    slow = LandmarkInput(parts[1].card.spec, WindowSpec(length_s=0.4, hop_s=0.2, fps=10.0))
    slower = replace(parts[1].card, input=slow)
    with pytest.raises(InvalidValueError, match="fight is shown 4 rows at 10 fps"):
        joined([parts[0], replace(parts[1], card=slower)], name="uneven")


def test_of_several_heads_one_can_stand_alone() -> None:
    made = examples(("xy",), "fall")
    other = Task("wave", ("still", "left", "right"), background="still")
    both = replace(
        made, tasks=(*made.tasks, other), labels=np.concatenate([made.labels, (made.labels + 1) % 3], axis=1)
    )
    everything, none = np.arange(len(both)), np.zeros(0, dtype=np.int64)
    trained = fit(both, Split("all", everything, none, none), SETTINGS, name="both")
    alone = with_one_task(trained, "wave")
    assert alone.card.tasks == (other,)
    assert set(alone.card.about[STATISTICS]) == {"wave"}
    whole, own = TorchModel.of(trained).run(made.values), TorchModel.of(alone).run(made.values)
    assert own.logits[0] == pytest.approx(whole.logits[1], abs=1e-6)
    unified = fit(both, Split("all", everything, none, none), replace(SETTINGS, heads="unified"), name="one")
    with pytest.raises(InvalidValueError, match="one softmax"):
        with_one_task(unified, "wave")
