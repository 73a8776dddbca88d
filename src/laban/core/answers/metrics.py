"""The metrics of a recogniser: the content of metrics.json and of the report."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from laban.core.answers.base import Answer

Bounds = tuple[float | None, float | None]
"""Both ends of a 95 % interval; null where there are fewer than two groups."""

Precision = Literal["float32", "float16", "int8"]
Scheme = Literal["float32", "float16", "static int8", "dynamic int8"]

Place = tuple[float, float] | None
"""x and y of a joint, y downward; null where unknown."""


@dataclass(frozen=True)
class ClassFiguresAnswer(Answer):
    """The metrics of one label."""

    label: str
    """The label."""
    precision: float
    """Share of the examples predicted as this label that have it, 0 to 1."""
    recall: float | None
    """Share of the examples with this label that were predicted as it, 0 to 1; null where there are none."""
    f1: float | None
    """Harmonic mean of both; null where no example has the label."""
    support: int
    """Number of examples with this label."""
    predicted: int
    """Number of examples predicted as this label."""


@dataclass(frozen=True)
class ClassificationAnswer(Answer):
    """Accuracy, precision and recall; averages are over the labels that occur."""

    count: int
    """Number of examples evaluated."""
    accuracy: float | None
    """Share of correct predictions, 0 to 1."""
    balanced_accuracy: float | None
    """Mean recall of the labels, 0 to 1."""
    macro_precision: float | None
    """Mean precision of the labels, 0 to 1."""
    macro_recall: float | None
    """Mean recall of the labels, 0 to 1."""
    macro_f1: float | None
    """Mean F1 of the labels, 0 to 1."""
    classes: tuple[ClassFiguresAnswer, ...]
    """The metrics of each label."""
    confusion: tuple[tuple[int, ...], ...]
    """Rows are true labels, columns predictions; the last column is "unknown"."""
    intervals: Mapping[str, Bounds]
    """95 % interval of each average by its name, resampled by group."""


@dataclass(frozen=True)
class BinAnswer(Answer):
    """Predictions of about equal confidence."""

    low: float
    """Their lowest probability, 0 to 1."""
    high: float
    """Their highest probability, 0 to 1."""
    confidence: float
    """Their mean probability, 0 to 1."""
    accuracy: float
    """Share of correct predictions, 0 to 1."""
    count: int
    """How many there are."""


@dataclass(frozen=True)
class ReliabilityAnswer(Answer):
    """The difference between confidence and accuracy."""

    ece: float | None
    """Expected calibration error in bins of equal width, 0 to 1."""
    ece_mass: float | None
    """The same in bins with equal numbers of predictions."""
    bins: tuple[BinAnswer, ...]
    """Predictions by confidence."""


@dataclass(frozen=True)
class CalibrationAnswer(Answer):
    """Confidence compared with accuracy, before and after temperature scaling."""

    temperature: float
    """The divisor of the logits."""
    before: ReliabilityAnswer
    """Without scaling."""
    after: ReliabilityAnswer
    """With scaling."""


@dataclass(frozen=True)
class UnknownAnswer(Answer):
    """How many windows of known labels the model refuses to answer."""

    threshold: float | None
    """Score below which the answer is "unknown"; null without one, and where folds differ."""
    answered: float | None
    """Share of windows that are answered, 0 to 1."""
    accuracy_of_answered: float | None
    """Share of the answered windows that are correct, 0 to 1."""


@dataclass(frozen=True)
class HeldOutAnswer(Answer):
    """How well a score separates known windows from those of held-out labels."""

    auroc: float
    """Area under the ROC curve: 1 separates perfectly, 0.5 not at all."""
    fpr_at_95: float
    """Share of the unknown that are accepted where 95 % of the known are, 0 to 1."""
    known: int
    """How many known examples."""
    unknown: int
    """How many unknown examples."""
    score: str
    """Name of the score."""
    classes: tuple[str, ...]
    """The labels that were held out."""


@dataclass(frozen=True)
class BaselineAnswer(Answer):
    """A simple method on the same split; metrics are null where it could not be run."""

    name: str
    """The baseline."""
    note: str
    """A note on it, or why it could not be run."""
    accuracy: float | None
    """Its accuracy on clips, 0 to 1."""
    macro_f1: float | None
    """Its macro F1 on clips, 0 to 1."""
    interval: Bounds | None
    """95 % interval of its accuracy."""
    difference: Bounds | None
    """95 % interval of the model's accuracy minus its own."""
    seconds: float | None
    """How long it took, in seconds."""


@dataclass(frozen=True)
class ConditionAnswer(Answer):
    """The metrics under one disturbance; the first entry is undisturbed."""

    name: str
    """The disturbance."""
    count: int | None
    """Number of examples evaluated; null where it could not be tried."""
    accuracy: float | None
    """Share of correct predictions, 0 to 1."""
    macro_f1: float | None
    """Macro F1, 0 to 1."""
    note: str
    """Why it could not be tried; else empty."""


@dataclass(frozen=True)
class SubgroupAnswer(Answer):
    """The metrics of the examples that share one value of a table column."""

    column: str
    """The column of the table."""
    value: str
    """The value; empty where the table has none."""
    count: int
    """Number of examples evaluated."""
    accuracy: float | None
    """Share of correct predictions, 0 to 1."""
    macro_f1: float | None
    """Macro F1, 0 to 1."""


@dataclass(frozen=True)
class LabelCountAnswer(Answer):
    """The amount of data with one label."""

    label: str
    """The label; empty for windows without one."""
    windows: int
    """How many windows."""
    clips: int
    """How many clips they come from."""
    groups: int
    """How many persons or scenes they come from."""
    people: int
    """People, each counted once a clip."""
    seconds: float | None
    """Seconds that the windows span; null for whole clips."""
    known: float | None
    """Share of their values that are known, 0 to 1."""


@dataclass(frozen=True)
class HardClipAnswer(Answer):
    """A clip whose own label was least probable."""

    clip: str
    """The clip."""
    group: str
    """Its person or scene."""
    label: str
    """Its label."""
    label_probability: float
    """Probability of that label, 0 to 1."""
    predicted: str
    """What was said."""
    probability: float
    """Probability of the predicted label, 0 to 1."""
    person: int
    """The person whose window supports the prediction most."""
    start_s: float
    """When that window begins, in seconds."""
    skeleton: str
    """The skeleton of ``figures``."""
    figures: tuple[tuple[Place, ...], ...]
    """Eight instants of that window, each with the positions of all joints; empty without coordinates."""


@dataclass(frozen=True)
class LabelErrorAnswer(Answer):
    """A clip whose label is probably wrong."""

    clip: str
    """The clip."""
    label: str
    """Its label."""
    likely: str
    """The more probable label."""
    margin: float
    """The difference of the two probabilities, 0 to 1."""


@dataclass(frozen=True)
class EventsAnswer(Answer):
    """Alarms compared with annotated events."""

    events: int
    """How many events there are."""
    found: int
    """How many were found."""
    recall: float | None
    """Share of events that were found, 0 to 1; null without events."""
    false_alarms: int
    """Alarms that belong to no event."""
    false_alarms_per_hour: float | None
    """The same per hour of watched video."""
    repeats: int
    """Repeated alarms for events that were already found."""
    hours: float
    """Duration of the watched video, in hours."""
    delay_median_s: float | None
    """Median delay from onset to alarm, in seconds; null where none was found."""
    delay_p95_s: float | None
    """Delay that 95 % of the found events do not exceed, in seconds."""
    f1_at_iou: float | None
    """F1 of spans that overlap enough, 0 to 1."""
    false_negatives: tuple[str, ...]
    """The events that were missed, in words."""
    false_positives: tuple[str, ...]
    """The false alarms, in words."""


@dataclass(frozen=True)
class RandomSplitAnswer(Answer):
    """The metrics that a random split would have given."""

    accuracy: float | None
    """Accuracy on clips, 0 to 1."""
    macro_f1: float | None
    """Macro F1 on clips, 0 to 1."""
    interval: Bounds
    """95 % interval of the accuracy."""
    gap: float | None
    """How much it overstates the accuracy."""


@dataclass(frozen=True)
class ScoredAnswer(Answer):
    """The number of clips that the metrics cover."""

    clips: int
    """Clips that are evaluated."""
    of: int
    """Clips that should be evaluated."""
    unused: int
    """Clips of the whole data set that cannot be used."""


@dataclass(frozen=True)
class TaskMetrics(Answer):
    """All metrics of one task."""

    task: str
    """The task."""
    labels: tuple[str, ...]
    """Its labels, in the order of the confusion's rows."""
    background: str | None
    """The label of ordinary movement, where there is one."""
    windows: ClassificationAnswer
    """The metrics on windows."""
    clips: ClassificationAnswer
    """The metrics on clips."""
    calibration: CalibrationAnswer
    """Confidence compared with accuracy, on windows."""
    unknown: UnknownAnswer
    """What is refused."""
    baselines: tuple[BaselineAnswer, ...]
    """Simple methods on the same split; none on new data."""
    robustness: tuple[ConditionAnswer, ...]
    """The metrics on clips under disturbances."""
    subgroups: tuple[SubgroupAnswer, ...]
    """Accuracy for each subgroup."""
    coverage: tuple[LabelCountAnswer, ...]
    """The amount of data with each label."""
    hardest: tuple[HardClipAnswer, ...]
    """The clips whose own label was least probable."""
    label_errors: tuple[LabelErrorAnswer, ...]
    """Labels that are probably wrong."""
    held_out: tuple[HeldOutAnswer, ...]
    """How it treats labels that were held out, where that was tried."""
    events: EventsAnswer | None
    """Alarms compared with annotated events, where there are any."""
    random: RandomSplitAnswer | None
    """The metrics that a random split would have given, where requested."""
    scored: ScoredAnswer | None
    """Of how many clips the figures are, where that is known."""


@dataclass(frozen=True)
class PartCount(Answer):
    """How much a part of a split holds."""

    windows: int
    """How many windows."""
    clips: int
    """How many clips they come from."""
    groups: int
    """How many persons or scenes they come from."""


@dataclass(frozen=True)
class SplitAnswer(Answer):
    """The parts of the data for training, validation and test."""

    by: str
    """How the clips were split."""
    parts: Mapping[str, PartCount]
    """The size of each part."""
    notes: tuple[str, ...]
    """How the split had to deviate from what was requested."""


@dataclass(frozen=True)
class EpochAnswer(Answer):
    """One epoch of training."""

    number: int
    """Its number, counted from 1."""
    train_loss: float | None
    """Loss in training."""
    loss: float | None
    """Loss on the validation part; null without one."""
    accuracy: tuple[float | None, ...]
    """Accuracy of each task on the validation part, 0 to 1."""
    learning_rate: float
    """The learning rate it ended with."""
    seconds: float
    """How long it took, in seconds."""


@dataclass(frozen=True)
class HistoryAnswer(Answer):
    """How training went."""

    epochs: tuple[EpochAnswer, ...]
    """Epoch by epoch."""
    best_epoch: int
    """The one whose weights were kept."""
    seconds: float
    """How long training took, in seconds."""


@dataclass(frozen=True)
class LearnedFromAnswer(Answer):
    """How much of the data the model learned from."""

    clips: int
    """Clips that it learned from."""
    of: int
    """Clips in the data."""
    left_out: bool
    """Whether they are left out of the metrics."""


@dataclass(frozen=True)
class FeaturesOfModel(Answer):
    """The features that a model is given."""

    version: int
    """Version of this layout."""
    skeleton: str
    """The skeleton."""
    sets: tuple[str, ...]
    """The sets of features, in order."""


@dataclass(frozen=True)
class WindowClock(Answer):
    """A model of windows."""

    length_s: float
    """Length of a window, in seconds."""
    hop_s: float
    """Time from one window to the next, in seconds."""
    fps: float
    """Rows a second."""


@dataclass(frozen=True)
class WholeClipClock(Answer):
    """A model of whole clips."""

    whole_clip: int
    """The number of instants at which it samples the clip."""


@dataclass(frozen=True)
class HeadAnswer(Answer):
    """One question that a model answers."""

    task: str
    """The question."""
    labels: tuple[str, ...]
    """The possible answers."""
    background: str | None
    """The label of ordinary movement, where there is one."""
    temperature: float
    """The divisor of the logits."""
    ood_threshold: float | None
    """Score below which the answer is "unknown"; null without one."""


@dataclass(frozen=True)
class ViewOfImage(Answer):
    """The part of an image that a model sees."""

    side_px: int
    """Side of the square it is scaled to, in pixels."""
    margin: float
    """How many times as wide as the person's box is long the square is."""
    whose: Literal["person", "whole"]
    """Whether it shows one person or the whole image."""


@dataclass(frozen=True, kw_only=True)
class CardAnswer(Answer):
    """A model's card; fields of other kinds of input are omitted."""

    version: int
    """Version of this layout."""
    name: str
    """The model's name."""
    architecture: str
    """Its architecture."""
    input: Literal["landmarks", "image", "clip"]
    """Its input: landmarks over time, a single image, or a clip of images."""
    features: FeaturesOfModel | None = None
    """The features of landmarks that it is shown."""
    clock: WindowClock | WholeClipClock | None = None
    """The stretch of time that it looks at."""
    still: bool | None = None
    """Whether the landmarks are those of a single image."""
    view: ViewOfImage | None = None
    """The part of an image that it sees."""
    size_wh: tuple[int, int] | None = None
    """Width and height of the frames of a clip as it sees them, in pixels."""
    heads: tuple[HeadAnswer, ...]
    """The questions that it answers."""
    about: Mapping[str, object]
    """Anything else, such as its licence and its training data."""


@dataclass(frozen=True)
class MetricsAnswer(Answer):
    """The metrics of a model on labelled data."""

    version: Literal[1]
    """Version of this layout."""
    model: CardAnswer
    """The model."""
    notes: tuple[str, ...]
    """Notes on the metrics, in sentences."""
    warnings: tuple[str, ...]
    """Those of the notes that may make the metrics wrong."""
    split: SplitAnswer | None
    """How the data was split; null for a model on new data."""
    training: HistoryAnswer | None
    """The course of training; null where the model was only evaluated."""
    learned: LearnedFromAnswer | None
    """How much of the data the model learned from; null after training."""
    tasks: tuple[TaskMetrics, ...]
    """The figures of each task."""


@dataclass(frozen=True)
class ExportedAnswer(Answer):
    """An exported model, compared with the trained one on the same windows."""

    path: str
    """Name of the file in the folder of the run."""
    precision: Precision
    """The precision that was asked for."""
    scheme: Scheme
    """How the weights are stored."""
    size_bytes: int
    """Size of the file in bytes."""
    windows: int
    """The number of windows it was compared on."""
    max_difference: float
    """The largest difference of any probability."""
    agreement: float
    """Share of equal answers, 0 to 1."""
    accuracy: tuple[float | None, ...]
    """Its accuracy for each task, 0 to 1; null where no window is labelled."""
    accuracy_change: tuple[float | None, ...]
    """Change of accuracy for each task; null where no window is labelled."""
    latency_ms: float | None
    """Median time of one window on one core, in milliseconds."""


@dataclass(frozen=True)
class MachineAnswer(Answer):
    """Where a run was made."""

    python: str
    """Version of Python."""
    cores: int | None
    """How many processor cores there are."""


@dataclass(frozen=True, kw_only=True)
class RunAnswer(Answer):
    """Everything that determines a run, and the machine it was made on."""

    settings: Mapping[str, object]
    """The settings of the run, by name."""
    training: Mapping[str, object]
    """The settings of the training, by name."""
    data: str
    """Name of the data."""
    form: str | None = None
    """The format of the images' labels."""
    data_sha256: str
    """SHA-256 hash of the data, in hexadecimal digits."""
    versions: Mapping[str, str]
    """Versions of the packages that were used."""
    machine: MachineAnswer
    """Where it was made."""


@dataclass(frozen=True)
class TrainingMetrics(MetricsAnswer):
    """The content of metrics.json after training."""

    export: tuple[ExportedAnswer, ...]
    """The exported models."""
    run: RunAnswer
    """The settings and data of the run."""


@dataclass(frozen=True)
class TrainingAnswer(Answer):
    """The result of ``laban train``."""

    folder: str
    """Folder of the run."""
    kept: bool
    """Whether the result of an earlier run was reused."""
    metrics: TrainingMetrics
    """What metrics.json holds."""
