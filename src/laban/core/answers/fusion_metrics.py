"""The metrics of a recogniser from poses and pixels: each alone, and both together, on the same clips."""

from dataclasses import dataclass
from typing import Literal

from laban.core.answers.base import Answer
from laban.core.answers.clip_metrics import ClipSplitAnswer
from laban.core.answers.metrics import Bounds, CalibrationAnswer, ClassificationAnswer, RunAnswer

Inputs = Literal["pose", "video", "both"]


@dataclass(frozen=True)
class InputFigures(Answer):
    """The figures of one recogniser on the clips that were tested."""

    inputs: Inputs
    """What it answers from: poses, pixels, or both."""
    answered: int
    """Clips that it has an answer for; from poses there is none where nobody was found."""
    accuracy: float | None
    """Share of correct predictions, 0 to 1."""
    interval: Bounds
    """95 % interval of the accuracy, resampled by group."""
    macro_f1: float | None
    """Mean F1 of the labels, 0 to 1."""
    auroc: float | None
    """Area under the ROC curve of the event; null for more than two classes."""
    recall_at_5: float | None
    """Share of events found where one in twenty of the other clips raises an alarm, 0 to 1; null for more than two
    classes."""


@dataclass(frozen=True)
class FusedPartAnswer(Answer):
    """One recogniser's part in the answer of both."""

    inputs: Literal["pose", "video"]
    """What it answers from."""
    model: str
    """Its file, in the folder of the run."""
    temperature: float
    """The divisor of its logits of a clip."""
    weight: float
    """The factor of its log-probabilities."""
    weights: tuple[float, ...]
    """The same of each fold, chosen on the validation part of that fold."""


@dataclass(frozen=True)
class FusionMetrics(Answer):
    """The content of metrics.json for a recogniser from poses and pixels."""

    version: Literal[1]
    """Version of this layout."""
    kind: Literal["fusion"]
    """The kind of model: two recognisers that answer as one."""
    name: str
    """Its name."""
    task: str
    """The question that it answers."""
    labels: tuple[str, ...]
    """Its classes, in the order of the confusion's rows."""
    event: str | None
    """The class that the ROC curve is of; null for more than two classes."""
    clips: ClassificationAnswer
    """The metrics of both together, on clips of groups that were not learned from."""
    inputs: tuple[InputFigures, ...]
    """Each recogniser alone, and both together, on the same clips."""
    random: tuple[InputFigures, ...]
    """The same on a random split, which flatters; empty where that is the split."""
    without_people: int
    """Tested clips in which nobody was found: they are answered from the pixels alone."""
    parts: tuple[FusedPartAnswer, ...]
    """What each recogniser contributes."""
    calibration: CalibrationAnswer
    """Calibration of both together: confidence compared with accuracy."""
    split: ClipSplitAnswer
    """How the clips were split."""
    notes: tuple[str, ...]
    """Notes on the metrics, in sentences."""
    run: RunAnswer
    """The settings and data of the run."""


@dataclass(frozen=True)
class FusionTrainingAnswer(Answer):
    """The result of ``laban train --inputs pose,video``."""

    folder: str
    """Folder of the run."""
    kept: bool
    """Whether the result of an earlier run was reused."""
    metrics: FusionMetrics
    """What metrics.json holds."""
