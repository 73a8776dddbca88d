"""The table of changes that must not matter against answers, from the results of ``python -m
benchmarks.invariance``."""

from collections.abc import Mapping
from typing import Any

from scripts.docs.blocks import markdown_table
from scripts.docs.performance import NOT_YET, measured_on

Row = Mapping[str, Any]


def invariance_block(report: Mapping[str, Any] | None, *, part: str) -> str:
    """Changes down, answers across: the largest error of the answer, in bold if it exceeds its bound."""
    rows = [one for one in report["rows"] if one["part"] == part] if report else []
    if report is None or not rows:
        return NOT_YET
    answers = list(dict.fromkeys(one["answer"] for one in rows))
    found = {(one["change"], one["answer"]): one for one in rows}
    changes = dict.fromkeys(one["change"] for one in rows)
    body = [[change, *(cell_of(found.get((change, answer))) for answer in answers)] for change in changes]
    bounds = {one["answer"]: bound_of(one) for one in reversed(rows)}
    body.insert(0, ["*may be off by*", *(f"*{bounds[answer]}*" for answer in answers)])
    table = markdown_table(("change", *answers), body, right=tuple(answers))
    return "\n\n".join([table, *reasons(rows), measured_on({**report, "rows": rows})])


def cell_of(row: Row | None) -> str:
    """The error, in bold if it exceeds its bound; ``refused`` if the answer was refused, empty if it was not
    measured.

    >>> cell_of({"value": 0.021, "at_most": 0.04, "refused": "", "limit": ""})
    '0.021'
    >>> cell_of({"value": 1.0, "at_most": 0.0, "refused": "", "limit": ""}), cell_of(None)
    ('**1**', '')
    """
    if row is None:
        return ""
    if row["refused"]:
        return "refused"
    figure = "all" if row["value"] >= 999 else f"{row['value']:.2g}"
    figure = figure if row["value"] <= row["at_most"] else f"**{figure}**"
    return f"{figure} ¹" if row["limit"] else figure


def bound_of(row: Row) -> str:
    """The bound on an answer's error, with its unit.

    >>> bound_of({"at_most": 3.0, "unit": "°"})
    '3 °'
    """
    return f"{row['at_most']:g} {row['unit']}"


def reasons(rows: list[Row]) -> list[str]:
    """A sentence for each known limit."""
    known = dict.fromkeys(row["limit"] for row in rows if row["limit"])
    return [f"¹ {'; '.join(known)}."] if known else []
