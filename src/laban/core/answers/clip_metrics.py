"""What a recogniser from pixels is worth: what its metrics.json and report hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from laban.core.answers.base import Answer
from laban.core.answers.image_metrics import Part
from laban.core.answers.metrics import (
    CalibrationAnswer,
    ClassificationAnswer,
    ExportedAnswer,
    HistoryAnswer,
    LearnedFromAnswer,
    RandomSplitAnswer,
    RunAnswer,
    SubgroupAnswer,
)


@dataclass(frozen=True)
class ClipClassifierName(Answer):
    """Which recogniser it is."""

    name: str
    """Its name."""
    network: str
    """The network over time."""
    backbone: str
    """What sees each frame."""
    frames: int
    """How many frames of a clip it is shown."""
    size_wh: tuple[int, int]
    """Width and height of a frame as it is shown, in pixels."""
    length_s: float
    """How long a window of a longer video lasts, in seconds: the median of the clips."""


@dataclass(frozen=True)
class HardClipOfImages(Answer):
    """A clip whose own class was least probable."""

    clip: str
    """The clip."""
    group: str
    """Its source, person or scene."""
    label: str
    """Its class."""
    predicted: str
    """The answer."""
    probability: float
    """Probability of the answer, 0 to 1."""
    label_probability: float
    """Probability of its own class, 0 to 1."""


@dataclass(frozen=True)
class ClipLabelErrorAnswer(Answer):
    """A clip whose label is probably wrong."""

    clip: str
    """The clip."""
    label: str
    """What it is called."""
    likely: str
    """What it probably is."""
    margin: float
    """By how much that is more probable, 0 to 1."""


@dataclass(frozen=True)
class OtherNetworkAnswer(Answer):
    """Another network over time on the same features and the same split."""

    network: str
    """The network."""
    accuracy: float | None
    """Its accuracy, 0 to 1."""
    macro_f1: float | None
    """Its macro F1, 0 to 1."""


@dataclass(frozen=True)
class ClipPartCount(Answer):
    """How much a part of a split holds."""

    clips: int
    """How many clips."""
    groups: int
    """Of how many sources, persons or scenes."""
    classes: tuple[int, ...]
    """How many of each class."""


@dataclass(frozen=True)
class ClipSplitAnswer(Answer):
    """What was learned from and what was tested on."""

    by: str
    """How the clips were split."""
    folds: int
    """How many times, each with another test."""
    parts: Mapping[Part, ClipPartCount]
    """How much each part of the first split holds."""
    notes: tuple[str, ...]
    """What had to be done otherwise than asked."""


@dataclass(frozen=True)
class ClipScoresAnswer(Answer):
    """What a recogniser from pixels is worth on labelled clips."""

    version: Literal[1]
    """Version of this layout."""
    kind: Literal["clips"]
    """A recogniser from the pixels of clips."""
    model: ClipClassifierName
    """The recogniser."""
    task: str
    """The question that it answers."""
    labels: tuple[str, ...]
    """Its classes, in the order of the confusion's rows."""
    clips: ClassificationAnswer
    """How often answers are right, of clips of groups that were not learned from."""
    calibration: CalibrationAnswer
    """How sure, and how right."""
    subgroups: tuple[SubgroupAnswer, ...]
    """For whom it works."""
    hardest: tuple[HardClipOfImages, ...]
    """The clips that it is most wrong about."""
    label_errors: tuple[ClipLabelErrorAnswer, ...]
    """Labels that are probably wrong."""
    notes: tuple[str, ...]
    """What to know of the figures, in sentences."""


@dataclass(frozen=True)
class MaskedScoresAnswer(Answer):
    """How often answers to the same clips are right when something is masked in them."""

    accuracy: float | None
    """Accuracy, 0 to 1."""
    macro_f1: float | None
    """Macro F1, 0 to 1."""


@dataclass(frozen=True)
class MaskedAnswer(Answer):
    """Whether a recogniser looks at the people or at the scene: test clips in which either is masked."""

    clips: int
    """How many test clips people were found in; all figures are of these."""
    nobody: int
    """In how many test clips nobody was found."""
    failed: int
    """How many could not be masked."""
    people_share: float | None
    """The share of the image in which people are, 0 to 1."""
    unmasked: MaskedScoresAnswer
    """With nothing masked."""
    people_masked: MaskedScoresAnswer
    """Without the people: what the scene alone tells."""
    background_masked: MaskedScoresAnswer
    """With the people alone, before one grey."""
    most_frequent: float | None
    """The accuracy of always answering the most frequent class."""


@dataclass(frozen=True)
class ClipMetrics(ClipScoresAnswer):
    """What metrics.json holds of a recogniser from pixels."""

    random: RandomSplitAnswer | None
    """What a split at random would have told; null where that is the split."""
    others: tuple[OtherNetworkAnswer, ...]
    """Other networks on the same split."""
    split: ClipSplitAnswer
    """How the clips were split."""
    training: HistoryAnswer
    """How training went."""
    export: tuple[ExportedAnswer, ...]
    """The exported recognisers."""
    run: RunAnswer
    """What the run was made from."""
    masked: MaskedAnswer | None = None
    """Whether it looks at the people or at the scene; absent where that was not asked."""


@dataclass(frozen=True)
class ClipEvaluation(ClipScoresAnswer):
    """What a recogniser from pixels is worth on clips that are new to it."""

    data: str
    """The name of the data."""
    learned: LearnedFromAnswer | None
    """How many of the clips it learned from; null where it does not say."""


@dataclass(frozen=True)
class ClipTrainingAnswer(Answer):
    """What ``laban train-video`` came to."""

    folder: str
    """Folder of the run."""
    kept: bool
    """Whether an earlier run had done it."""
    metrics: ClipMetrics
    """What metrics.json holds."""
