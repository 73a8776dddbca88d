"""Mutation testing: how many of a seeded sample of small faults the tests of a package notice.

    python -m benchmarks.mutation [--package core features ...] [--count 100] [--seed 0]

Each fault is planted by itself in a copy of the project, and the tests that belong to the package are run until
one fails: the file that mirrors the module first. Faults that change nothing are named, with the reason, in
``equivalent.json`` next to this module and are not drawn. Prints what survived on stderr and JSON on stdout, which
is also written to benchmarks/results/mutation.json.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.machine import ROOT, describe
from benchmarks.mutation.mutants import Mutant, mutants_of, package_files
from benchmarks.mutation.trial import Suite, baseline_s, preload, project_copy, try_mutant

_EQUIVALENT = Path(__file__).with_name("equivalent.json")
_RESULTS = ROOT / "benchmarks" / "results" / "mutation.json"
_TRACKING = tuple(f"tests/unit/pose/test_track_{name}.py" for name in ("sides", "stitch", "people"))

SUITES = {
    suite.package: suite
    for suite in (
        Suite("core", ("tests/unit/core", "src/laban/core", "tests/properties/test_core.py")),
        Suite("features", ("tests/unit/features", "src/laban/features")),
        Suite("sequences", ("tests/unit/sequences", "src/laban/sequences")),
        Suite("io", ("tests/unit/io", "src/laban/io", "tests/properties/test_pose_files.py")),
        Suite("pose/tracking", ("tests/unit/pose/tracking", *_TRACKING, "tests/properties/test_tracker.py")),
        Suite(
            "tasks",
            (
                *("tests/unit/tasks", "src/laban/tasks", "tests/contracts/test_action_twins.py"),
                *("tests/contracts/test_coaching_twins.py", "tests/contracts/test_posture_twins.py"),
                *(f"tests/properties/test_{name}.py" for name in ("actions", "coaching", "posture")),
            ),
        ),
    )
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--package", choices=sorted(SUITES), nargs="*", default=list(SUITES))
    parser.add_argument("--count", type=int, default=100, help="faults to draw from each package")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    report: dict[str, Any] = {"machine": describe(), "seed": options.seed, "packages": {}}
    preload()
    with project_copy(ROOT) as copy:
        for package in options.package:
            report["packages"][package] = _measured(package, options, copy=copy)
            _RESULTS.parent.mkdir(exist_ok=True)
            _RESULTS.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(report))


def sample(package: str, *, count: int, seed: int, root: Path) -> list[Mutant]:
    """``count`` of the package's faults, drawn by ``seed``, without those known to change nothing."""
    equivalent = json.loads(_EQUIVALENT.read_text(encoding="utf-8"))
    every = [
        mutant
        for path in package_files(package, root=root)
        for mutant in mutants_of(path.read_text(encoding="utf-8"), path=str(path.relative_to(root)))
        if mutant.key not in equivalent
    ]
    return random.Random(seed).sample(every, min(count, len(every)))


def _measured(package: str, options: argparse.Namespace, *, copy: Path) -> dict[str, Any]:
    suite, began = SUITES[package], time.perf_counter()
    drawn = sample(package, count=options.count, seed=options.seed, root=copy)
    alone_s = baseline_s(suite, copy=copy)
    print(f"{package}: the tests take {alone_s:.0f} s, {len(drawn)} faults", file=sys.stderr)
    outcomes: Counter[str] = Counter()
    survivors = []
    for mutant in drawn:
        outcome = try_mutant(mutant, suite, copy=copy, timeout_s=30 + 5 * alone_s)
        outcomes[outcome] += 1
        if outcome == "survived":
            survivors.append(f"{mutant.path}:{mutant.line}: {mutant.before} -> {mutant.after}")
            print(f"  survived {survivors[-1]}", file=sys.stderr)
    found = outcomes["killed"] + outcomes["timeout"]
    print(f"{package}: {found} of {len(drawn)} noticed", file=sys.stderr)
    return {
        "count": len(drawn),
        **{name: outcomes[name] for name in ("killed", "timeout", "survived")},
        "noticed_percent": round(100 * found / max(1, len(drawn)), 1),
        "minutes": round((time.perf_counter() - began) / 60, 1),
        "survivors": survivors,
    }


if __name__ == "__main__":
    main()
