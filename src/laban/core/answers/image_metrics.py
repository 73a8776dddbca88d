"""The metrics of an image classifier: the content of its metrics.json and report."""

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
    """Its position in the test set."""
    label: str
    """Its class."""
    predicted: str
    """The predicted class."""
    probability: float
    """Probability of the predicted class, 0 to 1."""
    label_probability: float
    """Probability of its own class, 0 to 1."""
    name: str
    """The image."""


@dataclass(frozen=True)
class ImageLabelErrorAnswer(Answer):
    """An image whose label is probably wrong."""

    index: int
    """Its position in the test set."""
    label: str
    """Its label."""
    likely: str
    """The more probable class."""
    margin: float
    """The difference of the two probabilities, 0 to 1."""
    name: str
    """The image."""


@dataclass(frozen=True)
class ImagePartCount(Answer):
    """The size of one part of a split."""

    images: int
    """How many images."""
    groups: int
    """How many persons or scenes they come from."""
    classes: tuple[int, ...]
    """How many of each class."""


@dataclass(frozen=True)
class ImageSplitAnswer(Answer):
    """The parts of the data for training, validation and test."""

    by: str
    """How the images were split."""
    parts: Mapping[Part, ImagePartCount]
    """The size of each part."""
    notes: tuple[str, ...]
    """How the split had to deviate from what was requested."""


@dataclass(frozen=True)
class ClassifierName(Answer):
    """The name of a classifier."""

    name: str
    """Its name."""
    architecture: str
    """Its architecture: an image network, or ``landmarks``."""


@dataclass(frozen=True)
class AttentionAnswer(Answer):
    """How much of the evidence for the answers lies on the person."""

    images: int
    """The number of images it was measured on."""
    on_person: float
    """Share of the evidence that lies on the person, 0 to 1."""
    person_share: float
    """Share of the view that the person covers, 0 to 1."""


@dataclass(frozen=True)
class ExportedClassifierAnswer(Answer):
    """An exported classifier, compared with the trained one on the same images."""

    path: str
    """Name of the file in the folder of the run."""
    precision: Precision
    """The requested precision."""
    scheme: Scheme
    """How the weights are stored."""
    size_bytes: int
    """Size of the file in bytes."""
    images: int
    """The number of images it was compared on."""
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
    """The content of metrics.json for an image classifier."""

    version: Literal[1]
    """Version of this layout."""
    kind: Literal["images"]
    """The kind of model: an image classifier."""
    model: ClassifierName
    """The classifier."""
    task: str
    """The question that it answers."""
    labels: tuple[str, ...]
    """Its classes, in the order of the confusion's rows."""
    images: ClassificationAnswer
    """Accuracy, precision and recall."""
    unanswered: int
    """Images in which no one was found; they count as wrong."""
    calibration: CalibrationAnswer
    """Calibration: confidence compared with accuracy."""
    subgroups: tuple[SubgroupAnswer, ...]
    """Accuracy for each subgroup."""
    hardest: tuple[HardImageAnswer, ...]
    """The images whose own class was least probable."""
    label_errors: tuple[ImageLabelErrorAnswer, ...]
    """Labels that are probably wrong."""
    split: ImageSplitAnswer
    """How the images were split."""
    training: HistoryAnswer
    """How training went."""
    notes: tuple[str, ...]
    """Notes on the metrics, in sentences."""
    shifts: tuple[ConditionAnswer, ...]
    """The metrics under other conditions; empty where they were not tried."""
    attention: AttentionAnswer | None
    """How much of the evidence lies on the person; null where unknown."""
    export: tuple[ExportedClassifierAnswer, ...]
    """The exported classifiers."""
    run: RunAnswer
    """The settings and data of the run."""


@dataclass(frozen=True)
class ImageTrainingAnswer(Answer):
    """The result of ``laban train-image``."""

    folder: str
    """Folder of the run."""
    kept: bool
    """Whether the result of an earlier run was reused."""
    metrics: ImageMetrics
    """What metrics.json holds."""
