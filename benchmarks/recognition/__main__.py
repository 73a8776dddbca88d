"""Part 6 in figures: what the recogniser reaches on labelled data, each beside its target.

    python -m benchmarks.recognition [--only penn falls ...]

Protocols are in the modules' first lines; seeds are fixed. Prints a table on stderr and JSON on stdout, which is
also written to benchmarks/results/recognition.json after every part. The data lie beside the project.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable

from benchmarks.machine import ROOT, describe
from benchmarks.recognition.falls import fall_rows
from benchmarks.recognition.few import few_rows
from benchmarks.recognition.fights import fight_rows
from benchmarks.recognition.multitask import multitask_rows
from benchmarks.recognition.sets import DATA
from benchmarks.recognition.speed import speed_rows
from benchmarks.recognition.tutorial import tutorial_rows
from benchmarks.recognition.unknown import unknown_rows
from benchmarks.recognition.whole_clips import penn_rows, ucla_rows
from benchmarks.rows import Row, print_table

_RESULTS = ROOT / "benchmarks" / "results" / "recognition.json"

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
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=sorted(PARTS), nargs="*", default=list(PARTS))
    options = parser.parse_args()
    if not DATA.is_dir():
        sys.exit(f"the labelled data are not at {DATA}; there is nothing to measure")
    rows: list[Row] = []
    for name in options.only:
        print(f"measuring {name}", file=sys.stderr)
        began = time.perf_counter()
        rows += [one | {"part": name} for one in PARTS[name]()]
        print(f"{name} took {time.perf_counter() - began:.0f} s", file=sys.stderr)
        _RESULTS.parent.mkdir(exist_ok=True)
        _RESULTS.write_text(json.dumps({"machine": describe(), "rows": rows}, indent=1))
    print_table(rows)
    print(json.dumps({"machine": describe(), "rows": rows}))


if __name__ == "__main__":
    main()
