"""The recogniser in figures: what it reaches on labelled data, each beside its target.

    python -m benchmarks.recognition [--only penn falls ...]

Protocols are in the modules' first lines; seeds are fixed. Prints a table on stderr and JSON on stdout, which is
also written to benchmarks/results/recognition.json after every part, beside the parts of earlier runs. The data lie
beside the project.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.machine import describe
from benchmarks.recognition.falls import fall_rows
from benchmarks.recognition.few import few_rows
from benchmarks.recognition.fights import fight_rows
from benchmarks.recognition.live import live_rows
from benchmarks.recognition.multitask import multitask_rows
from benchmarks.recognition.sets import DATA
from benchmarks.recognition.speed import speed_rows
from benchmarks.recognition.tutorial import tutorial_rows
from benchmarks.recognition.unknown import unknown_rows
from benchmarks.recognition.whole_clips import penn_rows, ucla_rows
from benchmarks.report import RESULTS, keep
from benchmarks.rows import Row, print_table

PARTS: dict[str, Callable[[], list[Row]]] = {
    "tutorial": tutorial_rows,
    "penn": penn_rows,
    "ucla": ucla_rows,
    "unknown": unknown_rows,
    "few": few_rows,
    "falls": fall_rows,
    "fights": fight_rows,
    "multitask": multitask_rows,
    "speed": speed_rows,
    "live": live_rows,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=sorted(PARTS), nargs="*", default=list(PARTS))
    options = parser.parse_args()
    if not DATA.is_dir():
        sys.exit(f"the labelled data are not at {DATA}; there is nothing to measure")
    run(options.only)


def run(names: Sequence[str]) -> None:
    """Measures the parts, keeping each as soon as it is there, and prints all that is known."""
    machine = describe()
    report: dict[str, Any] = {}
    for name in names:
        print(f"measuring {name}", file=sys.stderr)
        began = time.perf_counter()
        rows = PARTS[name]()
        print(f"{name} took {time.perf_counter() - began:.0f} s", file=sys.stderr)
        report = keep(RESULTS / "recognition.json", name, rows, machine=machine)
    print_table(report["rows"])
    print(json.dumps(report))


if __name__ == "__main__":
    main()
