"""What a recogniser is worth: what metrics.json and the report hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from laban.core.answers.base import Answer

Bounds = tuple[float | None, float | None]
"""Both ends of a 95 % interval; null where there are fewer than two groups."""

Precision = Literal["float32", "float16", "int8"]
Scheme = Literal["float32", "float16", "static int8", "dynamic int8"]

Place = tuple[float, float] | None
"""x and y of a joint, y downward; null where it is not known."""


@dataclass(frozen=True)
class ClassFiguresAnswer(Answer):
    """The figures of one label."""

    label: str
    """The label."""
    precision: float
    """Of what was called so, the share that was, 0 to 1."""
    recall: float | None
    """Of what was so, the share that was called so, 0 to 1; null where none was."""
    f1: float | None
    """Harmonic mean of both; null where none was so."""
    support: int
    """How many were so."""
    predicted: int
    """How many were called so."""


@dataclass(frozen=True)
class ClassificationAnswer(Answer):
    """How often answers are right; averages are over the labels that occur."""

    count: int
    """How many were judged."""
    accuracy: float | None
    """Share that was right, 0 to 1."""
    balanced_accuracy: float | None
    """Mean recall of the labels, 0 to 1."""
    macro_precision: float | None
    """Mean precision of the labels, 0 to 1."""
    macro_recall: float | None
    """Mean recall of the labels, 0 to 1."""
    macro_f1: float | None
    """Mean F1 of the labels, 0 to 1."""
    classes: tuple[ClassFiguresAnswer, ...]
    """The figures of each label."""
    confusion: tuple[tuple[int, ...], ...]
    """Rows are what was so, columns what was said; the last column is "unknown"."""
    intervals: Mapping[str, Bounds]
    """95 % interval of each average by its name, drawn by groups."""


@dataclass(frozen=True)
class BinAnswer(Answer):
    """Answers that were about equally sure."""

    low: float
    """Their least probability, 0 to 1."""
    high: float
    """Their highest probability, 0 to 1."""
    confidence: float
    """Their mean probability, 0 to 1."""
    accuracy: float
    """The share that was right, 0 to 1."""
    count: int
    """How many there are."""


@dataclass(frozen=True)
class ReliabilityAnswer(Answer):
    """How far confidence and accuracy lie apart."""

    ece: float | None
    """Expected calibration error in bins of equal width, 0 to 1."""
    ece_mass: float | None
    """The same in bins that hold as many answers each."""
    bins: tuple[BinAnswer, ...]
    """Answers by how sure they were."""


@dataclass(frozen=True)
class CalibrationAnswer(Answer):
    """How sure answers are, and how right, before and after scaling."""

    temperature: float
    """What logits are divided by."""
    before: ReliabilityAnswer
    """Without scaling."""
    after: ReliabilityAnswer
    """With scaling."""


@dataclass(frozen=True)
class UnknownAnswer(Answer):
    """What the model refuses, of windows of known labels."""

    threshold: float | None
    """Score below which the answer is "unknown"; null without one, and where folds differ."""
    answered: float | None
    """Share that is answered, 0 to 1."""
    accuracy_of_answered: float | None
    """Share of the answered that is right, 0 to 1."""


@dataclass(frozen=True)
class HeldOutAnswer(Answer):
    """How well a score tells known windows from those of labels that were held out."""

    auroc: float
    """Area under the ROC curve: 1 always, 0.5 never."""
    fpr_at_95: float
    """Share of the unknown that passes where 95 % of the known do, 0 to 1."""
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
    """A simple method on the same split; figures are null where it could not be run."""

    name: str
    """The baseline."""
    note: str
    """What to know of it, or why it could not be run."""
    accuracy: float | None
    """Its accuracy of clips, 0 to 1."""
    macro_f1: float | None
    """Its macro F1 of clips, 0 to 1."""
    interval: Bounds | None
    """95 % interval of its accuracy."""
    difference: Bounds | None
    """95 % interval of how much the model's accuracy is above."""
    seconds: float | None
    """How long it took, in seconds."""


@dataclass(frozen=True)
class ConditionAnswer(Answer):
    """The figures under one disturbance; the first is undisturbed."""

    name: str
    """The disturbance."""
    count: int | None
    """How many were judged; null where it could not be tried."""
    accuracy: float | None
    """Share that was right, 0 to 1."""
    macro_f1: float | None
    """Macro F1, 0 to 1."""
    note: str
    """Why it could not be tried; else empty."""


@dataclass(frozen=True)
class SubgroupAnswer(Answer):
    """The figures of those of whom a table says the same."""

    column: str
    """The column of the table."""
    value: str
    """What it says; empty where it says nothing."""
    count: int
    """How many were judged."""
    accuracy: float | None
    """Share that was right, 0 to 1."""
    macro_f1: float | None
    """Macro F1, 0 to 1."""


@dataclass(frozen=True)
class LabelCountAnswer(Answer):
    """How much there is of a label."""

    label: str
    """The label; empty for windows without one."""
    windows: int
    """How many windows."""
    clips: int
    """Of how many clips."""
    groups: int
    """Of how many persons or scenes."""
    people: int
    """People, each counted once a clip."""
    seconds: float | None
    """Seconds that the windows span; null for whole clips."""
    known: float | None
    """Share of the values in them that is known, 0 to 1."""


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
    """Probability of that, 0 to 1."""
    person: int
    """Whose window spoke most for the answer."""
    start_s: float
    """When that window begins, in seconds."""
    skeleton: str
    """The skeleton of ``figures``."""
    figures: tuple[tuple[Place, ...], ...]
    """Eight instants of that window, each the places of all joints; empty without coordinates."""


@dataclass(frozen=True)
class LabelErrorAnswer(Answer):
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
class EventsAnswer(Answer):
    """Alarms against annotated events."""

    events: int
    """How many events there are."""
    found: int
    """How many were found."""
    recall: float | None
    """Share that was found, 0 to 1; null without events."""
    false_alarms: int
    """Alarms that belong to no event."""
    false_alarms_per_hour: float | None
    """The same in an hour of what was watched."""
    repeats: int
    """Further alarms for events that were found already."""
    hours: float
    """How long was watched, in hours."""
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
    """What a split at random would have told."""

    accuracy: float | None
    """Accuracy of clips, 0 to 1."""
    macro_f1: float | None
    """Macro F1 of clips, 0 to 1."""
    interval: Bounds
    """95 % interval of the accuracy."""
    gap: float | None
    """By how much it flatters the accuracy."""


@dataclass(frozen=True)
class ScoredAnswer(Answer):
    """Of how many clips the figures are."""

    clips: int
    """Clips that are judged."""
    of: int
    """Clips that would be if all could be."""
    unused: int
    """Clips of all the data that give nothing."""


@dataclass(frozen=True)
class TaskMetrics(Answer):
    """All figures of one task."""

    task: str
    """The task."""
    labels: tuple[str, ...]
    """Its labels, in the order of the confusion's rows."""
    background: str | None
    """The label of ordinary movement, where there is one."""
    windows: ClassificationAnswer
    """The figures of windows."""
    clips: ClassificationAnswer
    """The figures of clips."""
    calibration: CalibrationAnswer
    """How sure, and how right, of windows."""
    unknown: UnknownAnswer
    """What is refused."""
    baselines: tuple[BaselineAnswer, ...]
    """Simple methods on the same split; none on new data."""
    robustness: tuple[ConditionAnswer, ...]
    """The figures of clips under disturbances."""
    subgroups: tuple[SubgroupAnswer, ...]
    """For whom it works."""
    coverage: tuple[LabelCountAnswer, ...]
    """How much there is of each label."""
    hardest: tuple[HardClipAnswer, ...]
    """The clips that it is most wrong about."""
    label_errors: tuple[LabelErrorAnswer, ...]
    """Labels that are probably wrong."""
    held_out: tuple[HeldOutAnswer, ...]
    """What it makes of labels that were held out, where that was tried."""
    events: EventsAnswer | None
    """Alarms against annotated events, where there are any."""
    random: RandomSplitAnswer | None
    """What a split at random would have told, where that was asked for."""
    scored: ScoredAnswer | None
    """Of how many clips the figures are, where that is known."""


@dataclass(frozen=True)
class PartCount(Answer):
    """How much a part of a split holds."""

    windows: int
    """How many windows."""
    clips: int
    """Of how many clips."""
    groups: int
    """Of how many persons or scenes."""


@dataclass(frozen=True)
class SplitAnswer(Answer):
    """What was learned from and what was tested on."""

    by: str
    """How the clips were split."""
    parts: Mapping[str, PartCount]
    """How much each part holds."""
    notes: tuple[str, ...]
    """What had to be done otherwise than asked."""


@dataclass(frozen=True)
class EpochAnswer(Answer):
    """One pass over the examples."""

    number: int
    """Which, counted from 1."""
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
    """How long all of it took, in seconds."""


@dataclass(frozen=True)
class LearnedFromAnswer(Answer):
    """How much of the data the model learned from."""

    clips: int
    """Clips that it learned from."""
    of: int
    """Clips that there are."""
    left_out: bool
    """Whether they are left out of the figures."""


@dataclass(frozen=True)
class FeaturesOfModel(Answer):
    """What a model is shown."""

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
    """From one window to the next, in seconds."""
    fps: float
    """Rows a second."""


@dataclass(frozen=True)
class WholeClipClock(Answer):
    """A model of whole clips."""

    whole_clip: int
    """At how many instants it looks."""


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
    """What logits are divided by."""
    ood_threshold: float | None
    """Score below which the answer is "unknown"; null without one."""


@dataclass(frozen=True)
class ViewOfImage(Answer):
    """How much of an image a model is shown."""

    side_px: int
    """Side of the square that it is scaled to, in pixels."""
    margin: float
    """How many times as wide as the person's box is long the square is."""
    whose: Literal["person", "whole"]
    """Whether it shows one person or the whole image."""


@dataclass(frozen=True, kw_only=True)
class CardAnswer(Answer):
    """A model's card; what does not belong to its kind of input is left out."""

    version: int
    """Version of this layout."""
    name: str
    """The model's name."""
    architecture: str
    """Its architecture."""
    input: Literal["landmarks", "image", "clip"]
    """What it is given: landmarks over time, a single image, or a clip of images."""
    features: FeaturesOfModel | None = None
    """The features of landmarks that it is shown."""
    clock: WindowClock | WholeClipClock | None = None
    """The stretch of time that it looks at."""
    still: bool | None = None
    """Whether the landmarks are those of a single image."""
    view: ViewOfImage | None = None
    """How much of an image it is shown."""
    heads: tuple[HeadAnswer, ...]
    """The questions that it answers."""
    about: Mapping[str, object]
    """Anything else it should say of itself, such as its licence and what it learned from."""


@dataclass(frozen=True)
class MetricsAnswer(Answer):
    """What a model is worth on labelled data."""

    version: Literal[1]
    """Version of this layout."""
    model: CardAnswer
    """The model."""
    notes: tuple[str, ...]
    """What to know of the figures, in sentences."""
    warnings: tuple[str, ...]
    """Those of the notes that may make the figures wrong."""
    split: SplitAnswer | None
    """How the data was split; null for a model on new data."""
    training: HistoryAnswer | None
    """How training went; null where the model was only evaluated."""
    learned: LearnedFromAnswer | None
    """How much of the data the model learned from; null after training."""
    tasks: tuple[TaskMetrics, ...]
    """The figures of each task."""


@dataclass(frozen=True)
class ExportedAnswer(Answer):
    """An exported model, compared with what was trained on the same windows."""

    path: str
    """Name of the file in the folder of the run."""
    precision: Precision
    """The precision that was asked for."""
    scheme: Scheme
    """How the numbers are held."""
    size_bytes: int
    """Size of the file in bytes."""
    windows: int
    """On how many windows it was compared."""
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
    """All that decides a run, and where it was made."""

    settings: Mapping[str, object]
    """The settings of the run, by name."""
    training: Mapping[str, object]
    """The settings of the training, by name."""
    data: str
    """Name of the data."""
    form: str | None = None
    """In which form images were labelled."""
    data_sha256: str
    """SHA-256 hash of the data, in hexadecimal digits."""
    versions: Mapping[str, str]
    """Versions of the packages that did the work."""
    machine: MachineAnswer
    """Where it was made."""


@dataclass(frozen=True)
class TrainingMetrics(MetricsAnswer):
    """What metrics.json holds after training."""

    export: tuple[ExportedAnswer, ...]
    """The exported models."""
    run: RunAnswer
    """What the run was made from."""


@dataclass(frozen=True)
class TrainingAnswer(Answer):
    """What ``laban train`` came to."""

    folder: str
    """Folder of the run."""
    kept: bool
    """Whether an earlier run had done it."""
    metrics: TrainingMetrics
    """What metrics.json holds."""
