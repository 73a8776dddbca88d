"""Metrics of an image classifier, built from the same parts as those of movement tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from laban.core.answers import known
from laban.core.answers.image_metrics import HardImageAnswer, ImageLabelErrorAnswer
from laban.core.answers.metrics import (
    CalibrationAnswer,
    ClassificationAnswer,
    ConditionAnswer,
    SubgroupAnswer,
)
from laban.core.arrays import BoolArray, Float64Array, FloatArray, IntArray
from laban.models.card import Task
from laban.models.evaluation.bootstrap import intervals
from laban.models.evaluation.calibration import calibration_answer, softmax
from laban.models.evaluation.label_errors import find_label_errors
from laban.models.evaluation.metrics import UNANSWERED, Metrics, metrics_of
from laban.models.evaluation.subgroups import metrics_by_subgroup
from laban.models.examples import Clip

_HARDEST, _DOUBTS = 12, 20


def predicted_of(logits: FloatArray) -> IntArray:
    """(N,) the most probable class; ``UNANSWERED`` where the logits are NaN because nobody was
    found."""
    answered = np.asarray(np.isfinite(logits).all(axis=1))
    best = np.where(answered[:, None], logits, 0.0).argmax(axis=1)
    return np.where(answered, best, UNANSWERED)


@dataclass(frozen=True)
class ImageEvaluation:
    """All metrics of a test on images; ``laban.core.answers.image_metrics.ImageMetrics`` explains each."""

    images: ClassificationAnswer
    unanswered: int
    calibration: CalibrationAnswer
    subgroups: tuple[SubgroupAnswer, ...]
    hardest: tuple[HardImageAnswer, ...]
    label_errors: tuple[ImageLabelErrorAnswer, ...]


def evaluate_whole_clips(
    task: Task,
    labels: IntArray,
    logits: FloatArray,
    clips: Sequence[Clip],
    *,
    temperature: float = 1.0,
    seed: int = 0,
) -> ImageEvaluation:
    """The same for ``clips`` that are answered as a whole."""
    return evaluate_images(
        task,
        labels,
        logits,
        temperature=temperature,
        names=[clip.name for clip in clips],
        groups=[clip.group for clip in clips],
        subgroups=[clip.subgroups for clip in clips],
        seed=seed,
    )


def evaluate_images(
    task: Task,
    labels: IntArray,
    logits: FloatArray,
    *,
    temperature: float,
    names: Sequence[str],
    groups: Sequence[str],
    subgroups: Sequence[Mapping[str, str]],
    seed: int = 0,
) -> ImageEvaluation:
    """All metrics of ``logits`` (N, K), NaN where unanswered, for the images ``names`` of the classes
    ``labels`` (N,).

    Unanswered images count as wrong; calibration and label errors are of the answered ones.
    """
    said = predicted_of(logits)
    found = metrics_of(task, labels, said)
    answered = said != UNANSWERED
    told = softmax(np.where(answered[:, None], logits, 0.0), temperature=temperature)
    held = intervals(labels, said, groups, classes=len(task.labels), seed=seed)
    return ImageEvaluation(
        images=found.answer({name: one.bounds for name, one in held.items()}),
        unanswered=int((~answered).sum()),
        calibration=calibration_answer(
            softmax(logits[answered]), told[answered], labels[answered], temperature=temperature
        ),
        subgroups=tuple(one.answer() for one in metrics_by_subgroup(task, labels, said, subgroups)),
        hardest=_hardest(task, labels, told, answered, names),
        label_errors=_doubted(task, told[answered], labels[answered], np.flatnonzero(answered), names),
    )


def corrupted_row(name: str, task: Task, labels: IntArray, logits: FloatArray) -> ConditionAnswer:
    """The metrics of the images that a corruption could be applied to."""
    found: Metrics = metrics_of(task, labels, predicted_of(logits))
    accuracy, macro_f1 = known(found["accuracy"]), known(found["macro_f1"])
    return ConditionAnswer(name=name, count=len(labels), accuracy=accuracy, macro_f1=macro_f1, note="")


def _hardest(
    task: Task, labels: IntArray, told: Float64Array, answered: BoolArray, names: Sequence[str]
) -> tuple[HardImageAnswer, ...]:
    """Wrong answers first, then the images whose own class was least probable."""
    own = told[np.arange(len(labels)), labels]
    order = [int(at) for at in np.argsort(own) if answered[at]][:_HARDEST]
    return tuple(
        HardImageAnswer(
            index=at,
            label=task.labels[labels[at]],
            predicted=task.labels[int(told[at].argmax())],
            probability=float(told[at].max()),
            label_probability=float(own[at]),
            name=names[at],
        )
        for at in order
    )


def _doubted(
    task: Task, told: Float64Array, labels: IntArray, places: IntArray, names: Sequence[str]
) -> tuple[ImageLabelErrorAnswer, ...]:
    return tuple(
        ImageLabelErrorAnswer(
            index=int(places[one.index]),
            label=task.labels[one.given],
            likely=task.labels[one.likely],
            margin=one.margin,
            name=names[int(places[one.index])],
        )
        for one in find_label_errors(told, labels)[:_DOUBTS]
    )
