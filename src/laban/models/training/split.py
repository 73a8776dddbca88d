"""A split of examples into training, validation and test."""

from dataclasses import dataclass

import numpy as np

from laban.core.answers.metrics import PartCount, SplitAnswer
from laban.core.arrays import IntArray, frozen
from laban.models.examples import Examples

PARTS = ("train", "validation", "test")


_SPELLINGS = {
    "val": "validation",
    "valid": "validation",
    "dev": "validation",
    "training": "train",
    "testing": "test",
}


@dataclass(frozen=True, eq=False)
class Split:
    """Positions of windows in the examples. ``by`` says how they were split, ``notes`` where that had to deviate
    from the request, as sentences."""

    by: str
    train: IntArray
    validation: IntArray
    test: IntArray
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in PARTS:
            value = frozen(getattr(self, name), shape=("N",), name=name, dtype=np.int64)
            object.__setattr__(self, name, value)

    def answer(self, examples: Examples) -> SplitAnswer:
        """The answer: how many windows, clips and groups each part has, and the notes."""
        rows = {"train": self.train, "validation": self.validation, "test": self.test}
        return SplitAnswer(
            self.by, {name: counted(examples, part) for name, part in rows.items()}, self.notes
        )


def split_of(name: str) -> str | None:
    """Which of ``PARTS`` the name of a split means; None where it means none.

    >>> split_of("Valid"), split_of("fight")
    ('validation', None)
    """
    spelled = _SPELLINGS.get(name.strip().lower(), name.strip().lower())
    return spelled if spelled in PARTS else None


def counted(examples: Examples, rows: IntArray) -> PartCount:
    """The numbers of windows, clips and groups."""
    clips = np.unique(examples.clip[rows])
    groups = {examples.clips[clip].group for clip in clips}
    return PartCount(windows=len(rows), clips=len(clips), groups=len(groups))
