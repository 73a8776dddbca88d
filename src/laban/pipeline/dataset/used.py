"""How many of the labelled clips are used for training and test, per class, so that every score has its count."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from laban.core.answers.metrics import ScoredAnswer
from laban.core.arrays import IntArray
from laban.models.examples import UNLABELLED, Examples
from laban.models.training.split import Split, split_of
from laban.pipeline.dataset.values import Dataset

LEAST_SHARE = 0.9
"""A class of which less than this share of clips is used causes a warning."""


@dataclass(frozen=True)
class UsedClips:
    """Of the ``clips`` that have a label of a task, how many have a window with it; ``unused`` names the others."""

    task: str
    label: str
    clips: int
    used: int
    unused: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """A sentence about the class."""
        return (
            f"{self.task}: {self.clips - self.used} of {self.clips} clips of {self.label!r} give nothing to learn "
            "from or to judge"
        )


def used_clips(dataset: Dataset, examples: Examples) -> tuple[UsedClips, ...]:
    """For each label of each task, in their order; clips whose file failed count as clips that are not used."""
    found = []
    for task in dataset.tasks:
        for place, label in enumerate(task.labels):
            held = _labelled(dataset, task.name, label)
            unused = sorted(held - _with_windows(examples, task.name, place))
            names = tuple(dataset.items[at].clip.name for at in unused)
            found.append(UsedClips(task.name, label, len(held), len(held) - len(unused), names))
    return tuple(found)


def shrunk(counts: Sequence[UsedClips]) -> tuple[UsedClips, ...]:
    """The classes that lose a tenth of their clips or more."""
    return tuple(one for one in counts if one.clips and one.used <= LEAST_SHARE * one.clips)


def scored(dataset: Dataset, examples: Examples, splits: Sequence[Split | None]) -> dict[str, ScoredAnswer]:
    """For each task how many clips with a label are tested, of how many, and how many of all the data give nothing.

    A clip without windows belongs to the test where the data says so, or where others of its group do; without a
    split, and where everything is tested by folds, all of them do.
    """
    tested = _tested(examples, splits)
    out = {}
    for task in dataset.tasks:
        labelled = {at for at, item in enumerate(dataset.items) if item.labels.get(task.name)}
        windows = examples.labels_of(task.name) != UNLABELLED
        used = set(np.unique(examples.clip[windows]).tolist())
        scored_clips = set(np.unique(examples.clip[tested][windows[tested]]).tolist())
        unused = labelled - used
        missed = {at for at in unused if _would_be_tested(examples, at, splits, tested)}
        out[task.name] = ScoredAnswer(len(scored_clips), len(scored_clips | missed), len(unused))
    return out


def _labelled(dataset: Dataset, task: str, label: str) -> set[int]:
    return {
        at
        for at, item in enumerate(dataset.items)
        if any(span.label == label for span in item.labels.get(task, ()))
    }


def _with_windows(examples: Examples, task: str, place: int) -> set[int]:
    return set(np.unique(examples.clip[examples.labels_of(task) == place]).tolist())


def _tested(examples: Examples, splits: Sequence[Split | None]) -> IntArray:
    parts = [np.arange(len(examples)) if split is None else split.test for split in splits]
    return np.unique(np.concatenate(parts)).astype(np.int64)


def _would_be_tested(examples: Examples, clip: int, splits: Sequence[Split | None], tested: IntArray) -> bool:
    if len(splits) > 1 or splits[0] is None:
        return True
    one = examples.clips[clip]
    if splits[0].by == "data":
        held_out = {split_of(examples.clips[at].split or "") for at in np.unique(examples.clip[tested])}
        return split_of(one.split or "") in held_out
    return one.group in {examples.clips[at].group for at in np.unique(examples.clip[tested])}
