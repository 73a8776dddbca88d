"""Accuracy and related metrics, per label and overall, from one confusion matrix."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from laban.core.answers import known
from laban.core.answers.metrics import Bounds, ClassFiguresAnswer, ClassificationAnswer
from laban.core.arrays import BoolArray, Float64Array, IntArray, frozen
from laban.errors import InvalidValueError
from laban.models.card import Task

UNANSWERED = -1
"""The position of the answer "unknown", which is never right."""


@dataclass(frozen=True)
class ClassMetrics:
    """One label: ``precision``, ``recall``, their harmonic mean, and how many examples have it (``support``) and
    were predicted to have it."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    predicted: int

    def answer(self) -> ClassFiguresAnswer:
        """The answer that is printed and written."""
        return ClassFiguresAnswer(
            label=self.label,
            precision=self.precision,
            recall=known(self.recall),
            f1=known(self.f1),
            support=self.support,
            predicted=self.predicted,
        )


@dataclass(frozen=True, eq=False)
class Metrics:
    """The metrics of one task.

    ``confusion`` (K, K + 1): rows are the truth, columns the predictions, the last one "unknown". Averages are
    over the labels that occur; NaN where none does.
    """

    task: str
    labels: tuple[str, ...]
    confusion: IntArray

    def __post_init__(self) -> None:
        shape = (len(self.labels), len(self.labels) + 1)
        object.__setattr__(
            self, "confusion", frozen(self.confusion, shape=shape, name="confusion", dtype=np.int64)
        )

    def __getitem__(self, name: str) -> float:
        """The statistic ``name`` of ``STATISTICS``."""
        return float(STATISTICS[name](self.confusion))

    @property
    def count(self) -> int:
        """How many examples were evaluated."""
        return int(self.confusion.sum())

    @property
    def classes(self) -> tuple[ClassMetrics, ...]:
        """The metrics of each label."""
        precision, recall, f1 = _by_class(self.confusion)
        support, predicted = self.confusion.sum(axis=1), self.confusion[:, :-1].sum(axis=0)
        columns = zip(
            self.labels,
            precision.tolist(),
            recall.tolist(),
            f1.tolist(),
            support.tolist(),
            predicted.tolist(),
            strict=True,
        )
        return tuple(ClassMetrics(*column) for column in columns)

    def answer(self, intervals: Mapping[str, Bounds]) -> ClassificationAnswer:
        """The answer, with the 95 % interval of each statistic by name."""
        return ClassificationAnswer(
            count=self.count,
            accuracy=known(self["accuracy"]),
            balanced_accuracy=known(self["balanced_accuracy"]),
            macro_precision=known(self["macro_precision"]),
            macro_recall=known(self["macro_recall"]),
            macro_f1=known(self["macro_f1"]),
            classes=tuple(one.answer() for one in self.classes),
            confusion=tuple(tuple(row) for row in self.confusion.tolist()),
            intervals=intervals,
        )


def metrics_of(task: Task, truth: IntArray, predicted: IntArray) -> Metrics:
    """The metrics of ``predicted`` (N,) compared with ``truth`` (N,), as positions in the task's labels.

    Unlabelled examples (-1 in ``truth``) are left out; -1 in ``predicted`` is the answer "unknown".

    >>> metrics_of(Task("t", ("a", "b")), np.array([0, 0, 1, -1]), np.array([0, 1, 1, 0]))["accuracy"].__round__(3)
    0.667
    """
    return Metrics(task.name, task.labels, confusion_of(truth, predicted, classes=len(task.labels)))


def confusion_of(truth: IntArray, predicted: IntArray, *, classes: int) -> IntArray:
    """(K, K + 1) the confusion matrix; the last column is "unknown"."""
    if len(truth) != len(predicted):
        raise InvalidValueError(f"{len(truth)} labels and {len(predicted)} answers must be equally many")
    said = np.where(predicted == UNANSWERED, classes, predicted)[truth >= 0]
    flat = truth[truth >= 0] * (classes + 1) + said
    return np.bincount(flat, minlength=classes * (classes + 1)).reshape(classes, classes + 1)


def _by_class(confusion: IntArray) -> tuple[Float64Array, Float64Array, Float64Array]:
    """(..., K) precision, recall and F1. A label that is never predicted has a precision of 0; recall and F1
    of a label that does not occur are NaN."""
    table = np.asarray(confusion, dtype=np.float64)
    right = np.diagonal(table, axis1=-2, axis2=-1)
    support, said = table.sum(axis=-1), table[..., :-1].sum(axis=-2)
    occurs = support > 0
    precision = right / np.maximum(said, 1)
    recall = np.where(occurs, right / np.maximum(support, 1), np.nan)
    f1 = np.where(occurs, 2 * right / np.maximum(support + said, 1), np.nan)
    return precision, recall, f1


def _mean(values: Float64Array, occurs: BoolArray) -> Float64Array:
    count = occurs.sum(axis=-1)
    total = np.where(occurs, values, 0.0).sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _accuracy(confusion: IntArray) -> Float64Array:
    right = np.trace(confusion, axis1=-2, axis2=-1)
    total = confusion.sum(axis=(-2, -1))
    return np.where(total > 0, right / np.maximum(total, 1), np.nan)


def _macro(which: int, confusion: IntArray) -> Float64Array:
    return _mean(_by_class(confusion)[which], confusion.sum(axis=-1) > 0)


STATISTICS: Mapping[str, Callable[[IntArray], Float64Array]] = MappingProxyType(
    {
        "accuracy": _accuracy,
        "balanced_accuracy": lambda confusion: _macro(1, confusion),
        "macro_precision": lambda confusion: _macro(0, confusion),
        "macro_recall": lambda confusion: _macro(1, confusion),
        "macro_f1": lambda confusion: _macro(2, confusion),
    }
)
"""Metrics by name: functions of tables (..., K, K + 1) to (...)."""
