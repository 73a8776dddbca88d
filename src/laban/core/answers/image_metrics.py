"""What a classifier of images is worth: what its metrics.json and report hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from laban.core.answers.base import Answer
from laban.core.answers.metrics import (
    CalibrationAnswer,
    ClassificationAnswer,
    ConditionAnswer,
    HistoryAnswer,
    Precision,
    RunAnswer,
    Scheme,
    SubgroupAnswer,
)

Part = Literal["train", "validation", "test"]


@dataclass(frozen=True)
class HardImageAnswer(Answer):
    """An image whose own class was least probable."""

    index: int
    """Its place in the test."""
    label: str
    """Its class."""
    predicted: str
    """What was said."""
    probability: float
    """Probability of that, 0 to 1."""
    label_probability: float
    """Probability of its own class, 0 to 1."""
    name: str
    """The image."""


@dataclass(frozen=True)
class ImageLabelErrorAnswer(Answer):
    """An image whose label is probably wrong."""

    index: int
    """Its place in the test."""
    label: str
    """What it is called."""
    likely: str
    """What it probably is."""
    margin: float
    """By how much that is more probable, 0 to 1."""
    name: str
    """The image."""


@dataclass(frozen=True)
class ImagePartCount(Answer):
    """How much a part of a split holds."""

    images: int
    """How many images."""
    groups: int
    """Of how many persons or scenes."""
    classes: tuple[int, ...]
    """How many of each class."""


@dataclass(frozen=True)
class ImageSplitAnswer(Answer):
    """What was learned from and what was tested on."""

    by: str
    """How the images were split."""
    parts: Mapping[Part, ImagePartCount]
    """How much each part holds."""
    notes: tuple[str, ...]
    """What had to be done otherwise than asked."""


@dataclass(frozen=True)
class ClassifierName(Answer):
    """Which classifier it is."""

    name: str
    """Its name."""
    architecture: str
    """What it looks with: a network of images, or ``landmarks``."""


@dataclass(frozen=True)
class AttentionAnswer(Answer):
    """How much of what speaks for the answers lies on the person."""

    images: int
    """On how many images that was measured."""
    on_person: float
    """Share of the evidence that lies on the person, 0 to 1."""
    person_share: float
    """Share of the view that is the person, 0 to 1."""


@dataclass(frozen=True)
class ExportedClassifierAnswer(Answer):
    """An exported classifier, compared with what was trained on the same images."""

    path: str
    """Name of the file in the folder of the run."""
    precision: Precision
    """The precision that was asked for."""
    scheme: Scheme
    """How the numbers are held."""
    size_bytes: int
    """Size of the file in bytes."""
    images: int
    """On how many images it was compared."""
    max_difference: float
    """The largest difference of any probability."""
    agreement: float
    """Share of equal answers, 0 to 1."""
    accuracy: float | None
    """Its accuracy, 0 to 1; null where no image is labelled."""
    accuracy_change: float | None
    """Change of accuracy; null where no image is labelled."""
    latency_ms: float | None
    """Median time of one image on one core, in milliseconds."""


@dataclass(frozen=True)
class ImageMetrics(Answer):
    """What metrics.json holds of a classifier of images."""

    version: Literal[1]
    """Version of this layout."""
    kind: Literal["images"]
    """A classifier of images."""
    model: ClassifierName
    """The classifier."""
    task: str
    """The question that it answers."""
    labels: tuple[str, ...]
    """Its classes, in the order of the confusion's rows."""
    images: ClassificationAnswer
    """How often answers are right."""
    unanswered: int
    """Images in which nobody was found; they count as wrong."""
    calibration: CalibrationAnswer
    """How sure, and how right."""
    subgroups: tuple[SubgroupAnswer, ...]
    """For whom it works."""
    hardest: tuple[HardImageAnswer, ...]
    """The images that it is most wrong about."""
    label_errors: tuple[ImageLabelErrorAnswer, ...]
    """Labels that are probably wrong."""
    split: ImageSplitAnswer
    """How the images were split."""
    training: HistoryAnswer
    """How training went."""
    notes: tuple[str, ...]
    """What to know of the figures, in sentences."""
    shifts: tuple[ConditionAnswer, ...]
    """The figures under other conditions; none where they were not tried."""
    attention: AttentionAnswer | None
    """How much of the evidence lies on the person; null where that is not known."""
    export: tuple[ExportedClassifierAnswer, ...]
    """The exported classifiers."""
    run: RunAnswer
    """What the run was made from."""


@dataclass(frozen=True)
class ImageTrainingAnswer(Answer):
    """What ``laban train-image`` came to."""

    folder: str
    """Folder of the run."""
    kept: bool
    """Whether an earlier run had done it."""
    metrics: ImageMetrics
    """What metrics.json holds."""
