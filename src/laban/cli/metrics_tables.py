"""A model's metrics as tables for people."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from laban.core.answers.clip_metrics import ClipSplitAnswer
from laban.core.answers.image_metrics import ExportedClassifierAnswer
from laban.core.answers.metrics import (
    Bounds,
    ClassificationAnswer,
    ExportedAnswer,
    MetricsAnswer,
    TaskMetrics,
    TrainingMetrics,
)
from laban.render.report import protocol_words, scored_words

_MOST_NOTES = 10


def metrics_table(metrics: MetricsAnswer) -> Group:
    """The clip metrics of each task: the model, the baselines to beat, then each class."""
    parts: list[RenderableType] = []
    for task in metrics.tasks:
        parts += [
            Text(
                f"{task.task}: {scored_words(task)}, {protocol_words(metrics.split, metrics.learned)}",
                style="bold",
            ),
            Padding(_against(task), (0, 0, 1, 2)),
        ]
        parts.append(Padding(classes_table(task.clips, of="clips"), (0, 0, 1, 2)))
        parts += [Padding(Text(line, style="dim"), (0, 0, 0, 2)) for line in _more(task)]
    notes = [*(metrics.split.notes if metrics.split else ()), *metrics.notes]
    parts += [Text(note, style="yellow") for note in shortened(notes, where="in the report")]
    return Group(*parts)


def shortened(notes: Sequence[str], *, where: str) -> list[str]:
    """The first ten of the notes, and how many more there are ``where``."""
    more = len(notes) - _MOST_NOTES
    return [*notes[:_MOST_NOTES], *([f"and {more} more notes, {where}"] if more > 0 else [])]


def held_out_words(split: ClipSplitAnswer) -> str:
    """What clips were held out by, and in how many folds."""
    return f"{split.by}, {split.folds} folds" if split.folds > 1 else split.by


def export_words(metrics: TrainingMetrics, folder: Path) -> str:
    """How the exported models compare with the trained one."""
    lines = []
    for one in metrics.export:
        changes = [change for change in one.accuracy_change if change is not None]
        cost = f", accuracy {min(changes):+.1%}" if changes else ""
        lines.append(
            f"{folder / one.path}: {one.scheme}, {one.size_bytes / 1e6:.2f} MB, within "
            f"{one.max_difference:.0e} of PyTorch on {one.windows} windows{cost}"
        )
    return "\n".join(lines)


def _against(task: TaskMetrics) -> Table:
    table = empty_table("", "accuracy", "95 %", "macro F1")
    clips = task.clips
    interval = clips.intervals.get("accuracy")
    table.add_row(
        Text("this model", style="bold"),
        share(clips.accuracy),
        interval_words(interval),
        share(clips.macro_f1),
    )
    for one in task.baselines:
        rows = [share(one.accuracy), interval_words(one.interval), share(one.macro_f1)]
        table.add_row(Text(one.name), *(rows if one.accuracy is not None else ["–", one.note, ""]))
    random = task.random
    if random:
        gap = "" if random.gap is None else f"gap {random.gap:+.1%}: "
        words = f"{gap}the same people or scenes on both sides"
        table.add_row(
            Text("split at random", style="dim"),
            share(random.accuracy),
            words,
            share(random.macro_f1),
        )
    return table


def classes_table(metrics: ClassificationAnswer, *, of: str) -> Table:
    """The metrics of each class; ``of`` is what was counted."""
    table = empty_table("class", "precision", "recall", "F1", of)
    for one in metrics.classes:
        cells = [share(value) for value in (one.precision, one.recall, one.f1)]
        table.add_row(Text(one.label), *cells, str(one.support))
    return table


def exports_table(
    made: Iterable[tuple[ExportedAnswer | ExportedClassifierAnswer, float | None]],
) -> Table:
    """The exported files, each with its change of accuracy."""
    table = empty_table("file", "size", "equal answers", "accuracy", "one core")
    for one, change in made:
        latency = "–" if one.latency_ms is None else f"{one.latency_ms:.1f} ms"
        words = "–" if change is None else f"{change:+.1%}"
        table.add_row(one.path, f"{one.size_bytes / 1e6:.2f} MB", share(one.agreement), words, latency)
    return table


def _more(task: TaskMetrics) -> list[str]:
    rows = []
    calibration = task.calibration
    before, after = calibration.before.ece, calibration.after.ece
    if before is not None and after is not None:
        rows.append(
            f"calibration error {before:.3f}, {after:.3f} after scaling by {calibration.temperature:.2f}"
        )
    events = task.events
    if events:
        delay = events.delay_median_s
        rows.append(
            f"{events.found} of {events.events} events found, {events.false_alarms} false alarms in "
            f"{events.hours * 60:.1f} min" + (f", {delay:.1f} s after the onset" if delay is not None else "")
        )
    return rows


def share(value: float | None) -> str:
    """A share from 0 to 1, a dash where it is not known."""
    return "–" if value is None else f"{value:.3f}"


def interval_words(interval: Bounds | None) -> str:
    """Both ends of an interval; empty where they are not known."""
    low, high = interval or (None, None)
    return "" if low is None or high is None else f"{low:.2f}–{high:.2f}"


def empty_table(*headings: str) -> Table:
    """A table without rows or lines."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table
