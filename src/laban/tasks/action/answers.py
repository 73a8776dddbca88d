"""What a model says of windows: calibrated probabilities for each task, and whether it knows such a thing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from laban.core.arrays import BoolArray, Float32Array, Float64Array, FloatArray, IntArray
from laban.models.calibration import softmax
from laban.models.card import Head
from laban.models.protocol import Outputs, SequenceModel
from laban.models.unknown import known_scorer
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


class Reader:
    """Asks a model about windows, and reads its outputs as its card says."""

    def __init__(self, model: SequenceModel) -> None:
        self._model = model
        self._known = tuple(
            None if head.unknown_below is None else known_scorer(model.card, head.task.name)
            for head in model.card.heads
        )

    def answers(self, windows: ActionWindows) -> Answers:
        """What the model says of ``windows``; of each window the same, whichever come with it."""
        tasks = self.read(windows.values)
        return Answers(windows.person, windows.start_s, windows.end_s, windows.since_s, tasks)

    def read(self, values: Float32Array) -> tuple[Answer, ...]:
        """What the model says of windows (N, L, F), NaN where something is not known, for each of its tasks."""
        heads = self._model.card.heads
        if not len(values):
            return tuple(
                Answer(np.zeros((0, len(head.task.labels))), np.zeros(0, dtype=bool)) for head in heads
            )
        outputs = self._model.run(values)
        return tuple(
            Answer(
                softmax(logits.astype(np.float64) / head.temperature), _known(head, score, logits, outputs)
            )
            for head, score, logits in zip(heads, self._known, outputs.logits, strict=True)
        )


def answer(model: SequenceModel, values: Float32Array) -> tuple[Answer, ...]:
    """What ``model`` says of windows, once; see ``Reader``."""
    return Reader(model).read(values)


Score = Callable[[FloatArray, FloatArray], Float64Array]


def _known(head: Head, score: Score | None, logits: FloatArray, outputs: Outputs) -> BoolArray:
    """(N,) by the score that the head's threshold is meant for, window by window, for the last bit of a product of
    matrices depends on how many rows there are."""
    if score is None or head.unknown_below is None:
        return np.ones(len(logits), dtype=bool)
    rows = (slice(index, index + 1) for index in range(len(logits)))
    scores = [score(logits[row], outputs.embedding[row])[0] for row in rows]
    return np.array(scores) >= head.unknown_below
