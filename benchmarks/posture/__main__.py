"""Benchmarks of posture, with targets.

    python -m benchmarks.posture [--only drawn views ...]

Protocols are in the modules' first lines; seeds are fixed. Prints a table on stderr and JSON on stdout, which is
also written to benchmarks/results/posture.json after every part, together with the parts of earlier runs. The data
are next to the project.
"""

from benchmarks.posture.calls import call_rows
from benchmarks.posture.drawn import drawn_rows
from benchmarks.posture.images import image_rows
from benchmarks.posture.intervals import interval_rows
from benchmarks.posture.labelled import labelled_rows
from benchmarks.posture.planted import planted_rows
from benchmarks.posture.still import still_rows
from benchmarks.posture.views import view_rows
from benchmarks.recognition.sets import DATA
from benchmarks.suite import Parts, run_suite

PARTS: Parts = {
    "drawn": drawn_rows,
    "intervals": interval_rows,
    "still": still_rows,
    "views": view_rows,
    "images": image_rows,
    "planted": planted_rows,
    "labelled": labelled_rows,
    "calls": call_rows,
}


def main() -> None:
    run_suite("posture", PARTS, about=__doc__, data=DATA)


if __name__ == "__main__":
    main()
