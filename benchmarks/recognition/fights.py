"""Fights in surveillance clips from poses alone: five folds by source video.

200 clips of about two seconds, half of them fights. All clips cut from one source video are one group; a clip
whose source is not known is a group with its block of ten consecutive numbers. (The first version split by
blocks alone, which put 134 of the 170 clips of known source beside others of it, and flattered.) Poses are our
own extraction with its default settings, of everybody in a clip and of the person nearest to each. What the
model sees are speeds, carriage, confidence and the pair: with so few clips, positions teach it cameras and
people.

Two things are judged. Of the model: the area under the ROC curve, which needs no threshold, and, beside the
baselines on the same windows, how many clips are right where a clip is a fight if that is more probable than
not on average over everybody. Of the command: `laban predict fight` tells of a fight as soon as one window of
one person reaches the threshold of the card; how many fights it so finds, and in how many calm clips it does so
too, at that threshold and at one chosen for each fold on the clips of the others (the highest mean of both
shares right).

Features and network were compared on these clips by blocks, which flatters; and 200 clips leave a standard
error of three points.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from benchmarks.recognition import sets
from benchmarks.recognition.beside import Tested, beside_baselines, rows_of
from benchmarks.rows import Row, row
from laban.core.arrays import BoolArray, Float64Array, IntArray
from laban.core.clock import WindowSpec
from laban.features.spec import FeatureSpec
from laban.models.splits import SplitSettings, split_examples
from laban.models.training_settings import Augmentation, TrainingSettings
from laban.models.unknown import unknown_figures
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
ENTER = 0.75
"""The probability at which the shipped command tells of a fight."""

_FOLDS, _LEAST = 5, 0.72
_WHAT = "fights, five folds by source"


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
    return [*rows_of(tested, _WHAT, task, at_least=_LEAST), *command_rows(tested)]


def data() -> Dataset:
    """The 200 clips."""
    return sets.fights()


def command_rows(tested: Tested) -> Iterator[Row]:
    """What needs no threshold, and what the command does at the card's and at one chosen on the other folds."""
    fights, peaks = tested.truth == 1, tested.peaks
    yield row(f"{_WHAT}: AUROC of the highest probability", _auroc(peaks, fights), "")
    yield from _alarms(f"{_WHAT}, the command", peaks >= ENTER, fights)
    chosen = chosen_on_others(peaks, fights, tested.folds)
    yield from _alarms(
        f"{_WHAT}, the command with a threshold chosen on the other folds", peaks >= chosen, fights
    )


def chosen_on_others(peaks: Float64Array, fights: BoolArray, folds: IntArray) -> Float64Array:
    """(C,) for each clip the threshold that parts the clips of the other folds best."""
    out = np.full(len(peaks), ENTER)
    for fold in np.unique(folds[folds >= 0]):
        others = folds != fold
        shares = [
            (peaks[others & fights] >= at).mean() + (peaks[others & ~fights] < at).mean()
            for at in np.unique(peaks[others])
        ]
        out[folds == fold] = np.unique(peaks[others])[int(np.argmax(shares))]
    return out


def _alarms(what: str, told: BoolArray, fights: BoolArray) -> Iterator[Row]:
    yield row(f"{what}: fights found", float(told[fights].mean()), "", of=int(fights.sum()))
    yield row(f"{what}: calm clips told of", float(told[~fights].mean()), "", of=int((~fights).sum()))


def _auroc(peaks: Float64Array, fights: BoolArray) -> float:
    return unknown_figures(peaks[fights], peaks[~fights]).auroc
