"""Benchmarks of comparison and coaching, with targets.

    python -m benchmarks.coaching [--only warping counting ...]

Protocols are in the modules' first lines; seeds are fixed. Prints a table on stderr and JSON on stdout, which is
also written to benchmarks/results/coaching.json after every part, together with the parts of earlier runs. The data
are next to the project.
"""

from benchmarks.coaching.calls import call_rows
from benchmarks.coaching.counting import counting_rows
from benchmarks.coaching.faults import fault_rows
from benchmarks.coaching.form import form_rows
from benchmarks.coaching.live import live_rows
from benchmarks.coaching.phases import phase_rows
from benchmarks.coaching.scores import score_rows
from benchmarks.coaching.warping import warping_rows
from benchmarks.recognition.sets import DATA
from benchmarks.suite import Parts, run_suite

PARTS: Parts = {
    "scores": score_rows,
    "phases": phase_rows,
    "warping": warping_rows,
    "counting": counting_rows,
    "form": form_rows,
    "faults": fault_rows,
    "live": live_rows,
    "calls": call_rows,
}


def main() -> None:
    run_suite("coaching", PARTS, about=__doc__, data=DATA)


if __name__ == "__main__":
    main()
