"""Labels of clips that are contradicted by their movement."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.models.evaluation.label_errors import find_label_errors
from laban.models.examples import UNLABELLED, Examples
from laban.pipeline.dataset.quick_classifier import out_of_fold_probabilities

_LEAST_GROUPS = 6
_LEAST_RECALL = 0.5
_ABOVE_CHANCE = 0.25
_LEAST_SCORE = 0.5
_LEAST_MARGIN = 0.4
_MOST_WINDOWS = 4000


@dataclass(frozen=True)
class ClipLabelError:
    """A clip (position) whose label for a task its windows contradict; ``windows`` of ``of_windows`` do, the first
    of them at ``start_s``; ``instead`` is what they look like, with mean probability ``score``."""

    clip: int
    task: str
    label: str
    instead: str
    score: float
    windows: int
    of_windows: int
    start_s: float


def clip_doubts(examples: Examples) -> tuple[ClipLabelError, ...]:
    """The labels of clips that are probably wrong, the surest first.

    Windows are classified from windows of other groups (``out_of_fold_probabilities``), and a clip's probabilities
    are the mean of its windows'; ``find_label_errors`` names the labels that they contradict. Left alone are
    classes of fewer than six groups, and those of whose clips fewer are recognised than half, and than chance plus
    a quarter: too little is known of how they look.
    """
    found = [one for column in range(len(examples.tasks)) for one in _of_task(examples, column)]
    return tuple(sorted(found, key=lambda one: (-one.score, one.clip)))


def _of_task(examples: Examples, column: int) -> Iterator[ClipLabelError]:
    task = examples.tasks[column]
    rows = _labelled(examples, column)
    if len(rows) == 0:
        return
    labels, clips = examples.labels[rows, column], examples.clip[rows]
    groups = np.unique(np.array(examples.groups, dtype=str)[rows], return_inverse=True)[1]
    probabilities = out_of_fold_probabilities(examples.values[rows], labels, groups, classes=len(task.labels))
    pairs = np.unique(np.stack([clips, labels]), axis=1).T
    mine = [np.flatnonzero((clips == clip) & (labels == label)) for clip, label in pairs]
    means = np.stack([probabilities[own].mean(axis=0) for own in mine])
    known = _known_classes(means, pairs[:, 1])
    for doubt in find_label_errors(means, pairs[:, 1]):
        score = float(means[doubt.index, doubt.likely])
        sure = score > _LEAST_SCORE and doubt.margin >= _LEAST_MARGIN
        if sure and {doubt.given, doubt.likely} <= known:
            own = mine[doubt.index]
            against = own[probabilities[own].argmax(axis=1) != doubt.given]
            yield ClipLabelError(
                int(pairs[doubt.index, 0]),
                task.name,
                task.labels[doubt.given],
                task.labels[doubt.likely],
                score,
                len(against),
                len(own),
                float(examples.start_s[rows[against[0]]]),
            )


def _known_classes(means: Float64Array, labels: IntArray) -> set[int]:
    """The classes most of whose clips are recognised."""
    right, classes = means.argmax(axis=1) == labels, np.unique(labels)
    least = max(_LEAST_RECALL, 1 / len(classes) + _ABOVE_CHANCE)
    return {int(label) for label in classes if right[labels == label].mean() >= least}


def _labelled(examples: Examples, column: int) -> IntArray:
    """The labelled windows of labels in enough groups, thinned evenly where there are very many."""
    labels = examples.labels[:, column]
    groups = np.array(examples.groups, dtype=str)
    enough = [
        label
        for label in np.unique(labels[labels != UNLABELLED])
        if len(np.unique(groups[labels == label])) >= _LEAST_GROUPS
    ]
    rows = np.flatnonzero(np.isin(labels, enough))
    if len(enough) < 2:
        return rows[:0]
    return rows[:: -(-len(rows) // _MOST_WINDOWS)]
