"""A model's metrics as tables for people."""

from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from laban.core.answers.metrics import Bounds, MetricsAnswer, TaskMetrics, TrainingMetrics
from laban.render.report import protocol_words, scored_words


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
        parts.append(Padding(_classes(task), (0, 0, 1, 2)))
        parts += [Padding(Text(line, style="dim"), (0, 0, 0, 2)) for line in _more(task)]
    notes = [*(metrics.split.notes if metrics.split else ()), *metrics.notes]
    parts += [Text(note, style="yellow") for note in notes[:10]]
    if len(notes) > 10:
        parts.append(Text(f"and {len(notes) - 10} more notes, in the report", style="yellow"))
    return Group(*parts)


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
    table = _empty("", "accuracy", "95 %", "macro F1")
    clips = task.clips
    interval = clips.intervals.get("accuracy")
    table.add_row(
        Text("this model", style="bold"),
        _share(clips.accuracy),
        _range(interval),
        _share(clips.macro_f1),
    )
    for one in task.baselines:
        rows = [_share(one.accuracy), _range(one.interval), _share(one.macro_f1)]
        table.add_row(Text(one.name), *(rows if one.accuracy is not None else ["–", one.note, ""]))
    random = task.random
    if random:
        gap = "" if random.gap is None else f"gap {random.gap:+.1%}: "
        words = f"{gap}the same people or scenes on both sides"
        table.add_row(
            Text("split at random", style="dim"),
            _share(random.accuracy),
            words,
            _share(random.macro_f1),
        )
    return table


def _classes(task: TaskMetrics) -> Table:
    table = _empty("class", "precision", "recall", "F1", "clips")
    for one in task.clips.classes:
        cells = [_share(value) for value in (one.precision, one.recall, one.f1)]
        table.add_row(Text(one.label), *cells, str(one.support))
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


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _range(interval: Bounds | None) -> str:
    low, high = interval or (None, None)
    return "" if low is None or high is None else f"{low:.2f}–{high:.2f}"


def _empty(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table
