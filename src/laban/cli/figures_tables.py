"""What a model is worth, as tables for people."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from laban.render.report import protocol_words, scored_words


def figures_table(metrics: Mapping[str, Any]) -> Group:
    """The figures of clips for each task: the model first, what it must beat below, then each class."""
    parts: list[Any] = []
    for task in metrics["tasks"]:
        parts += [
            Text(f"{task['task']}: {scored_words(task)}, {protocol_words(metrics)}", style="bold"),
            Padding(_against(task), (0, 0, 1, 2)),
        ]
        parts.append(Padding(_classes(task), (0, 0, 1, 2)))
        parts += [Padding(Text(line, style="dim"), (0, 0, 0, 2)) for line in _more(task)]
    notes = [*(metrics.get("split") or {}).get("notes", []), *metrics.get("notes", [])]
    parts += [Text(note, style="yellow") for note in notes[:10]]
    if len(notes) > 10:
        parts.append(Text(f"and {len(notes) - 10} more notes, in the report", style="yellow"))
    return Group(*parts)


def export_words(metrics: Mapping[str, Any], folder: Path) -> str:
    """How the exported models compare with what was trained."""
    lines = []
    for one in metrics.get("export", []):
        changes = [change for change in one["accuracy_change"] if change is not None]
        cost = f", accuracy {min(changes):+.1%}" if changes else ""
        lines.append(
            f"{folder / one['path']}: {one['scheme']}, {one['size_bytes'] / 1e6:.2f} MB, within "
            f"{one['max_difference']:.0e} of PyTorch on {one['windows']} windows{cost}"
        )
    return "\n".join(lines)


def _against(task: Mapping[str, Any]) -> Table:
    table = _empty("", "accuracy", "95 %", "macro F1")
    clips = task["clips"]
    interval = clips.get("intervals", {}).get("accuracy")
    table.add_row(
        Text("this model", style="bold"),
        _share(clips["accuracy"]),
        _range(interval),
        _share(clips["macro_f1"]),
    )
    for one in task["baselines"]:
        told = [_share(one["accuracy"]), _range(one.get("interval")), _share(one["macro_f1"])]
        table.add_row(
            Text(one["name"]), *(told if one["accuracy"] is not None else ["–", one.get("note", ""), ""])
        )
    random = task.get("random")
    if random:
        words = f"gap {random['gap']:+.1%}: the same people or scenes on both sides"
        table.add_row(
            Text("split at random", style="dim"),
            _share(random["accuracy"]),
            words,
            _share(random["macro_f1"]),
        )
    return table


def _classes(task: Mapping[str, Any]) -> Table:
    table = _empty("class", "precision", "recall", "F1", "clips")
    for one in task["clips"]["classes"]:
        figures = [_share(one[name]) for name in ("precision", "recall", "f1")]
        table.add_row(Text(one["label"]), *figures, str(one["support"]))
    return table


def _more(task: Mapping[str, Any]) -> list[str]:
    told = []
    calibration = task["calibration"]
    before, after = (calibration[when]["ece"] for when in ("before", "after"))
    if after is not None:
        told.append(
            f"calibration error {before:.3f}, {after:.3f} after scaling by {calibration['temperature']:.2f}"
        )
    events = task.get("events")
    if events:
        delay = events["delay_median_s"]
        told.append(
            f"{events['found']} of {events['events']} events found, {events['false_alarms']} false alarms in "
            f"{events['hours'] * 60:.1f} min"
            + (f", {delay:.1f} s after the onset" if delay is not None else "")
        )
    return told


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _range(interval: Any) -> str:
    if not interval or interval[0] is None:
        return ""
    return f"{interval[0]:.2f}–{interval[1]:.2f}"


def _empty(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table
