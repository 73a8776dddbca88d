"""A suite of benchmarks in parts, each saved as soon as it is measured."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.machine import describe
from benchmarks.report import RESULTS, keep
from benchmarks.rows import Row, print_table

Parts = Mapping[str, Callable[[], list[Row]]]


def run_suite(name: str, parts: Parts, *, about: str, data: Path) -> None:
    """Measures the parts named by ``--only``, or all, and prints all results."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--only", choices=sorted(parts), nargs="*", default=list(parts))
    options = parser.parse_args()
    if not data.is_dir():
        sys.exit(f"the labelled data are not at {data}; there is nothing to measure")
    machine = describe()
    report: dict[str, Any] = {}
    for part in options.only:
        print(f"measuring {part}", file=sys.stderr)
        began = time.perf_counter()
        rows = parts[part]()
        print(f"{part} took {time.perf_counter() - began:.0f} s", file=sys.stderr)
        report = keep(RESULTS / f"{name}.json", part, rows, machine=machine)
    print_table(report["rows"])
    print(json.dumps(report))
