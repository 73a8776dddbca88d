"""The table of benchmark results, from the files written by ``make bench``."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts.docs.blocks import markdown_table

Row = Mapping[str, Any]

NOT_YET = "*Results appear after the first benchmark: `make bench` writes them to `benchmarks/results/`.*"


def read_report(path: Path) -> dict[str, Any] | None:
    """The report of a benchmark; None if it has not been run yet."""
    if not path.exists():
        return None
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report


def performance_block(report: Mapping[str, Any] | None, *, part: str | None = None) -> str:
    """The results next to their targets, and the machine they were measured on; with ``part`` those of one part of
    the benchmark."""
    if report is None:
        return NOT_YET
    if part is not None:
        report = {**report, "rows": [row for row in report["rows"] if row.get("part") == part]}
    rows = [[row["what"], figure_of(row), target_of(row), verdict_of(row)] for row in report["rows"]]
    table = markdown_table(("what", "figure", "target", ""), rows, right=("figure",))
    return f"{table}\n\n{measured_on(report)}"


HIGHLIGHTS = (
    (
        "pose",
        "speed, several people, × MediaPipe",
        "speed compared with MediaPipe Tasks, several people in view",
    ),
    (
        "pose",
        "agreement with MediaPipe, float, median",
        "distance from MediaPipe's landmarks, median, of the torso",
    ),
    ("pose", "fight frames with two people, yolox", "frames of fights in which two people are found"),
    ("recognition", "penn_action, official split: accuracy", "Penn Action, official split: accuracy"),
    ("recognition", "nw_ucla, cross-view, one model: accuracy", "NW-UCLA, a camera never seen: accuracy"),
    ("recognition", "falls, leave one subject out: falls missed", "falls missed, people never seen"),
    ("coaching", "repetitions counted as by hand: exact", "clips whose repetitions are counted exactly"),
    ("posture", "intervals: coverage of the 95 % interval", "share of values inside their 95 % interval"),
)
"""The most important rows: suite, the suite's name for the row, and a name that makes sense alone."""


def highlights_block(reports: Mapping[str, Mapping[str, Any] | None]) -> str:
    """The rows of ``HIGHLIGHTS`` from the reports of the suites. Raises ValueError if a row is missing."""
    if any(reports.get(suite) is None for suite, *_ in HIGHLIGHTS):
        return NOT_YET
    rows = [(words, _row_called(reports[suite], what)) for suite, what, words in HIGHLIGHTS]
    body = [[words, figure_of(row) + _of(row), target_of(row), verdict_of(row)] for words, row in rows]
    return markdown_table(("what", "figure", "target", ""), body, right=("figure",))


def _of(row: Row) -> str:
    """The total of a count, if the row gives it."""
    return f" of {row['of']}" if "of" in row else ""


def _row_called(report: Mapping[str, Any] | None, what: str) -> Row:
    for row in report["rows"] if report else ():
        if row["what"] == what:
            return dict(row)
    raise ValueError(f"no row is called {what!r}; correct it in HIGHLIGHTS or run the benchmark")


def figure_of(row: Row) -> str:
    """The value with its unit, to three digits.

    >>> figure_of({"value": 3.1416, "unit": "×"}), figure_of({"value": 512.4, "unit": "MB"})
    ('3.14×', '512 MB')
    """
    unit = row.get("unit") or ""
    apart = "" if unit in ("", "×") else " "
    return f"{row['value']:.3g}{apart}{unit}"


def target_of(row: Row) -> str:
    """The bound of a row.

    >>> target_of({"at_least": 3, "at_most": None}), target_of({"at_least": None, "at_most": None})
    ('≥ 3', '')
    """
    for sign, key in (("≥", "at_least"), ("≤", "at_most")):
        if row.get(key) is not None:
            return f"{sign} {row[key]:g}"
    return ""


def verdict_of(row: Row) -> str:
    """Whether the value reaches its target, computed from the value. Empty if there is no target.

    >>> verdict_of({"value": 2.9, "at_least": 3}), verdict_of({"value": 400, "at_most": 600})
    ('**missed**', 'met')
    """
    low, high = row.get("at_least"), row.get("at_most")
    if low is None and high is None:
        return ""
    reached = (low is None or row["value"] >= low) and (high is None or row["value"] <= high)
    return "met" if reached else "**missed**"


def measured_on(report: Mapping[str, Any]) -> str:
    """One sentence on the machine and the code."""
    machine = report["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in machine.get("versions", {}).items())
    # In the order of the rows, each once.
    commits = list(dict.fromkeys(row.get("commit", machine["commit"]) for row in report["rows"]))
    named = " and ".join(f"`{one}`" for one in commits)
    return (
        f"Measured until {machine['date'][:10]} at commit{'s' * (len(commits) > 1)} {named}: "
        f"{machine['cores']} cores of {machine['cpu']}, {machine['system']}, Python {machine['python']}; "
        f"{versions}."
    )
