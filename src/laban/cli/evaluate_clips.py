"""``laban evaluate`` with a recogniser from pixels: its metrics on labelled clips that are new to it."""

import os
from pathlib import Path

import typer
from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from laban.cli.dataset_options import LearningClipOptions, opened
from laban.cli.metrics_tables import classes_table, share, shortened
from laban.cli.output import DONE, PARTLY, progress_bar, report, say, warn
from laban.cli.pixel_options import refuse_pose_options
from laban.core.answers.clip_metrics import ClipEvaluation
from laban.models.deploy.zoo import model_path
from laban.pipeline.action.training.evaluation import write_evaluation
from laban.pipeline.video.evaluation import evaluate_clips, frame_pool
from laban.pipeline.video.prediction import ClipRecogniser
from laban.pipeline.video.training.sight import features_cache
from laban.render.report.clips import evaluated_words


def evaluate_with_clips(
    recogniser: ClipRecogniser,
    model: str,
    data: Path,
    *,
    options: LearningClipOptions,
    output: Path | None,
    task: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Prints the metrics and writes them into the folder ``output``; clips that cannot be read are named."""
    refuse_pose_options(options, "pose_model", "detector", "people", model=recogniser.name)
    dataset = opened(data, options, fps=options.read_fps)
    for one in dataset.skipped:
        say(f"laban: left out {one.name}: {one.reason}", quiet=quiet)
    with progress_bar(f"looking at {len(dataset.items)} clips", quiet=quiet) as advance:
        found = evaluate_clips(
            recogniser,
            dataset,
            reader=frame_pool(model_path(model)),
            cache=options.cache or features_cache(),
            workers=options.workers or os.cpu_count() or 1,
            task=task,
            progress=advance,
        )
    for one in found.failed:
        warn(f"{one.name}: {one.reason}" if one.name not in one.reason else one.reason, quiet=quiet)
    metrics = found.metrics
    made = write_evaluation(output, metrics) if output else ()
    report(metrics, _table(metrics), as_json=as_json)
    if not as_json:
        for path in made:
            report(None, str(path), as_json=False)
    raise typer.Exit(PARTLY if found.failed else DONE)


def _table(metrics: ClipEvaluation) -> Group:
    figures = metrics.clips
    head = (
        f"{metrics.task}: accuracy {share(figures.accuracy)}, macro F1 {share(figures.macro_f1)} on "
        f"{figures.count} {evaluated_words(metrics)}"
    )
    notes = [Text(note, style="yellow") for note in shortened(metrics.notes, where="in the report")]
    return Group(
        Text(head, style="bold"), Padding(classes_table(figures, of="clips"), (1, 0, 0, 2)), Text(""), *notes
    )
