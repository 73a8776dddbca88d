"""A finished model judged on data it was not made from."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from laban.models.judged_task import JudgeSettings
from laban.models.judging import Extras, Judgement, judge
from laban.models.protocol import SequenceModel
from laban.pipeline.dataset import Dataset, ExampleSettings, Recordings, Skipped, examples_of
from laban.pipeline.learning.watched import events_of
from laban.render.files import written


def evaluate(
    model: SequenceModel, dataset: Dataset, recordings: Recordings, *, people: ExampleSettings | None = None
) -> tuple[Judgement, tuple[Skipped, ...]]:
    """The figures of ``model`` on all of ``dataset``, and what gave nothing to judge.

    Raises InvalidValueError where the data cannot serve the model, or has none of its labels.
    """
    card = model.card
    gathered = examples_of(dataset, recordings, spec=card.spec, clock=card.clock, settings=people)
    left_out = (*dataset.skipped, *recordings.failed, *gathered.left_out)
    indices = sorted(set(gathered.examples.clip.tolist()))
    notes = tuple(f"{one.name} was left out: {one.reason}" for one in left_out)
    extras = Extras(events=events_of([(model, indices)], recordings), notes=(*recordings.notes, *notes))
    return judge(model, gathered.examples, extras=extras, settings=JudgeSettings()), left_out


def write_evaluation(folder: Path, metrics: Mapping[str, Any]) -> tuple[Path, Path]:
    """Writes the figures as metrics.json and as report.html into ``folder``."""
    from laban.render.report import write_report

    as_json, page = folder / "metrics.json", folder / "report.html"
    with written(as_json) as temporary:
        temporary.write_text(json.dumps(metrics, indent=1), encoding="utf-8")
    write_report(page, dict(metrics))
    return as_json, page
