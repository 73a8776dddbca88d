"""``laban train --inputs pose,video``: a recogniser from poses and one from pixels that answer as one."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import typer
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from laban.cli.asset_fetching import fetch_asset
from laban.cli.dataset_options import LearningClipOptions
from laban.cli.dataset_poses import poses_of_dataset
from laban.cli.metrics_tables import (
    classes_table,
    empty_table,
    held_out_words,
    interval_words,
    share,
    shortened,
)
from laban.cli.output import DONE, PARTLY, warn
from laban.cli.progress import report_learned, stage_bars
from laban.core.answers.fusion_metrics import FusionMetrics, InputFigures
from laban.pipeline.dataset import Dataset
from laban.pipeline.fusion.run import check_one_task, learn_both
from laban.pipeline.fusion.settings import FusionSettings
from laban.pipeline.video.training.clips import labelled_clips
from laban.pipeline.video.training.settings import DEFAULT_BACKBONE
from laban.pipeline.video.training.sight import FEATURES, Sight, sight_of
from laban.render.report.fusion import INPUT_WORDS


def train_both(
    dataset: Dataset,
    folder: Path,
    options: LearningClipOptions,
    settings: FusionSettings,
    *,
    as_json: bool,
    quiet: bool,
) -> NoReturn:
    """Trains both on the clips of ``dataset``, and reports each alone and both."""
    check_one_task(dataset)
    labelled_clips(dataset)  # data that cannot be learned from is refused before any work is done
    sight = _sight(options, settings, quiet=quiet)
    recordings = poses_of_dataset(dataset, options, model=options.pose_model, quiet=quiet)
    with stage_bars(unit="/s", barred=("looking", "training"), quiet=quiet) as listener:
        learned = learn_both(dataset, recordings, folder, settings, sight=sight, listener=listener)
    metrics = learned.metrics
    for note in shortened(metrics.notes, where="in metrics.json"):
        warn(note, quiet=quiet)
    report_learned(learned, _tables(metrics), as_json=as_json)
    partly = recordings.failed or any("was left out" in note for note in metrics.notes)
    raise typer.Exit(PARTLY if partly else DONE)


def _sight(options: LearningClipOptions, settings: FusionSettings, *, quiet: bool) -> Sight:
    weights = None if settings.video.begins_with_nothing else fetch_asset(DEFAULT_BACKBONE, quiet=quiet)
    workers = options.workers or os.cpu_count() or 1
    cache = None if options.cache is None else options.cache / FEATURES
    return sight_of(settings.video, weights=weights, workers=workers, cache=cache)


def _tables(metrics: FusionMetrics) -> Group:
    head = f"{metrics.task}: {metrics.clips.count} clips, held out by {held_out_words(metrics.split)}"
    compared = Padding(_compared(metrics.inputs, metrics.event), (0, 0, 1, 2))
    parts: list[RenderableType] = [Text(head, style="bold"), compared]
    if metrics.random:
        parts.append(Text("on a random split, which flatters", style="dim"))
        parts.append(Padding(_compared(metrics.random, metrics.event), (0, 0, 1, 2)))
    weights = ", ".join(f"{INPUT_WORDS[one.inputs]} {one.weight:.2f}" for one in metrics.parts)
    parts += [Text(f"weights: {weights}"), Padding(classes_table(metrics.clips, of="clips"), (1, 0, 1, 2))]
    return Group(*parts, *(Text(note, style="yellow") for note in metrics.split.notes))


def _compared(rows: Sequence[InputFigures], event: str | None) -> Table:
    more = () if event is None else (f"AUROC of {event}", "found at 5 % false alarms")
    table = empty_table("", "accuracy", "95 %", "macro F1", *more)
    for one in rows:
        cells = [share(one.accuracy), interval_words(one.interval), share(one.macro_f1)]
        if event is not None:
            cells += [share(one.auroc), share(one.recall_at_5)]
        table.add_row(INPUT_WORDS[one.inputs], *cells)
    return table
