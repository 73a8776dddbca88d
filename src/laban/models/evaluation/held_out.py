"""Scores of models on held-out examples, combined over folds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from laban.core.arrays import BoolArray, Float64Array, IntArray
from laban.errors import InvalidValueError
from laban.models.card import Task
from laban.models.evaluation.calibration import softmax
from laban.models.evaluation.open_set import known_scorer
from laban.models.examples import UNLABELLED, Examples
from laban.models.protocol import Outputs, SequenceModel
from laban.models.training.split import Split

_BATCH = 512


@dataclass(frozen=True, eq=False)
class Fold:
    """A model, and the positions of the windows that it learned from and is tested on."""

    model: SequenceModel
    train: IntArray
    test: IntArray

    @classmethod
    def of(cls, model: SequenceModel, examples: Examples, split: Split | None) -> "Fold":
        """Without a split, nothing was learned from these examples and all are tested."""
        if split is None:
            return cls(model, np.zeros(0, dtype=np.int64), np.arange(len(examples)))
        return cls(model, split.train, split.test)


@dataclass(frozen=True, eq=False)
class HeldOutScores:
    """The scores of the windows ``examples`` for one task: calibrated ``probabilities`` (N, K), ``raw`` ones before
    calibration, and whether each window is ``known`` (N,) to the model."""

    task: Task
    examples: Examples
    probabilities: Float64Array
    raw: Float64Array
    known: BoolArray


def outputs_of(model: SequenceModel, examples: Examples) -> Outputs:
    """The model's outputs for all windows, in batches."""
    starts = range(0, max(len(examples), 1), _BATCH)
    parts = [model.run(examples.values[start : start + _BATCH]) for start in starts]
    logits = [np.concatenate(columns) for columns in zip(*(part.logits for part in parts), strict=True)]
    return Outputs(tuple(logits), np.concatenate([part.embedding for part in parts]))


def held_out_scores(models: Sequence[SequenceModel], tests: Sequence[Examples]) -> tuple[HeldOutScores, ...]:
    """The scores of each model on its own test part, for each task that the tests have labels for."""
    outputs = [outputs_of(model, test) for model, test in zip(models, tests, strict=True)]
    both = joined(tests)
    return tuple(
        _scores_of(models, outputs, both, task)
        for task in models[0].card.tasks
        if (both.labels_of(task.name) != UNLABELLED).any()
    )


def joined(parts: Sequence[Examples]) -> Examples:
    """Windows of the same clips, concatenated."""
    names = ("values", "labels", "clip", "person", "start_s")
    return replace(
        parts[0], **{name: np.concatenate([getattr(one, name) for one in parts]) for name in names}
    )


def _scores_of(
    models: Sequence[SequenceModel], outputs: Sequence[Outputs], examples: Examples, task: Task
) -> HeldOutScores:
    told, raw, known = [], [], []
    for card, output in zip([model.card for model in models], outputs, strict=True):
        head, logits = card.head(task.name), output.logits[card.tasks.index(task)]
        told.append(softmax(logits, temperature=head.temperature))
        raw.append(softmax(logits))
        if head.ood_threshold is None:
            known.append(np.ones(len(logits), dtype=np.bool_))
        else:
            known.append(known_scorer(card, task.name)(logits, output.embedding) >= head.ood_threshold)
    return HeldOutScores(task, examples, np.concatenate(told), np.concatenate(raw), np.concatenate(known))


def understood(model: SequenceModel, examples: Examples) -> tuple[Examples, tuple[str, ...]]:
    """The examples with the tasks and labels in the model's order, and what had to be left out, as sentences.

    Labels that the model does not know count as none. Raises InvalidValueError where the features or the clock
    differ from the model's, and where no label is left.
    """
    card = model.card
    for what, own, given in (("features", card.spec, examples.spec), ("clock", card.clock, examples.clock)):
        if own != given:
            raise InvalidValueError(
                f"the model's {what} are {own}, the examples' {given}; compute them again for it"
            )
    labels = np.full((len(examples), len(card.tasks)), UNLABELLED)
    notes = []
    held = {task.name: task for task in examples.tasks}
    for column, task in enumerate(card.tasks):
        if task.name in held:
            places = [
                task.labels.index(one) if one in task.labels else UNLABELLED for one in held[task.name].labels
            ]
            labels[:, column] = np.array([*places, UNLABELLED])[examples.labels_of(task.name)]
            strange = [one for one in held[task.name].labels if one not in task.labels]
            notes += [f"{task.name}: the model does not know the label {one!r}; left out." for one in strange]
    if not (labels != UNLABELLED).any():
        raise InvalidValueError(_nothing_shared(model, examples))
    return replace(examples, tasks=card.tasks, labels=labels), tuple(notes)


def _nothing_shared(model: SequenceModel, examples: Examples) -> str:
    own, given = (
        "; ".join(f"{task.name}: {', '.join(task.labels)}" for task in tasks)
        for tasks in (model.card.tasks, examples.tasks)
    )
    return f"the model answers {own}; the data has labels for {given}: nothing to evaluate; rename the labels"
