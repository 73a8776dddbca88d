"""The table of measured figures, from what ``make bench`` wrote."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts.docs.blocks import markdown_table

Row = Mapping[str, Any]

NOT_YET = "*The figures come with the first benchmark: `make bench` writes them to `benchmarks/results/`.*"


def read_report(path: Path) -> dict[str, Any] | None:
    """What a benchmark wrote; None where it has not been run yet."""
    if not path.exists():
        return None
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report


def performance_block(
    report: Mapping[str, Any] | None, *, all_rows: bool = True, part: str | None = None
) -> str:
    """The figures beside their targets, and what they were measured on; without ``all_rows`` those with targets,
    with ``part`` those of one part of the benchmark."""
    if report is None:
        return NOT_YET
    if part is not None:
        report = {**report, "rows": [row for row in report["rows"] if row.get("part") == part]}
    told = [row for row in report["rows"] if all_rows or target_of(row)]
    rows = [[row["what"], figure_of(row), target_of(row), verdict_of(row)] for row in told]
    table = markdown_table(("what", "figure", "target", ""), rows, right=("figure",))
    return f"{table}\n\n{measured_on(report)}"


def figure_of(row: Row) -> str:
    """The figure with its unit, to three digits.

    >>> figure_of({"value": 3.1416, "unit": "×"}), figure_of({"value": 512.4, "unit": "MB"})
    ('3.14×', '512 MB')
    """
    unit = row.get("unit") or ""
    apart = "" if unit in ("", "×") else " "
    return f"{row['value']:.3g}{apart}{unit}"


def target_of(row: Row) -> str:
    """The bound that the figure is held to.

    >>> target_of({"at_least": 3, "at_most": None}), target_of({"at_least": None, "at_most": None})
    ('≥ 3', '')
    """
    for sign, key in (("≥", "at_least"), ("≤", "at_most")):
        if row.get(key) is not None:
            return f"{sign} {row[key]:g}"
    return ""


def verdict_of(row: Row) -> str:
    """Whether the figure reaches its target; judged anew, not believed. Nothing where there is no target.

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
