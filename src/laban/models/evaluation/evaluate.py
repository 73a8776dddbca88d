"""All metrics of a model: one function computes what metrics.json and the report hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from laban.core.answers import known as finite
from laban.core.answers.metrics import (
    HeldOutAnswer,
    HistoryAnswer,
    LearnedFromAnswer,
    MetricsAnswer,
    RandomSplitAnswer,
    ScoredAnswer,
    SplitAnswer,
    TaskMetrics,
)
from laban.errors import InvalidValueError
from laban.models.evaluation.event_metrics import EventMetrics
from laban.models.evaluation.held_out import Fold, held_out_scores, understood
from laban.models.evaluation.metrics import Metrics
from laban.models.evaluation.task_metrics import EvaluationSettings, evaluate_task
from laban.models.examples import Examples
from laban.models.protocol import SequenceModel
from laban.models.training.split import Split, counted


@dataclass(frozen=True)
class Extras:
    """What only the caller knows: how ``training`` went; for tasks by name the metrics of ``events`` and of
    ``unknown`` examples, of classes that were held out; the ``random`` evaluation of the same recipe on a split by
    clip; ``notes``; ``warnings``, which are notes too; the number of clips that each task is ``scored`` on; and
    how many the model ``learned`` from."""

    training: HistoryAnswer | None = None
    events: Mapping[str, EventMetrics] = field(default_factory=dict)
    unknown: Mapping[str, Sequence[HeldOutAnswer]] = field(default_factory=dict)
    random: "Evaluation | None" = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    scored: Mapping[str, ScoredAnswer] = field(default_factory=dict)
    learned: LearnedFromAnswer | None = None


@dataclass(frozen=True, eq=False)
class Evaluation:
    """The metrics of a model, of ``windows`` and ``clips`` by task; ``metrics`` is the whole answer."""

    windows: Mapping[str, Metrics]
    clips: Mapping[str, Metrics]
    metrics: MetricsAnswer


def evaluate_model(
    model: SequenceModel,
    examples: Examples,
    *,
    split: Split | None = None,
    extras: Extras | None = None,
    settings: EvaluationSettings | None = None,
) -> Evaluation:
    """Evaluates ``model`` on the test part of ``split``, or, if that is None, on all of ``examples`` as new data.

    Baselines learn from the training part, so there are none without a split. Raises InvalidValueError where
    the examples do not fit the model (other features, clock or labels), or none has a label.
    """
    return evaluate_folds([(model, split)], examples, extras=extras, settings=settings)


def evaluate_folds(
    folds: Sequence[tuple[SequenceModel, Split | None]],
    examples: Examples,
    *,
    extras: Extras | None = None,
    settings: EvaluationSettings | None = None,
) -> Evaluation:
    """Evaluates one recipe by cross-validation: each fold's test part is predicted by the model of that fold."""
    if not folds:
        raise InvalidValueError("evaluation needs at least one model, got none")
    extras, settings = extras or Extras(), settings or EvaluationSettings()
    known, notes = understood(folds[0][0], examples)
    parts = [Fold.of(model, known, split) for model, split in folds]
    tests = [known.take(part.test) for part in parts]
    found = [
        evaluate_task(scores, parts, known, settings)
        for scores in held_out_scores([part.model for part in parts], tests)
    ]
    if not found:
        raise InvalidValueError("none of the examples to evaluate on has a label")
    windows = {one.said.task.name: one.windows for one in found}
    clips = {one.said.task.name: one.clips for one in found}
    metrics = MetricsAnswer(
        version=1,
        model=folds[0][0].card.answer(),
        notes=(*notes, *extras.warnings, *extras.notes),
        warnings=extras.warnings,
        split=_split([split for _, split in folds if split is not None], known),
        training=extras.training,
        learned=extras.learned,
        tasks=tuple(_with_extras(one.metrics, extras, clips) for one in found),
    )
    return Evaluation(windows, clips, metrics)


def _with_extras(metrics: TaskMetrics, extras: Extras, clips: Mapping[str, Metrics]) -> TaskMetrics:
    task = metrics.task
    events = extras.events.get(task)
    return replace(
        metrics,
        held_out=tuple(extras.unknown.get(task, ())),
        events=None if events is None else events.answer(),
        random=_random(extras.random, task, clips[task]),
        scored=extras.scored.get(task),
    )


def _random(other: Evaluation | None, task: str, clips: Metrics) -> RandomSplitAnswer | None:
    if other is None or task not in other.clips:
        return None
    held = next(one for one in other.metrics.tasks if one.task == task).clips
    return RandomSplitAnswer(
        accuracy=held.accuracy,
        macro_f1=held.macro_f1,
        interval=held.intervals["accuracy"],
        gap=finite(other.clips[task]["accuracy"] - clips["accuracy"]),
    )


def _split(splits: Sequence[Split], examples: Examples) -> SplitAnswer | None:
    """The split, or what all folds have in common: everything is tested once."""
    if not splits:
        return None
    if len(splits) == 1:
        return splits[0].answer(examples)
    notes = dict.fromkeys(note for split in splits for note in split.notes)
    tested = np.concatenate([split.test for split in splits])
    by = f"{splits[0].by.split(',')[0]}, {len(splits)} folds"
    return SplitAnswer(by=by, parts={"test": counted(examples, tested)}, notes=tuple(notes))
