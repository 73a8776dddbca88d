"""Evaluates a finished model on data that it was not trained on."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from laban.core.answers.clip_metrics import ClipEvaluation
from laban.core.answers.metrics import MetricsAnswer, ScoredAnswer
from laban.models.card import ModelCard
from laban.models.evaluation.evaluate import Evaluation, Extras, evaluate_model
from laban.models.evaluation.task_metrics import EvaluationSettings
from laban.models.examples import Examples
from laban.models.protocol import SequenceModel
from laban.pipeline.action.training.fingerprints import fingerprints
from laban.pipeline.action.training.matching import for_model
from laban.pipeline.action.training.watched import events_of
from laban.pipeline.dataset import Dataset, ExampleSettings, Recordings, Skipped, examples_of
from laban.pipeline.dataset.used import scored, shrunk, used_clips
from laban.pipeline.recording.executor import Executor
from laban.pipeline.training.learned_from import LearnedFrom, learned_from
from laban.pipeline.training.listening import METRICS, REPORT
from laban.render.files import write_json
from laban.tasks.action.frame_rates import slow_clips_warnings


def evaluate(
    model: SequenceModel,
    dataset: Dataset,
    recordings: Recordings,
    *,
    people: ExampleSettings | None = None,
    task: str | None = None,
    executor: Executor | None = None,
) -> tuple[Evaluation, tuple[Skipped, ...]]:
    """The metrics of ``model`` on the clips of ``dataset`` that it did not learn from, and the clips that were left
    out. Where it learned from all of them the metrics are of these, and a note says so.

    Data of one task is matched to the model's only task, or to the one called ``task``, whatever its name.
    ``executor`` runs one task per clip, by default one after the other; the metrics do not depend on it. Raises
    InvalidValueError where the data cannot serve the model, or has none of its labels.
    """
    card = model.card
    dataset, of_labels = for_model(dataset, card, task=task)
    recordings = replace(recordings, dataset=dataset)
    gathered = examples_of(
        dataset, recordings, spec=card.spec, clock=card.clock, settings=people, executor=executor
    )
    left_out = (*dataset.skipped, *recordings.failed, *gathered.left_out)
    examples, learned = _new_to(card, gathered.examples, recordings)
    counts = used_clips(dataset, gathered.examples)
    notes = (
        *learned.notes,
        *of_labels,
        *(one.sentence for one in shrunk(counts)),
        *recordings.notes,
        *(f"{one.name} was left out: {one.reason}" for one in left_out),
    )
    extras = Extras(
        events=events_of([(model, np.unique(examples.clip).tolist())], recordings, executor=executor),
        notes=notes,
        warnings=slow_clips_warnings(card, gathered.clips_fps),
        scored=_scored(dataset, examples, learned.clips),
        learned=learned.answer(),
    )
    return evaluate_model(model, examples, extras=extras, settings=EvaluationSettings()), left_out


def write_evaluation(folder: Path, metrics: MetricsAnswer | ClipEvaluation) -> tuple[Path, Path]:
    """Writes the metrics as metrics.json and report.html into ``folder``."""
    from laban.render.report import write_report

    return write_json(folder / METRICS, metrics), write_report(folder / REPORT, metrics)


def _new_to(card: ModelCard, examples: Examples, recordings: Recordings) -> tuple[Examples, LearnedFrom]:
    """The examples of clips that the model did not learn from, or of all where it did from all."""
    clips = np.unique(examples.clip).tolist()
    learned = learned_from(
        card,
        {clip: fingerprints(recordings, clip) for clip in clips},
        names={clip: examples.clips[clip].name for clip in clips},
    )
    if not learned.left_out:
        return examples, learned
    return examples.take(~np.isin(examples.clip, learned.left_out)), learned


def _scored(dataset: Dataset, examples: Examples, learned: Sequence[int]) -> dict[str, ScoredAnswer]:
    """The counts of scored clips, without those that were learned from, unless they are all."""
    tested = set(np.unique(examples.clip).tolist())
    out = set(learned) - tested
    items = tuple(replace(item, labels={}) if at in out else item for at, item in enumerate(dataset.items))
    return scored(replace(dataset, items=items), examples, [None])
