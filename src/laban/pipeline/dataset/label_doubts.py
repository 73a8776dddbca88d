"""Labels that neighbours in movement contradict: confident learning on a classifier that needs no training."""

from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, IntArray
from laban.models.examples import UNLABELLED, Examples

_NEIGHBOURS = 10
_LEAST_CLIPS = 4
_BLOCK = 512


@dataclass(frozen=True)
class Doubt:
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


def doubts_of(examples: Examples) -> tuple[Doubt, ...]:
    """The labels of clips that confident learning holds for wrong, the surest first.

    Each window is judged by the nearest windows of other groups in simple statistics of its features, so that no
    clip speaks for itself; a clip's probabilities are the mean of its windows'. A label is doubted where another
    class is as probable as it usually is for its own clips, and the label less so (Northcutt et al., "Confident
    Learning", JAIR 2021, section 3.1). Tasks of fewer than four clips a class are passed over.
    """
    found: list[Doubt] = []
    values = _statistics(examples.values)
    groups = np.unique(np.array(examples.groups, dtype=str), return_inverse=True)[1]
    for column, task in enumerate(examples.tasks):
        rows = np.flatnonzero(examples.labels[:, column] != UNLABELLED)
        labels = examples.labels[rows, column]
        pairs = np.unique(np.stack([examples.clip[rows], labels]), axis=1)
        counts = np.bincount(pairs[1], minlength=len(task.labels)) if len(rows) else np.zeros(1)
        if len(rows) == 0 or (counts > 0).sum() < 2 or counts[counts > 0].min() < _LEAST_CLIPS:
            continue
        probabilities = neighbour_probabilities(values[rows], labels, groups[rows], classes=len(task.labels))
        found += [
            _doubt(examples, column, rows, probabilities, pairs[:, place])
            for place in _doubted(probabilities, pairs, examples.clip[rows], labels)
        ]
    return tuple(sorted(found, key=lambda one: (-one.score, one.clip)))


def neighbour_probabilities(
    values: Float32Array, labels: IntArray, groups: IntArray, *, classes: int
) -> Float64Array:
    """(N, K) for each row of ``values`` (N, D) the share of each class among its nearest rows of other groups, each
    class weighed alike however large; even where there is no other group."""
    weight = 1.0 / np.maximum(1, np.bincount(labels, minlength=classes))
    weight = weight / weight.max()
    out = np.empty((len(values), classes))
    squares = (values**2).sum(axis=1)
    for start in range(0, len(values), _BLOCK):
        rows = slice(start, start + _BLOCK)
        apart = squares[rows, None] + squares - 2 * values[rows] @ values.T
        apart[groups[rows, None] == groups[None]] = np.inf
        count = min(_NEIGHBOURS, len(values))
        nearest = np.argpartition(apart, count - 1, axis=1)[:, :count]
        near = np.isfinite(np.take_along_axis(apart, nearest, axis=1)) * weight[labels[nearest]]
        votes = np.stack([(near * (labels[nearest] == k)).sum(axis=1) for k in range(classes)], axis=1)
        out[rows] = (votes + 1e-3) / (votes + 1e-3).sum(axis=1, keepdims=True)
    return out


def _statistics(values: Float32Array) -> Float32Array:
    """(N, 3 F) mean, spread and mean step of each feature over the window, each column made even; unknown is 0."""
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0)
    count = np.maximum(1, known.sum(axis=1))
    mean = filled.sum(axis=1) / count
    spread = np.sqrt((np.where(known, values - mean[:, None], 0.0) ** 2).sum(axis=1) / count)
    step = np.nan_to_num(np.abs(np.diff(values, axis=1)))
    out = np.concatenate([mean, spread, step.mean(axis=1)], axis=1).astype(np.float32)
    deviation = out.std(axis=0)
    return np.asarray((out - out.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0))


def _doubted(probabilities: Float64Array, pairs: IntArray, clips: IntArray, labels: IntArray) -> list[int]:
    """Which (clip, label) pairs are doubted."""
    means = np.stack([probabilities[(clips == c) & (labels == k)].mean(axis=0) for c, k in pairs.T])
    usual = np.array(
        [means[pairs[1] == k, k].mean() if (pairs[1] == k).any() else np.inf for k in range(means.shape[1])]
    )
    sure = np.where(means >= usual, means, -1.0)
    other = sure.copy()
    other[np.arange(len(means)), pairs[1]] = -1.0
    own = means[np.arange(len(means)), pairs[1]]
    return [int(place) for place in np.flatnonzero((other.max(axis=1) > 0.5) & (own < usual[pairs[1]]))]


def _doubt(
    examples: Examples, column: int, rows: IntArray, probabilities: Float64Array, pair: IntArray
) -> Doubt:
    clip, label = int(pair[0]), int(pair[1])
    task = examples.tasks[column]
    mine = np.flatnonzero((examples.clip[rows] == clip) & (examples.labels[rows, column] == label))
    mean = probabilities[mine].mean(axis=0)
    mean[label] = -1.0
    instead = int(mean.argmax())
    against = mine[probabilities[mine].argmax(axis=1) != label]
    first = rows[against[0] if len(against) else mine[0]]
    return Doubt(
        clip,
        task.name,
        task.labels[label],
        task.labels[instead],
        float(mean[instead]),
        len(against),
        len(mine),
        float(examples.start_s[first]),
    )
