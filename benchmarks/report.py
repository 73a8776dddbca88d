"""The file of a benchmark's results: part by part, each row with the commit it was measured at."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.machine import ROOT
from benchmarks.rows import Row

RESULTS = ROOT / "benchmarks" / "results"


def keep(path: Path, part: str, rows: list[Row], *, machine: Mapping[str, Any]) -> dict[str, Any]:
    """Puts the rows of a part in the place of those of an earlier run; the others stay. The whole report.

    ``machine`` is the result of ``describe`` before the measurement: later commits were not measured.
    """
    commit = machine["commit"] + (" with changes" if machine["changed"] else "")
    new = [{"part": part, "commit": commit} | one for one in rows]
    others = [one for one in _rows_of(path) if one.get("part") != part]
    report = {"machine": machine, "rows": [*others, *new]}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(report, indent=1))
    return report


def _rows_of(path: Path) -> list[Row]:
    if not path.exists():
        return []
    rows: list[Row] = json.loads(path.read_text())["rows"]
    return rows
