"""What each recogniser and both together are worth on the same clips."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from laban.core.answers import known
from laban.core.answers.fusion_metrics import InputFigures, Inputs
from laban.core.arrays import Float64Array, IntArray
from laban.models.card import Task
from laban.models.evaluation.image_metrics import ImageEvaluation, evaluate_whole_clips
from laban.models.evaluation.ranking import auroc_of, recall_at
from laban.models.examples import Clip
from laban.models.fusion import Fusion, answered_rows, fit_fusion
from laban.pipeline.training.held_out import FoldAnswers

_TWO = 2
_ALONE: tuple[Inputs, Inputs] = ("pose", "video")
_SILENT = float(np.log(1e-6))


@dataclass(frozen=True, eq=False)
class Told:
    """The log-probabilities (M, K) of the tested clips ``clip`` (M,), by what they are from, NaN for no answer; and
    the fusion of each fold, which was chosen on its validation part."""

    clip: IntArray
    of: Mapping[Inputs, Float64Array]
    fusions: tuple[Fusion, ...]

    @property
    def without_people(self) -> IntArray:
        """The clips in which nobody was found."""
        return np.asarray(self.clip[~answered_rows(self.of["pose"])])


def told_of(pose: Sequence[FoldAnswers], video: Sequence[FoldAnswers], labels: IntArray) -> Told:
    """The answers for every test from those of both recognisers, fold by fold; ``labels`` (N,) are of all clips."""
    fusions = tuple(_chosen(one, other, labels) for one, other in zip(pose, video, strict=True))
    rows: dict[Inputs, list[Float64Array]] = {"pose": [], "video": [], "both": []}
    for fusion, one, other in zip(fusions, pose, video, strict=True):
        given = one.test.at(other.test.clip), np.asarray(other.test.logits, dtype=np.float64)
        for name, told in zip(_ALONE, fusion.alone(*given), strict=True):
            rows[name].append(told)
        rows["both"].append(fusion.fused(*given))
    clip = np.concatenate([fold.test.clip for fold in video])
    return Told(
        clip, MappingProxyType({name: np.concatenate(parts) for name, parts in rows.items()}), fusions
    )


def evaluated(
    told: Float64Array, clip: IntArray, labels: IntArray, clips: Sequence[Clip], task: Task
) -> ImageEvaluation:
    """The metrics of log-probabilities (M, K) of the clips at the positions ``clip`` (M,)."""
    return evaluate_whole_clips(task, labels[clip], told, [clips[at] for at in clip])


def input_figures(
    told: Told, labels: IntArray, clips: Sequence[Clip], task: Task
) -> tuple[InputFigures, ...]:
    """Each recogniser alone, and both together.

    A recogniser from poses that finds nobody says that nothing happens, where the task has a background; else it
    has no answer, which is wrong.
    """
    return tuple(_figures(name, rows, told.clip, labels, clips, task) for name, rows in told.of.items())


def event_of(task: Task) -> str | None:
    """The class that two-class figures are of: the one that is not the background, else the second."""
    if len(task.labels) != _TWO:
        return None
    return next(label for label in reversed(task.labels) if label != task.background)


def _chosen(pose: FoldAnswers, video: FoldAnswers, labels: IntArray) -> Fusion:
    held = video.validation
    return fit_fusion(pose.validation.at(held.clip), held.logits, labels[held.clip])


def _figures(
    name: Inputs, rows: Float64Array, clip: IntArray, labels: IntArray, clips: Sequence[Clip], task: Task
) -> InputFigures:
    found = evaluated(_with_silence(rows, task), clip, labels, clips, task).images
    auroc, recall = _ranked(_with_silence(rows, task), labels[clip], task)
    return InputFigures(
        inputs=name,
        answered=int(answered_rows(rows).sum()),
        accuracy=found.accuracy,
        interval=found.intervals["accuracy"],
        macro_f1=found.macro_f1,
        auroc=known(auroc),
        recall_at_5=known(recall),
    )


def _with_silence(rows: Float64Array, task: Task) -> Float64Array:
    """The rows with the background where there is no answer; unchanged without a background."""
    if task.background is None:
        return rows
    silent = np.where(np.arange(len(task.labels)) == task.index(task.background), 0.0, _SILENT)
    return np.where(answered_rows(rows)[:, None], rows, silent)


def _ranked(rows: Float64Array, labels: IntArray, task: Task) -> tuple[float, float]:
    """AUROC and recall at 5 % false alarms of the event; no answer is even odds."""
    event = event_of(task)
    if event is None:
        return float("nan"), float("nan")
    place = task.index(event)
    odds = np.nan_to_num(rows[:, place] - rows[:, 1 - place], nan=0.0)
    return auroc_of(odds, labels == place), recall_at(odds, labels == place)
