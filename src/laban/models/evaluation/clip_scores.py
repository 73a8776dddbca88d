"""Combines scores of windows into scores of clips."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.models.card import Task
from laban.models.examples import UNLABELLED, Examples

_LEAST = 1e-6

Speaking = Literal["most_eventful", "all"]


@dataclass(frozen=True, eq=False)
class ClipScores:
    """M clips, or, where a clip has several labels in turn, its stretches of each: ``clip`` (M,) positions in the
    examples' clips, ``label`` (M,), ``probabilities`` (M, K), ``groups`` (M,), and ``window`` (M,) the position of
    the window with the most evidence for the answer."""

    clip: IntArray
    label: IntArray
    probabilities: Float64Array
    groups: tuple[str, ...]
    window: IntArray

    def __len__(self) -> int:
        return len(self.clip)

    @property
    def predicted(self) -> IntArray:
        """(M,) the most probable label."""
        return np.asarray(self.probabilities.argmax(axis=1))


def clip_scores(
    examples: Examples, probabilities: Float64Array, *, task: Task, people: Speaking = "most_eventful"
) -> ClipScores:
    """One answer for each clip from the probabilities (N, K) of its windows; windows without a label are left out.

    The mean over windows and people; for tasks with a background, the mean over the windows of the one person whose
    background is least probable on average, because one event in a crowd is an event and a mean over the
    bystanders would hide it. With more people in the image false events are more likely; models and baselines
    are affected alike. ``people`` "all" takes the mean over everybody for these tasks
    too, for events that several people share. (On ``fights``, with 3 people a clip, five folds by blocks of
    MiniRocket, it matters little: 0.645 and 0.655 of clips right, against 0.639 and 0.661 by the mean over all.)
    """
    labels = examples.labels_of(task.name)
    rows = np.flatnonzero(labels != UNLABELLED)
    keys = np.stack([examples.clip[rows], labels[rows]])
    units, unit = np.unique(keys, axis=1, return_inverse=True)
    unit = unit.reshape(-1)
    means = np.zeros((units.shape[1], probabilities.shape[1]))
    strongest = np.zeros(units.shape[1], dtype=np.int64)
    order = np.argsort(unit, kind="stable")
    for at, held in enumerate(np.split(order, np.flatnonzero(np.diff(unit[order])) + 1) if len(rows) else []):
        chosen = speaking_rows(examples.person[rows[held]], probabilities[rows[held]], task, people)
        means[at] = probabilities[rows[held][chosen]].mean(axis=0)
        said = means[at].argmax()
        strongest[at] = rows[held][chosen][probabilities[rows[held][chosen], said].argmax()]
    groups = tuple(examples.clips[clip].group for clip in units[0])
    return ClipScores(units[0], units[1], means, groups, strongest)


def speaking_rows(
    person: IntArray, probabilities: Float64Array, task: Task, people: Speaking = "most_eventful"
) -> IntArray:
    """Which windows of a clip count for its answer, from the ``person`` (N,) of each and the probabilities (N, K):
    all, or, for a task with a background, those of the most eventful person."""
    if task.background is None or people == "all":
        return np.arange(len(person))
    quiet = probabilities[:, task.index(task.background)]
    ids, of = np.unique(person, return_inverse=True)
    means = np.bincount(of, weights=quiet) / np.bincount(of)
    return np.flatnonzero(person == ids[means.argmin()])


def log_probabilities(probabilities: Float64Array) -> Float64Array:
    """(N, K) logarithms; what a model takes for impossible counts as one in a million."""
    return np.asarray(np.log(np.maximum(probabilities, _LEAST)))
