"""Fights in surveillance clips from poses alone: five folds by blocks of ten consecutive numbers.

200 clips of about two seconds, half of them fights; neighbours in number share a source, so that ten in a row of
either class are one group. Poses are our own extraction with its default settings, of everybody in a clip and of
the person nearest to each. What the model sees are speeds, carriage, confidence and the pair: with so few clips,
positions teach it cameras and people. A clip is a fight if that is more probable than not on average over the
windows of everybody in it; a clip in which nobody is found is calm, for the model and the baselines alike.

Features, network and the mean over everybody were compared on these very folds, which flatters; and 200 clips leave
a standard error of three points.
"""

from dataclasses import replace

from benchmarks.recognition import sets
from benchmarks.recognition.beside import beside_baselines, rows_of
from benchmarks.rows import Row
from laban.core.clock import WindowSpec
from laban.features.spec import FeatureSpec
from laban.models.splits import SplitSettings, split_examples
from laban.models.training_settings import Augmentation, TrainingSettings
from laban.pipeline.dataset import Dataset, ExampleSettings, examples_of, recordings_of

SPEC = FeatureSpec(("motion", "confidence", "pair"))
CLOCK = WindowSpec(length_s=2.0, hop_s=0.5, fps=30.0)
TRAINING = TrainingSettings(
    architecture="resnet",
    options={
        "widths": (24,),
        "kernel": 7,
        "rates": (),
        "members": 8,
        "shares": True,
        "dropout": 0.3,
        "input_dropout": 0.1,
        "noise": 0.2,
        "limit": 4.0,
    },
    augmentation=Augmentation(speed=0.2, hide=0.0),
    epochs=25,
    learning_rate=2e-3,
    weight_decay=0.05,
    label_smoothing=0.1,
    average=0.99,
    class_weights="balanced",
)
_FOLDS, _LEAST = 5, 0.72


def fight_rows(
    *, seed: int = 0, spec: FeatureSpec = SPEC, training: TrainingSettings = TRAINING
) -> list[Row]:
    """Accuracy of clips, each tested once, beside the baselines on the same windows."""
    dataset = data()
    examples = examples_of(
        dataset, recordings_of(dataset), spec=spec, clock=CLOCK, settings=ExampleSettings(min_overlap=0.2)
    ).examples
    splits = split_examples(examples, settings=SplitSettings(folds=_FOLDS, validation=0.0, seed=seed))
    (task,) = dataset.tasks
    truth = {index: task.index(str(one.label_of(task.name))) for index, one in enumerate(dataset.items)}
    tested = beside_baselines(
        examples, splits, replace(training, seed=seed), task=task, truth=truth, people="all"
    )
    return rows_of(tested, "fights, five folds by blocks", task, at_least=_LEAST)


def data() -> Dataset:
    """The 200 clips."""
    return sets.fights()
