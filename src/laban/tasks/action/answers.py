"""A model's scores of windows: calibrated probabilities for each task, and whether the window is known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from laban.core.arrays import BoolArray, Float32Array, Float64Array, FloatArray, IntArray
from laban.models.card import Head
from laban.models.evaluation.calibration import softmax
from laban.models.evaluation.open_set import known_scorer
from laban.models.protocol import Outputs, SequenceModel
from laban.tasks.action.windows import ActionWindows


class WindowScores(NamedTuple):
    """Scores of one window for one task: the labels' probabilities, and whether the window is known to the
    model."""

    probabilities: Float64Array
    known: bool


@dataclass(frozen=True, eq=False)
class Answer:
    """``probabilities`` (N, K) of a task's labels for N windows, each ``known`` (N,) to the model or not."""

    probabilities: Float64Array
    known: BoolArray

    def said(self, index: int) -> WindowScores:
        """The scores of one window."""
        return WindowScores(self.probabilities[index], bool(self.known[index]))


@dataclass(frozen=True, eq=False)
class Answers:
    """A model's answers for N windows: an ``Answer`` for each of its tasks, in the order of its card.

    ``person``, ``start_s``, ``end_s`` and ``since_s`` (N,) are those of the windows.
    """

    person: IntArray
    start_s: Float64Array
    end_s: Float64Array
    since_s: Float64Array
    tasks: tuple[Answer, ...]

    def __len__(self) -> int:
        return len(self.person)


class Reader:
    """Runs a model on windows, and interprets its outputs by its card."""

    def __init__(self, model: SequenceModel) -> None:
        self._model = model
        self._known = tuple(
            None if head.ood_threshold is None else known_scorer(model.card, head.task.name)
            for head in model.card.heads
        )

    def answers(self, windows: ActionWindows) -> Answers:
        """The answers for ``windows``; those for a window do not depend on the others."""
        tasks = self.read(windows.values)
        return Answers(windows.person, windows.start_s, windows.end_s, windows.since_s, tasks)

    def read(self, values: Float32Array) -> tuple[Answer, ...]:
        """The answers for windows (N, L, F), NaN where unknown, for each of the model's tasks."""
        heads = self._model.card.heads
        if not len(values):
            return tuple(
                Answer(np.zeros((0, len(head.task.labels))), np.zeros(0, dtype=bool)) for head in heads
            )
        # One by one: the last bit of a matrix product depends on the number of rows.
        runs = [self._model.run(values[index : index + 1]) for index in range(len(values))]
        return tuple(
            _joined([_read(head, score, index, one) for one in runs])
            for index, (head, score) in enumerate(zip(heads, self._known, strict=True))
        )


def answer(model: SequenceModel, values: Float32Array) -> tuple[Answer, ...]:
    """The answers of ``model`` for windows; see ``Reader``."""
    return Reader(model).read(values)


Score = Callable[[FloatArray, FloatArray], Float64Array]


def _read(head: Head, score: Score | None, index: int, outputs: Outputs) -> Answer:
    """The answer for the task at this position; whether a window is known follows from the score that the head's
    threshold applies to."""
    logits = outputs.logits[index]
    known = np.ones(len(logits), dtype=bool)
    if score is not None and head.ood_threshold is not None:
        known = score(logits, outputs.embedding) >= head.ood_threshold
    return Answer(softmax(logits, temperature=head.temperature), known)


def _joined(answers: Sequence[Answer]) -> Answer:
    return Answer(
        np.concatenate([one.probabilities for one in answers]), np.concatenate([one.known for one in answers])
    )
