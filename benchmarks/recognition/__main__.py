"""The recogniser in figures: what it reaches on labelled data, each beside its target.

    python -m benchmarks.recognition [--only penn falls ...]

Protocols are in the modules' first lines; seeds are fixed. Prints a table on stderr and JSON on stdout, which is
also written to benchmarks/results/recognition.json after every part, together with the parts of earlier runs. The
data are next to the project.
"""

from benchmarks.recognition.both import both_rows
from benchmarks.recognition.falls import fall_rows
from benchmarks.recognition.few import few_rows
from benchmarks.recognition.fights import fight_rows
from benchmarks.recognition.live import live_rows
from benchmarks.recognition.multitask import multitask_rows
from benchmarks.recognition.pixel_speed import pixel_speed_rows
from benchmarks.recognition.sets import DATA
from benchmarks.recognition.speed import speed_rows
from benchmarks.recognition.tutorial import tutorial_rows
from benchmarks.recognition.unknown import unknown_rows
from benchmarks.recognition.video import video_rows
from benchmarks.recognition.whole_clips import penn_rows, ucla_rows
from benchmarks.suite import Parts, run_suite

PARTS: Parts = {
    "tutorial": tutorial_rows,
    "penn": penn_rows,
    "ucla": ucla_rows,
    "unknown": unknown_rows,
    "few": few_rows,
    "falls": fall_rows,
    "fights": fight_rows,
    "multitask": multitask_rows,
    "video": video_rows,
    "both": lambda: list(both_rows()),
    "pixel_speed": pixel_speed_rows,
    "speed": speed_rows,
    "live": live_rows,
}


def main() -> None:
    run_suite("recognition", PARTS, about=__doc__, data=DATA)


if __name__ == "__main__":
    main()
