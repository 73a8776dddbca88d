"""A model and the baselines, trained and tested on the same windows, and what each said of every clip."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.rows import Row, row
from laban.core.arrays import BoolArray, Float64Array, IntArray
from laban.models.baselines import run_baselines
from laban.models.card import Task
from laban.models.evaluation.calibration import softmax
from laban.models.evaluation.clip_scores import Speaking, clip_scores
from laban.models.evaluation.metrics import metrics_of
from laban.models.examples import Examples
from laban.models.training.split import Split
from laban.models.training.torch_model import TorchModel
from laban.models.training.training_settings import TrainingSettings
from laban.pipeline.action.training.fitting import fit

MODEL = "laban"


@dataclass(frozen=True, eq=False)
class Tested:
    """What each contestant answered: ``predicted`` (C,) for the tested clips and ``truth`` (C,); ``seconds`` of
    training and scoring.

    ``peaks`` (C,) are the model's highest probability of an event, of anybody in any window of a clip, by which
    alarms are raised; ``folds`` (C,) in which split each clip was tested, -1 where nobody was found in it;
    ``peak_of`` the same peaks of every clip that was in any test, by its position, whether judged or not."""

    truth: IntArray
    predicted: Mapping[str, IntArray]
    seconds: Mapping[str, float]
    peaks: Float64Array
    folds: IntArray
    peak_of: Mapping[int, float]

    def accuracy(self, who: str) -> float:
        return float((self.predicted[who] == self.truth).mean())


def beside_baselines(
    examples: Examples,
    splits: Sequence[Split],
    settings: TrainingSettings,
    *,
    task: Task,
    truth: Mapping[int, int],
    baselines: Sequence[str] = ("majority", "1-NN DTW", "MiniRocket"),
    people: Speaking = "most_eventful",
    learned: BoolArray | None = None,
) -> Tested:
    """Every clip of ``truth`` (position to label) that is tested in any split. A clip in which nobody was found
    has the answer of the task's background, for every contestant. ``learned`` (N,) are the windows that may be
    learned from; the others are for tests only."""
    said: dict[str, dict[int, int]] = {}
    seconds: dict[str, float] = {}
    peaks: dict[int, float] = {}
    folds: dict[int, int] = {}
    usable = np.ones(len(examples), dtype=bool) if learned is None else learned
    for fold, whole in enumerate(splits):
        split = replace(whole, train=whole.train[usable[whole.train]])
        began = time.perf_counter()
        trained = fit(examples, split, settings, name="benchmark")
        test = examples.take(split.test)
        outputs = TorchModel.of(trained).run(test.values)
        column = [one.name for one in examples.tasks].index(task.name)
        head = trained.card.head(task.name)
        answers = {MODEL: softmax(outputs.logits[column], temperature=head.temperature)}
        seconds[MODEL] = seconds.get(MODEL, 0.0) + time.perf_counter() - began
        peaks |= peaks_of_clips(test, answers[MODEL], task)
        folds |= dict.fromkeys(test.clip.tolist(), fold)
        shown = np.concatenate([split.train, split.validation])
        for one in run_baselines(
            examples.values[shown],
            examples.labels_of(task.name)[shown],
            test.values,
            classes=len(task.labels),
            names=baselines,
        ):
            if one.scores is not None:
                answers[one.name] = one.scores
                seconds[one.name] = seconds.get(one.name, 0.0) + one.seconds
        for who, probabilities in answers.items():
            said.setdefault(who, {}).update(_of_clips(test, probabilities, task, people))
    clips = sorted(truth)
    silent = 0 if task.background is None else task.index(task.background)
    predicted = {who: np.array([held.get(clip, silent) for clip in clips]) for who, held in said.items()}
    return Tested(
        np.array([truth[clip] for clip in clips]),
        predicted,
        seconds,
        np.array([peaks.get(clip, 0.0) for clip in clips]),
        np.array([folds.get(clip, -1) for clip in clips]),
        peaks,
    )


def peaks_of_clips(test: Examples, probabilities: Float64Array, task: Task) -> dict[int, float]:
    """For each clip the highest probability of an event, of anybody in any window."""
    events = [index for index, label in enumerate(task.labels) if label != task.background]
    highest = probabilities[:, events].max(axis=1)
    return {int(clip): float(highest[test.clip == clip].max()) for clip in np.unique(test.clip)}


def rows_of(tested: Tested, what: str, task: Task, *, at_least: float, **more: Any) -> list[Row]:
    """The model beside its target and beside the best baseline, then each baseline."""
    others = [who for who in tested.predicted if who != MODEL]
    right = {who: int((said == tested.truth).sum()) for who, said in tested.predicted.items()}
    ahead = right[MODEL] - max((right[who] for who in others), default=0)
    own = metrics_of(task, tested.truth, tested.predicted[MODEL])
    seconds = {who: round(value, 1) for who, value in tested.seconds.items()}
    clips = len(tested.truth)
    return [
        row(f"{what}: accuracy", own["accuracy"], "", at_least=at_least, seconds=seconds, **more),
        row(f"{what}: macro F1", own["macro_f1"], ""),
        row(f"{what}: ahead of the best baseline by", ahead, f"of {clips} clips", at_least=1),
        *(row(f"{what}: {who}", tested.accuracy(who), "", seconds=seconds[who]) for who in others),
    ]


def _of_clips(test: Examples, probabilities: Float64Array, task: Task, people: Speaking) -> dict[int, int]:
    scores = clip_scores(test, probabilities, task=task, people=people)
    return dict(zip(scores.clip.tolist(), scores.predicted.tolist(), strict=True))
