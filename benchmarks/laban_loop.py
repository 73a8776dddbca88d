"""Laban's own loop over one video, timed as the peer's is: decode to landmarks, without loading networks.

    python -m benchmarks.laban_loop clip.mp4 --max-people 1

prints JSON: frames a second, CPU seconds a frame, how many cores were busy, people a frame.
"""

import argparse
import json
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from laban.pipeline.recording.prefetch import prefetched
from laban.pipeline.recording.settings import ExtractionSettings
from laban.pose.blazepose.engine import BlazePoseEngine
from laban.pose.blazepose.weights import load_weights
from laban.sources import open_source


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("video", type=Path)
    parser.add_argument("--model", default="full")
    parser.add_argument("--detector", default="auto")
    parser.add_argument("--precision", default="mixed")
    parser.add_argument("--max-people", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=1)
    options = parser.parse_args()
    settings = ExtractionSettings(
        model=options.model,
        detector=options.detector,
        precision=options.precision,
        max_people=options.max_people,
    )
    runs = [measure(options.video, settings) for _ in range(options.repeats)]
    print(json.dumps(runs[0] | {name: statistics.median(run[name] for run in runs) for name in _TIMED}))


_TIMED = ("fps", "cpu_s_per_frame", "cores_busy")


def measure(video: Path, settings: ExtractionSettings) -> dict[str, Any]:
    """One pass over the video with an engine that is already built."""
    weights = load_weights(model=settings.model, detector=settings.detector, precision=settings.precision)
    process = psutil.Process()
    with BlazePoseEngine(settings.engine(), weights=weights) as engine:
        wall_s, cpu_s = time.perf_counter(), _cpu_s(process)
        people = list(_people(video, engine))
        wall_s, cpu_s = time.perf_counter() - wall_s, _cpu_s(process) - cpu_s
    return {
        "fps": len(people) / wall_s,
        "cpu_s_per_frame": cpu_s / len(people),
        "cores_busy": cpu_s / wall_s,
        "detector": engine.detector_name,
        "frames": len(people),
        "mean_people_per_frame": statistics.fmean(people),
        "people_per_frame": people,
    }


def _people(video: Path, engine: BlazePoseEngine) -> Iterator[int]:
    with open_source(video) as source, prefetched(source.frames(), depth=6) as frames:
        for _, poses in engine.run(frames):
            yield len(poses)


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    main()
