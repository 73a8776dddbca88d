"""All metrics of a model on one task."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from laban.core.answers import known
from laban.core.answers.metrics import (
    BaselineAnswer,
    Bounds,
    ConditionAnswer,
    LabelErrorAnswer,
    TaskMetrics,
    UnknownAnswer,
)
from laban.core.arrays import IntArray
from laban.core.checks import choose, in_range
from laban.errors import InvalidValueError
from laban.models.baselines import BASELINES, BaselineScores, run_baselines
from laban.models.card import Task
from laban.models.evaluation.bootstrap import difference, intervals
from laban.models.evaluation.calibration import calibration_answer
from laban.models.evaluation.class_counts import coverage
from laban.models.evaluation.clip_scores import ClipScores, clip_scores
from laban.models.evaluation.hardest import hardest_clips
from laban.models.evaluation.held_out import Fold, HeldOutScores, held_out_scores
from laban.models.evaluation.label_errors import find_label_errors
from laban.models.evaluation.metrics import Metrics, metrics_of
from laban.models.evaluation.robustness import DISTURBANCES
from laban.models.evaluation.subgroups import metrics_by_subgroup
from laban.models.examples import Examples
from laban.models.protocol import SequenceModel

_MOST = 4000
"""The largest number of windows that disturbances are applied to."""


@dataclass(frozen=True)
class EvaluationSettings:
    """Which baselines (names in ``BASELINES``) are trained for comparison, and which disturbances are applied; how
    many of the hardest clips are shown; resamples and seed of the bootstrap."""

    baselines: tuple[str, ...] = tuple(BASELINES)
    disturbances: tuple[str, ...] = tuple(DISTURBANCES)
    hardest: int = 12
    resamples: int = 2000
    seed: int = 0

    def __post_init__(self) -> None:
        in_range(self.hardest, name="hardest", low=0)
        in_range(self.resamples, name="resamples", low=10)


@dataclass(frozen=True, eq=False)
class EvaluatedTask:
    """The scores for one task, its metrics of windows and clips, and the answer."""

    said: HeldOutScores
    windows: Metrics
    clips: Metrics
    metrics: TaskMetrics


def evaluate_task(
    said: HeldOutScores, folds: Sequence[Fold], examples: Examples, settings: EvaluationSettings
) -> EvaluatedTask:
    """All metrics of one task but those that only the caller knows, see ``evaluate.Extras``."""
    task, labels = said.task, said.examples.labels_of(said.task.name)
    temperature = float(np.mean([fold.model.card.head(task.name).temperature for fold in folds]))
    scores = clip_scores(said.examples, said.probabilities, task=task)
    subgroups = [said.examples.clips[clip].subgroups for clip in scores.clip]
    windows_said = said.probabilities.argmax(axis=1)
    windows = metrics_of(task, labels, windows_said)
    clips = metrics_of(task, scores.label, scores.predicted)
    metrics = TaskMetrics(
        task=task.name,
        labels=task.labels,
        background=task.background,
        windows=windows.answer(_bounds(task, labels, windows_said, said.examples.groups, settings)),
        clips=clips.answer(_bounds(task, scores.label, scores.predicted, scores.groups, settings)),
        calibration=calibration_answer(said.raw, said.probabilities, labels, temperature=temperature),
        unknown=_unknown(said, labels, folds),
        baselines=_baselines(said, scores, folds, examples, settings),
        robustness=_robustness(said, folds, examples, settings),
        subgroups=tuple(
            one.answer() for one in metrics_by_subgroup(task, scores.label, scores.predicted, subgroups)
        ),
        coverage=coverage(examples, task=task),
        hardest=hardest_clips(said, scores, count=settings.hardest),
        label_errors=_label_errors(said, scores),
        held_out=(),
        events=None,
        random=None,
        scored=None,
    )
    return EvaluatedTask(said, windows, clips, metrics)


def _bounds(
    task: Task, truth: IntArray, predicted: IntArray, groups: Sequence[str], settings: EvaluationSettings
) -> dict[str, Bounds]:
    found = intervals(
        truth,
        predicted,
        groups,
        classes=len(task.labels),
        resamples=settings.resamples,
        seed=settings.seed,
    )
    return {name: one.bounds for name, one in found.items()}


def _unknown(said: HeldOutScores, labels: IntArray, folds: Sequence[Fold]) -> UnknownAnswer:
    thresholds = [fold.model.card.head(said.task.name).ood_threshold for fold in folds]
    answered = said.known[labels >= 0]
    right = (said.probabilities.argmax(axis=1) == labels)[labels >= 0]
    return UnknownAnswer(
        threshold=thresholds[0] if len(folds) == 1 else None,
        answered=known(answered.mean()),
        accuracy_of_answered=float(right[answered].mean()) if answered.any() else None,
    )


def _baselines(
    said: HeldOutScores,
    scores: ClipScores,
    folds: Sequence[Fold],
    examples: Examples,
    settings: EvaluationSettings,
) -> tuple[BaselineAnswer, ...]:
    labels, task = examples.labels_of(said.task.name), said.task
    if not all((labels[fold.train] >= 0).any() for fold in folds):
        return ()
    by_fold = [
        run_baselines(
            examples.values[fold.train],
            labels[fold.train],
            examples.values[fold.test],
            classes=len(task.labels),
            names=settings.baselines,
        )
        for fold in folds
    ]
    return tuple(_baseline(runs, said, scores, settings) for runs in zip(*by_fold, strict=True))


def _baseline(
    runs: Sequence[BaselineScores], said: HeldOutScores, model: ClipScores, settings: EvaluationSettings
) -> BaselineAnswer:
    """One baseline in all folds; its metrics are None unless it ran in each."""
    bare = BaselineAnswer(runs[0].name, runs[0].note, None, None, None, None, None)
    parts = [run.scores for run in runs if run.scores is not None]
    if len(parts) < len(runs):
        return bare
    classes = len(said.task.labels)
    other = clip_scores(said.examples, np.concatenate(parts), task=said.task)
    reached = metrics_of(said.task, other.label, other.predicted)
    resamples, seed = settings.resamples, settings.seed
    held = intervals(
        other.label, other.predicted, other.groups, classes=classes, resamples=resamples, seed=seed
    )
    gained = difference(
        other.label,
        model.predicted,
        other.predicted,
        other.groups,
        classes=classes,
        resamples=resamples,
        seed=seed,
    )
    return replace(
        bare,
        accuracy=known(reached["accuracy"]),
        macro_f1=known(reached["macro_f1"]),
        interval=held["accuracy"].bounds,
        difference=gained.bounds,
        seconds=sum(run.seconds for run in runs),
    )


def _robustness(
    said: HeldOutScores, folds: Sequence[Fold], examples: Examples, settings: EvaluationSettings
) -> tuple[ConditionAnswer, ...]:
    """The metrics of clips, undisturbed and with each disturbance; on so many clips that it takes about a
    minute."""
    models = [fold.model for fold in folds]
    tests = [_some_clips(examples.take(fold.test), _MOST // len(folds)) for fold in folds]
    return tuple(_disturbed(name, said.task, models, tests) for name in ("", *settings.disturbances))


def _disturbed(
    name: str, task: Task, models: Sequence[SequenceModel], tests: Sequence[Examples]
) -> ConditionAnswer:
    disturb = choose(name, DISTURBANCES, what="disturbance") if name else _undisturbed
    try:
        shown = held_out_scores(models, [disturb(test) for test in tests])
    except InvalidValueError as error:
        return ConditionAnswer(name, None, None, None, str(error))
    one = next(one for one in shown if one.task == task)
    scores = clip_scores(one.examples, one.probabilities, task=one.task)
    reached = metrics_of(one.task, scores.label, scores.predicted)
    return ConditionAnswer(
        name=name or "undisturbed",
        count=reached.count,
        accuracy=known(reached["accuracy"]),
        macro_f1=known(reached["macro_f1"]),
        note="",
    )


def _undisturbed(examples: Examples) -> Examples:
    return examples


def _some_clips(examples: Examples, most: int) -> Examples:
    if len(examples) <= most:
        return examples
    clips = np.random.default_rng(0).permutation(np.unique(examples.clip))
    counts = np.bincount(examples.clip, minlength=len(examples.clips))[clips]
    return examples.take(np.isin(examples.clip, clips[: max(1, int((counts.cumsum() <= most).sum()))]))


def _label_errors(said: HeldOutScores, scores: ClipScores) -> tuple[LabelErrorAnswer, ...]:
    names = said.task.labels
    return tuple(
        LabelErrorAnswer(
            clip=said.examples.clips[scores.clip[one.index]].name,
            label=names[one.given],
            likely=names[one.likely],
            margin=one.margin,
        )
        for one in find_label_errors(scores.probabilities, scores.label)
    )
