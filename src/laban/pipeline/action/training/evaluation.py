"""A finished model judged on data it was not made from."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from laban.core.answers.metrics import LearnedFromAnswer, MetricsAnswer, ScoredAnswer
from laban.models.card import ModelCard
from laban.models.evaluation.evaluate import Evaluation, Extras, evaluate_model
from laban.models.evaluation.task_metrics import EvaluationSettings
from laban.models.examples import Examples
from laban.models.protocol import SequenceModel
from laban.pipeline.action.training.fingerprints import LEARNED_FROM, fingerprints
from laban.pipeline.action.training.matching import for_model
from laban.pipeline.action.training.watched import events_of
from laban.pipeline.dataset import Dataset, ExampleSettings, Recordings, Skipped, examples_of
from laban.pipeline.dataset.used import scored, shrunk, used_clips
from laban.pipeline.recording.executor import Executor
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
    """The figures of ``model`` on those clips of ``dataset`` that it did not learn from, and what gave nothing to
    judge. Where it learned from all of them the figures are of these, and say so.

    Data of one task is judged by the model's only task, or by the one called ``task``, whatever its name.
    ``executor`` runs one task per clip, by default one after the other; the figures do not depend on it. Raises
    InvalidValueError where the data cannot serve the model, or has none of its labels.
    """
    card = model.card
    dataset, of_labels = for_model(dataset, card, task=task)
    recordings = replace(recordings, dataset=dataset)
    gathered = examples_of(
        dataset, recordings, spec=card.spec, clock=card.clock, settings=people, executor=executor
    )
    left_out = (*dataset.skipped, *recordings.failed, *gathered.left_out)
    examples, learned, of_learned = _new_to(card, gathered.examples, recordings)
    counts = used_clips(dataset, gathered.examples)
    notes = (
        *of_learned,
        *of_labels,
        *(one.sentence for one in shrunk(counts)),
        *recordings.notes,
        *(f"{one.name} was left out: {one.reason}" for one in left_out),
    )
    extras = Extras(
        events=events_of([(model, np.unique(examples.clip).tolist())], recordings, executor=executor),
        notes=notes,
        warnings=slow_clips_warnings(card, gathered.clips_fps),
        scored=_scored(dataset, examples, learned),
        learned=LearnedFromAnswer(
            clips=len(learned),
            of=len(np.unique(gathered.examples.clip)),
            left_out=len(examples) < len(gathered.examples),
        ),
    )
    return evaluate_model(model, examples, extras=extras, settings=EvaluationSettings()), left_out


def write_evaluation(folder: Path, metrics: MetricsAnswer) -> tuple[Path, Path]:
    """Writes the figures as metrics.json and as report.html into ``folder``."""
    from laban.render.report import write_report

    return write_json(folder / METRICS, metrics), write_report(folder / REPORT, metrics)


def _new_to(
    card: ModelCard, examples: Examples, recordings: Recordings
) -> tuple[Examples, list[int], tuple[str, ...]]:
    """The examples of clips that the model did not learn from, those that it did, and what to say of them."""
    known = frozenset(str(card.about.get(LEARNED_FROM, "")).split())
    clips = np.unique(examples.clip).tolist()
    if not known:
        words = (
            f"{card.name} does not say which clips it learned from: whether any of these were is not known."
        )
        return examples, [], (words,)
    learned = [clip for clip in clips if fingerprints(recordings, clip) & known]
    if not learned:
        return examples, [], ()
    if len(learned) == len(clips):
        words = f"The model learned from all of these {len(clips)} clips: the figures say nothing of others."
        return examples, learned, (words,)
    words = (
        f"The model learned from {len(learned)} of these {len(clips)} clips, {examples.clips[learned[0]].name} for "
        "one: they are left out of the figures."
    )
    return examples.take(~np.isin(examples.clip, learned)), learned, (words,)


def _scored(dataset: Dataset, examples: Examples, learned: Sequence[int]) -> dict[str, ScoredAnswer]:
    """Clips that were learned from are no part of what should be judged, unless they are all there is."""
    tested = set(np.unique(examples.clip).tolist())
    out = set(learned) - tested
    items = tuple(replace(item, labels={}) if at in out else item for at, item in enumerate(dataset.items))
    return scored(replace(dataset, items=items), examples, [None])
