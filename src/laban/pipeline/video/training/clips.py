"""The clips of a dataset that a recogniser from pixels can learn from: videos with one label each."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from laban.core.arrays import IntArray
from laban.errors import InvalidValueError
from laban.models.card import Task
from laban.models.examples import Clip, Examples
from laban.models.image.instant import examples_of_images
from laban.pipeline.dataset.values import Dataset, Item, Skipped
from laban.pipeline.video.features import SeenClips

_LEAST_CLASSES = 2


@dataclass(frozen=True, eq=False)
class LabelledClips:
    """N clips of a dataset with one label each for its ``task``; ``labels`` (N,) are their positions there.

    ``left_out`` are the other clips. ``where`` is the dataset, for messages.
    """

    task: Task
    items: tuple[Item, ...]
    labels: IntArray
    left_out: tuple[Skipped, ...]
    where: str

    def __post_init__(self) -> None:
        found = [self.task.labels[index] for index in np.unique(self.labels)]
        if len(found) >= _LEAST_CLASSES:
            return
        of = f"videos of one class, {found[0]!r}" if found else "no labelled video"
        first = f" ({self.left_out[0].name}: {self.left_out[0].reason})" if self.left_out else ""
        raise InvalidValueError(
            f"{self.where} has {of}, expected at least {_LEAST_CLASSES} classes{first}; put the clips of each "
            "class into a folder of its own, or name a table with the columns path and label"
        )

    def __len__(self) -> int:
        return len(self.items)

    @cached_property
    def clips(self) -> tuple[Clip, ...]:
        """The name, group and split of each clip."""
        return tuple(item.clip for item in self.items)

    @cached_property
    def examples(self) -> Examples:
        """The clips as examples without values, for splits."""
        return examples_of_images(self.clips, self.labels, self.task, [None] * len(self))

    def sha256(self, contents: Sequence[str], *, seen_by: str) -> str:
        """SHA-256 of the training data: the contents of the clips, their labels, groups and splits, and the key of
        the reader that they were seen by."""
        digest = hashlib.sha256(seen_by.encode())
        for content, label, clip in zip(contents, self.labels, self.clips, strict=True):
            words = (content, self.task.labels[label], clip.group, clip.split or "")
            digest.update("\0".join(words).encode())
        return digest.hexdigest()

    def seen(self, found: SeenClips) -> "LabelledClips":
        """The clips that could be read, without the classes of which none could."""
        labels = self.labels[list(found.rows)]
        kept = np.unique(labels)
        background = self.task.background
        names = tuple(self.task.labels[index] for index in kept)
        gone = [
            Skipped(f"class {name!r}", "none of its clips can be read")
            for name in self.task.labels
            if name not in names
        ]
        left_out = (*gone, *found.failed, *self.left_out)
        items = tuple(self.items[row] for row in found.rows)
        task = replace(self.task, labels=names, background=background if background in names else None)
        return LabelledClips(task, items, np.searchsorted(kept, labels), left_out, self.where)


def labelled_clips(dataset: Dataset) -> LabelledClips:
    """The clips to learn from. Raises InvalidValueError where there are fewer than two classes of them."""
    task = dataset.tasks[0]
    items, left_out = usable_clips(dataset, task)
    labels = [task.index(str(item.label_of(task.name))) for item in items]
    return LabelledClips(
        task, items, np.array(labels, dtype=np.int64), (*dataset.skipped, *left_out), str(dataset.root)
    )


def usable_clips(dataset: Dataset, task: Task) -> tuple[tuple[Item, ...], tuple[Skipped, ...]]:
    """The videos with one label for ``task``, and the other clips."""
    reasons = [_unusable(item, task) for item in dataset.items]
    pairs = list(zip(dataset.items, reasons, strict=True))
    return (
        tuple(item for item, reason in pairs if reason is None),
        tuple(Skipped(item.clip.name, reason) for item, reason in pairs if reason is not None),
    )


def _unusable(item: Item, task: Task) -> str | None:
    """Why a clip cannot be learned from; None where it can."""
    if item.kind != "video" or item.path is None:
        return "holds poses, and pixels are needed"
    if item.label_of(task.name) is not None:
        return None
    if not item.labels.get(task.name):
        return f"has no label of the task {task.name!r}"
    return "its labels hold for parts of it only; cut it into one clip for each"
