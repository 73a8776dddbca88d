"""Classes added from one, three and five clips, compared with 1-NN DTW on the same clips.

Ten draws. In each, three of the task's classes are held out and the model is trained on the others' training clips
alone. Then each class that was held out is added from k of its training clips, drawn at random. On the test clips
two questions are asked: among the new classes, which one is it; and among all classes, old and new, which one.
1-NN DTW (no window, Euclidean distance of rows) answers the first from the k clips of each new class and the second
from these and all training clips of the old ones. Every example is a whole clip.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.rows import Row, row
from laban.core.arrays import BoolArray, Float32Array, FloatArray, IntArray
from laban.models.card import Task
from laban.models.embedding_space import STATISTICS, EmbeddingSpace, embedding_statistics
from laban.models.examples import UNLABELLED, Examples
from laban.models.protocol import FunctionModel, SequenceModel
from laban.models.prototypes import WithPrototypes, add_class
from laban.sequences.dtw_pairs import dtw_distances

SHOTS = (1, 3, 5)
DRAWS = 10
HELD_OUT = 3

Train = Callable[[Examples, int], SequenceModel]
"""From the training clips of the classes that stay, and a seed, to a model."""


@dataclass(frozen=True)
class Scores:
    """Accuracies of one draw at one number of clips: among the new classes, and among all."""

    new: float
    all: float
    dtw_new: float
    dtw_all: float


def add_class_rows(
    train: Train,
    training: Examples,
    test: Examples,
    *,
    task: str,
    draws: int = DRAWS,
    dtw: FloatArray | None = None,
) -> list[Row]:
    """The lines of the table; the target is what 1-NN DTW reaches. ``dtw`` (N_test, N_train) avoids computing it
    again."""
    known = _dtw_distances(test.values, training.values) if dtw is None else dtw
    rows: list[Row] = []
    scores = [list(_draw(train, training, test, known, task=task, seed=seed)) for seed in range(draws)]
    for index, shots in enumerate(SHOTS):
        found = [of_draw[index] for of_draw in scores]
        rows += _rows(found, shots, draws=draws)
    return rows


def _rows(found: Sequence[Scores], shots: int, *, draws: int) -> Iterator[Row]:
    for where, words in (("new", "among the new classes"), ("all", "among all classes")):
        own = np.array([getattr(one, where) for one in found])
        other = np.array([getattr(one, f"dtw_{where}") for one in found])
        yield row(
            f"add-class from {shots} clip{'s' if shots > 1 else ''}, {words} (target: 1-NN DTW)",
            own.mean(),
            "accuracy",
            at_least=float(other.mean()),
            spread=float(own.std()),
            draws=draws,
            draws_won=int((own > other).sum()),
        )


def _draw(
    train: Train, training: Examples, test: Examples, dtw: FloatArray, *, task: str, seed: int
) -> Iterator[Scores]:
    source = np.random.default_rng(seed)
    labels = next(one.labels for one in training.tasks if one.name == task)
    held = np.sort(source.choice(len(labels), HELD_OUT, replace=False))
    model = _with_statistics(
        train(_without(training, task, held), seed), _without(training, task, held), task
    )
    truth, classes = test.labels_of(task), training.labels_of(task)
    for shots in SHOTS:
        picks = [source.choice(np.flatnonzero(classes == one), shots, replace=False) for one in held]
        known = model
        for one, pick in zip(held, picks, strict=True):
            known = add_class(known, labels[one], [training.values[[index]] for index in pick], task=task)
        chosen = np.concatenate(picks)
        old = np.flatnonzero((classes != UNLABELLED) & ~np.isin(classes, held))
        pool = np.concatenate([old, chosen])
        of_new: BoolArray = np.isin(truth, held)
        yield Scores(
            new=_share(_nearest(known, test.values[of_new], held, task), truth[of_new]),
            all=_share(_answers(known, test.values, labels, task), truth),
            dtw_new=_share(classes[chosen][dtw[of_new][:, chosen].argmin(axis=1)], truth[of_new]),
            dtw_all=_share(classes[pool][dtw[:, pool].argmin(axis=1)], truth),
        )


def _without(examples: Examples, task: str, held: IntArray) -> Examples:
    """The examples of the classes that stay, and the task with their labels alone."""
    position = [one.name for one in examples.tasks].index(task)
    full = examples.tasks[position]
    stay = [index for index in range(len(full.labels)) if index not in held]
    renamed = np.full(len(full.labels), UNLABELLED)
    renamed[stay] = np.arange(len(stay))
    kept = examples.take(np.isin(examples.labels_of(task), stay))
    labels = renamed[kept.labels_of(task)][:, None]
    return replace(kept, tasks=(Task(task, tuple(full.labels[index] for index in stay)),), labels=labels)


def _with_statistics(model: SequenceModel, training: Examples, task: str) -> SequenceModel:
    if STATISTICS in model.card.about:
        return model
    held = {task: embedding_statistics(model.run(training.values).embedding, training.labels_of(task))}
    card = replace(model.card, about={**model.card.about, STATISTICS: held})
    return FunctionModel(card, model.run)


def _nearest(model: SequenceModel, values: Float32Array, held: IntArray, task: str) -> IntArray:
    """The new class whose prototype is most similar."""
    added = [one for one in model.prototypes if one.task == task] if isinstance(model, WithPrototypes) else []
    space = EmbeddingSpace.of(model.card, task)
    there = space.direction(model.run(values).embedding)
    return np.asarray(held[(there @ np.stack([one.direction for one in added]).T).argmax(axis=1)])


def _answers(model: SequenceModel, values: Float32Array, labels: Sequence[str], task: str) -> IntArray:
    position = [one.name for one in model.card.tasks].index(task)
    order = np.array([labels.index(label) for label in model.card.tasks[position].labels])
    return np.asarray(order[model.run(values).logits[position].argmax(axis=1)])


def _share(said: IntArray, truth: IntArray) -> float:
    return float((said == truth).mean())


def _dtw_distances(first: FloatArray, second: FloatArray) -> Float32Array:
    """(N, M) distances of (N, L, F) to (M, L, F) sequences; NaN counts as 0."""
    left, right = (np.nan_to_num(one).astype(np.float32) for one in (first, second))
    return dtw_distances(left, right, cost="euclidean")
