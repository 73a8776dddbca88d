"""What is in a dataset, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from laban.core.answers.base import Answer


@dataclass(frozen=True)
class FindingAnswer(Answer):
    """A fault in the data that spoils models or metrics."""

    kind: str
    """The kind of fault."""
    severity: Literal["fault", "warning", "note"]
    """A ``fault`` makes metrics wrong, a ``warning`` may, a ``note`` is for information."""
    items: tuple[str, ...]
    """The clips or images that it is about."""
    sentence: str
    """What was found."""
    advice: str
    """What to do about it."""


@dataclass(frozen=True)
class ClassCoverageAnswer(Answer):
    """How much there is of one label of one task."""

    task: str
    """The task."""
    label: str
    """The label."""
    clips: int
    """How many clips."""
    groups: int
    """How many persons or scenes they come from."""
    seconds: float
    """For how long the label holds, in seconds."""
    people: int
    """How many people."""
    seen_share: float | None
    """Share of its frames in which anyone has landmarks, 0 to 1; null without frames."""
    without_people: tuple[str, ...]
    """Clips without people."""
    skeletons: tuple[str, ...]
    """The skeletons that occur."""


@dataclass(frozen=True)
class LeftOutAnswer(Answer):
    """Something that was left out."""

    name: str
    """What."""
    reason: str
    """Why, in one line."""


@dataclass(frozen=True)
class AuditAnswer(Answer):
    """An audit of labelled clips."""

    dataset: str
    """Name of the dataset."""
    clips: int
    """How many clips it has."""
    splits: Mapping[str, int]
    """How many clips each split has, where the data names splits."""
    coverage: tuple[ClassCoverageAnswer, ...]
    """How much there is of each label."""
    findings: tuple[FindingAnswer, ...]
    """The findings, faults first."""
    failed: tuple[LeftOutAnswer, ...]
    """Clips that could not be read."""
    skipped: tuple[LeftOutAnswer, ...]
    """What was left out when the dataset was opened."""
    notes: tuple[str, ...]
    """Notes, in sentences."""


@dataclass(frozen=True)
class ImageClassAnswer(Answer):
    """How much there is of one class."""

    label: str
    """The class."""
    images: int
    """How many images."""
    people: int
    """How many people."""
    groups: int
    """How many persons or scenes they come from."""
    splits: tuple[tuple[str, int], ...]
    """How many images each split has."""


@dataclass(frozen=True)
class ImageAuditAnswer(Answer):
    """An audit of labelled images."""

    dataset: str
    """Name of the dataset."""
    form: str
    """The format of the labels."""
    images: int
    """How many images it has."""
    people: int
    """How many people are labelled."""
    unreadable: int
    """How many images cannot be read."""
    coverage: tuple[ImageClassAnswer, ...]
    """How much there is of each class."""
    findings: tuple[FindingAnswer, ...]
    """The findings, faults first."""
    sizes: tuple[tuple[int, int], ...]
    """Width and height of each image in pixels."""
    heights_px: tuple[float, ...]
    """Height of each person's box in pixels."""
    joints: tuple[tuple[str, float, float, float], ...]
    """Each joint's name, and the shares of people with it seen, hidden and missing, 0 to 1."""
    notes: tuple[str, ...]
    """Notes, in sentences."""
