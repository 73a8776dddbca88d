"""What a model says of windows: calibrated probabilities for each task, and whether it knows such a thing."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from laban.core.arrays import BoolArray, Float32Array, Float64Array, FloatArray, IntArray
from laban.models.card import Head
from laban.models.protocol import SequenceModel
from laban.tasks.action.windows import ActionWindows


class Said(NamedTuple):
    """Of one window for one task: the labels' probabilities, and whether the model knows such a thing."""

    probabilities: Float64Array
    known: bool


@dataclass(frozen=True, eq=False)
class Answer:
    """``probabilities`` (N, K) of a task's labels for N windows, each ``known`` (N,) to the model or not."""

    probabilities: Float64Array
    known: BoolArray

    def said(self, index: int) -> Said:
        """What is said of one window."""
        return Said(self.probabilities[index], bool(self.known[index]))


@dataclass(frozen=True, eq=False)
class Answers:
    """Everything a model says of N windows: an ``Answer`` for each of its tasks, in the order of its card.

    ``person``, ``start_s``, ``end_s`` and ``since_s`` (N,) are those of the windows.
    """

    person: IntArray
    start_s: Float64Array
    end_s: Float64Array
    since_s: Float64Array
    tasks: tuple[Answer, ...]

    def __len__(self) -> int:
        return len(self.person)


def answers_for(model: SequenceModel, windows: ActionWindows) -> Answers:
    """What ``model`` says of ``windows``."""
    tasks = answer(model, windows.values)
    return Answers(windows.person, windows.start_s, windows.end_s, windows.since_s, tasks)


def answer(model: SequenceModel, values: Float32Array) -> tuple[Answer, ...]:
    """What ``model`` says of windows (N, L, F), NaN where something is not known, for each of its tasks."""
    heads = model.card.heads
    if not len(values):
        return tuple(Answer(np.zeros((0, len(head.task.labels))), np.zeros(0, dtype=bool)) for head in heads)
    outputs = model.run(values)
    return tuple(_answer(head, logits) for head, logits in zip(heads, outputs.logits, strict=True))


def _answer(head: Head, logits: FloatArray) -> Answer:
    probabilities = _softmax(logits.astype(np.float64) / head.temperature)
    if head.unknown_below is None:
        return Answer(probabilities, np.ones(len(logits), dtype=bool))
    return Answer(probabilities, probabilities.max(axis=1) >= head.unknown_below)


def _softmax(logits: Float64Array) -> Float64Array:
    """(N, K) each row by itself, so that a window's answer does not depend on what is asked beside it."""
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=1, keepdims=True))
