"""A dataset's coverage and findings as tables for people."""

import math
from collections.abc import Sequence
from typing import Any

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from laban.pipeline.dataset import ClassCoverage, Dataset, Finding
from laban.render.words import format_duration

_STYLES = {"fault": "red", "warning": "yellow", "note": "dim"}


def coverage_table(dataset: Dataset, coverage: Sequence[ClassCoverage]) -> Group:
    """How many examples of each class there are: a row for each label of each task."""
    table = _empty(
        "task", "class", "clips", "groups", "length", "people", "frames with landmarks", "nobody in"
    )
    backgrounds = {(task.name, task.background) for task in dataset.tasks}
    for one in coverage:
        label = Text(one.label)
        if (one.task, one.label) in backgrounds:
            label.append(" (background)", style="dim")
        share = "–" if math.isnan(one.seen_share) else f"{one.seen_share:.0%}"
        without = f"{len(one.without_people)} clips" if one.without_people else ""
        cells = (str(one.clips), str(one.groups), format_duration(one.seconds), str(one.people), share)
        table.add_row(Text(one.task), label, *cells, Text(without, style="yellow"))
    return Group(Text(dataset.name, style="bold"), Padding(table, (1, 0, 1, 0)))


def findings_table(findings: Sequence[Finding]) -> Any:
    """The findings, the most serious first, and what to do about them."""
    if not findings:
        return Text("nothing found", style="green")
    table = _empty("", "kind", "what", "what to do")
    for one in findings:
        mark = Text(one.severity, style=_STYLES[one.severity])
        table.add_row(mark, Text(one.kind), Text(one.sentence), Text(one.advice))
    counts = [sum(one.severity == severity for one in findings) for severity in _STYLES]
    words = (
        f"{count} {severity}{'s' if count > 1 else ''}"
        for count, severity in zip(counts, _STYLES, strict=True)
        if count
    )
    return Group(table, Padding(Text(", ".join(words), style="dim"), (1, 0, 0, 0)))


def _empty(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table
