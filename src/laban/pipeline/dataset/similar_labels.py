"""Classes whose names differ in spelling alone, and are probably one: ``Wave`` and ``wave``."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from laban.models.card import Task
from laban.pipeline.dataset.values import Dataset


@dataclass(frozen=True)
class SimilarLabels:
    """Labels of one task that differ in spelling alone, the one with most clips first."""

    task: str
    labels: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The finding as a sentence, with the probable spelling."""
        listed = " and ".join(map(repr, self.labels))
        return (
            f"task {self.task!r} has the classes {listed}, which differ in spelling alone; did you mean "
            f"{self.labels[0]!r} for all?"
        )


def similar_labels(dataset: Dataset) -> list[SimilarLabels]:
    """Every set of labels of one task that differ in case, blanks, hyphens, underscores or accents alone.

    Nothing is merged: only the author of the labels can decide.
    """
    return [
        SimilarLabels(task.name, tuple(sorted(alike, key=lambda label: -counts[label])))
        for task in dataset.tasks
        for counts in [_clips_of(dataset, task)]
        for alike in spelt_alike(task.labels)
    ]


def spelt_alike(labels: Iterable[str]) -> list[list[str]]:
    """Groups of labels that differ in spelling alone.

    >>> spelt_alike(("Wave", "arm raise", "arm_raise", "squat", "wave"))
    [['Wave', 'wave'], ['arm raise', 'arm_raise']]
    """
    found: dict[str, list[str]] = {}
    for label in labels:
        found.setdefault(_plain(label), []).append(label)
    return [alike for alike in found.values() if len(alike) > 1]


def _clips_of(dataset: Dataset, task: Task) -> Counter[str]:
    return Counter(
        label for item in dataset.items for label in {span.label for span in item.labels.get(task.name, ())}
    )


def _plain(label: str) -> str:
    """The letters and digits of a label; a label without any is unchanged."""
    bare = unicodedata.normalize("NFKD", label.casefold())
    return re.sub(r"[\W_]+", "", "".join(one for one in bare if not unicodedata.combining(one))) or label
