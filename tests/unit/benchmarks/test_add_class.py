"""The protocol of adding classes: what is held out stays unseen, and both sides get the same clips."""

import numpy as np
from benchmarks.add_class import SHOTS, add_class_rows

from laban.core.clock import WholeClip
from laban.features.spec import FeatureSpec
from laban.models.card import Head, ModelCard, Task
from laban.models.examples import Clip, Examples
from laban.models.inputs import LandmarkInput
from laban.models.protocol import FunctionModel, Outputs

SPEC = FeatureSpec(("xy",), "penn13")
TASK = Task("dance", tuple("abcdefg"))
LENGTH, SIZE = 6, 8


def examples(count, *, seed):
    source = np.random.default_rng(seed)
    labels = np.arange(count) % len(TASK.labels)
    values = source.normal(size=(count, LENGTH, SPEC.width)) * 3
    values[:, 0, :SIZE] = 6 * np.eye(SIZE)[labels] + source.normal(size=(count, SIZE))
    clips = tuple(Clip(str(index), str(index)) for index in range(count))
    return Examples(
        *(SPEC, WholeClip(LENGTH), (TASK,), clips, values, labels[:, None]),
        *(np.arange(count), np.zeros(count, int), np.zeros(count)),
    )


def test_an_embedding_that_sees_the_classes_beats_the_distance_of_rows():
    trained = []

    def train(given, seed):
        trained.append(given)
        kept = [TASK.labels.index(one) for one in given.tasks[0].labels]

        def run(values):
            return Outputs((values[:, 0, kept],), values[:, 0, :SIZE])

        return FunctionModel(
            ModelCard("m", "f", LandmarkInput(SPEC, WholeClip(LENGTH)), (Head(given.tasks[0]),)), run
        )

    training = examples(140, seed=0)
    rows = add_class_rows(train, training, examples(70, seed=1), task="dance", draws=2)
    assert len(rows) == 2 * len(SHOTS)
    assert all(one["met"] and one["value"] > 0.8 for one in rows)
    assert [len(one) for one in trained] == [80, 80]
    for given in trained:
        names = np.array(given.tasks[0].labels)[given.labels[:, 0]]
        truth = np.array(TASK.labels)[training.labels[:, 0]]
        assert len(set(names)) == 4
        assert sorted(names) == sorted(truth[np.isin(truth, names)])
