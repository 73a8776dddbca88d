"""Benchmarks of the pose engine: accuracy, speed, people, identity and memory, with targets.

    python -m benchmarks.pose [--quick] [--only speed people ...]

Both sides run in one session, by turns, each in a separate process, and the median of several repeats counts.
Prints a table on stderr and JSON on stdout; the JSON is also written to benchmarks/results/pose.json, part by part,
together with the parts of earlier runs.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import psutil

from benchmarks import identity, people
from benchmarks.machine import describe
from benchmarks.peer import laban_loop, mediapipe_loop, run_contracts
from benchmarks.report import RESULTS, keep
from benchmarks.rows import Row, print_table, row
from laban.assets import asset_path
from laban.core.arrays import Float64Array
from laban.core.body import torso_length
from laban.core.frame import Frame
from laban.core.skeleton import BLAZEPOSE33
from laban.pose.blazepose.tiles import whole_frame
from laban.pose.blazepose.weights import load_weights
from laban.sources import open_source

SINGLE = tuple(f"single_person_cam0{number}" for number in (1, 2, 3, 4))
ALONE = ("single_person_cam03", "single_person_cam04")
MULTI = tuple(f"multi_person_cam0{number}" for number in (1, 2, 3, 4))
_LONG_S, _LONG_FPS = 600, 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one repeat, and a minute instead of ten")
    parser.add_argument("--only", choices=sorted(PARTS), nargs="*", default=sorted(PARTS))
    options = parser.parse_args()
    run(options.only, repeats=1 if options.quick else 5)


def run(names: Sequence[str], *, repeats: int = 5) -> None:
    """Measures the parts, saves each as soon as it is done, and prints all results."""
    machine = describe()
    report: dict[str, Any] = {}
    for name in names:
        print(f"measuring {name}", file=sys.stderr)
        report = keep(RESULTS / "pose.json", name, PARTS[name](repeats), machine=machine)
    print_table(report["rows"])
    print(json.dumps(report))


def agreement(repeats: int) -> list[Row]:
    """Distance of our landmarks to MediaPipe's in image mode, in torso lengths: same frames, same weights."""
    del repeats
    rows = []
    for precision in ("float", "mixed"):
        shares = np.concatenate([_differences(clip, precision) for clip in ALONE], axis=None)
        median, high = np.percentile(shares, [50, 95]) * 100
        rows += [
            row(f"agreement with MediaPipe, {precision}, median", median, "%", at_most=0.5, clips=ALONE),
            row(f"agreement with MediaPipe, {precision}, p95", high, "%", at_most=1.5, clips=ALONE),
        ]
    return rows


def speed(repeats: int) -> list[Row]:
    """Frames per second and CPU seconds per frame, compared with MediaPipe's plain video loop."""
    single = [_pair(clip, people=1, repeats=repeats) for clip in SINGLE]
    several = [_pair(clip, people=4, repeats=repeats) for clip in MULTI]
    alone = [one for one in single if one["clip"] in ALONE]
    return [
        row("speed, one person, × MediaPipe", _median(single, "times"), "×", at_least=3, clips=single),
        row("speed, alone in the image, × MediaPipe", _median(alone, "times"), "×", clips=alone),
        row("CPU a frame, one person, × MediaPipe", _median(single, "cpu_times"), "×", at_most=0.75),
        row("speed, several people, × MediaPipe", _median(several, "times"), "×", at_least=2, clips=several),
        row("people a frame − MediaPipe's, several people", _median(several, "more_people"), "", at_least=0),
    ]


def memory(repeats: int) -> list[Row]:
    """Resident memory and busy cores over a long 1080p video."""
    seconds = _LONG_S if repeats > 1 else 60
    with tempfile.TemporaryDirectory() as folder:
        video = _looped(asset_path("single_person_cam03"), Path(folder) / "long.mp4", seconds=seconds)
        used = _watched_extraction(video, Path(folder) / "long.parquet")
    about = f"{seconds / 60:g} minutes of 1080p"
    return [
        row(f"memory, {about}", used["peak_mb"], "MB", at_most=600),
        row(f"memory growth, second half over first, {about}", used["growth_mb"], "MB", at_most=50),
        row(f"cores busy, {about}", used["cores_busy"], "of 2", at_least=1.7, fps=used["fps"]),
    ]


def contracts(repeats: int) -> list[Row]:
    """The estimators' contract tests on MediaPipe, where it is installed."""
    del repeats
    passed, failed = run_contracts()
    return [
        row("contract tests passed by the MediaPipe adapter", passed, "", at_least=1),
        row("contract tests failed by the MediaPipe adapter", failed, "", at_most=0),
    ]


def identities(repeats: int) -> list[Row]:
    """Identity metrics on generated crossings and occlusions."""
    del repeats
    return identity.rows()


def found_people(repeats: int) -> list[Row]:
    """Detection of people in the sample clips and in surveillance footage."""
    del repeats
    return people.rows()


PARTS: dict[str, Callable[[int], list[Row]]] = {
    "agreement": agreement,
    "contracts": contracts,
    "identity": identities,
    "memory": memory,
    "people": found_people,
    "speed": speed,
}


def _differences(clip: str, precision: str) -> Float64Array:
    """(N, 33) distance over torso length, frames in which both see exactly one person."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mediapipe.npz"
        mediapipe_loop(asset_path(clip), mode="image", landmarks=file)
        theirs = np.load(file)["image_px"][:, 0]
    weights = load_weights(model="full", detector="blazepose", precision=precision)
    detector, landmarker = weights.make_detector(), weights.make_landmarker()
    shares = []
    with open_source(asset_path(clip)) as source:
        for frame, reference in zip(source.frames(), theirs, strict=True):
            # The very pixels that the peer gets: 8-bit RGB, not the decoder's planes.
            image = Frame.from_rgb(frame.image_rgb, index=frame.index, time_s=frame.time_s)
            detections = detector.detect(image, whole_frame(image.size_wh))
            if len(detections) == 1 and np.isfinite(reference).all():
                ours = landmarker.find(image, detections[0].region).image_px
                away = np.linalg.norm(ours - reference, axis=1)
                shares.append(away / torso_length(reference, BLAZEPOSE33))
    return np.array(shares)


def _pair(clip: str, *, people: int, repeats: int) -> Row:
    """Both sides by turns on one clip; ratios of medians."""
    video = asset_path(clip)
    theirs, ours = [], []
    limit = {"max_people": 1} if people == 1 else {}
    for _ in range(repeats):
        theirs.append(mediapipe_loop(video, mode="video", people=people))
        ours.append(laban_loop(video, **limit))
    return {
        "clip": clip,
        "times": _median(ours, "fps") / _median(theirs, "fps"),
        "cpu_times": _median(ours, "cpu_s_per_frame") / _median(theirs, "cpu_s_per_frame"),
        "more_people": _median(ours, "mean_people_per_frame") - _median(theirs, "mean_people_per_frame"),
        "laban_fps": _median(ours, "fps"),
        "mediapipe_fps": _median(theirs, "fps"),
        "laban_people": _median(ours, "mean_people_per_frame"),
        "mediapipe_people": _median(theirs, "mean_people_per_frame"),
        "cores_busy": _median(ours, "cores_busy"),
    }


def _looped(video: Path, target: Path, *, seconds: int) -> Path:
    """The packets of a short video again and again at 30 frames a second, without encoding again."""
    with av.open(str(target), "w") as out:
        stream, frame, time_base = None, 0, Fraction(1, 15360)
        ticks = int(1 / (time_base * _LONG_FPS))
        while frame < seconds * _LONG_FPS:
            with av.open(str(video)) as container:
                source = container.streams.video[0]
                stream = stream or out.add_stream_from_template(source)
                packets = [packet for packet in container.demux(source) if packet.size]
                order = {pts: rank for rank, pts in enumerate(sorted(int(p.pts or 0) for p in packets))}
                for rank, packet in enumerate(packets):
                    packet.pts, packet.dts = (
                        (frame + 2 + order[int(packet.pts or 0)]) * ticks,
                        (frame + rank) * ticks,
                    )
                    packet.time_base, packet.stream = time_base, stream
                    out.mux(packet)
                frame += len(packets)
    return target


def _watched_extraction(video: Path, target: Path) -> Row:
    """``laban extract`` over a video, its memory read four times a second."""
    command = [sys.executable, "-m", "laban", "extract", str(video), "-o", str(target.parent), "--quiet"]
    began_s = time.perf_counter()
    process = psutil.Popen(command, env=os.environ)
    sizes, cpu_s = [], 0.0
    while process.poll() is None:
        try:
            sizes.append(process.memory_info().rss / 1e6)
            cpu_s = sum(process.cpu_times()[:2])
        except psutil.Error:
            break
        time.sleep(0.25)
    if process.wait() != 0:
        raise RuntimeError(f"extraction of {video} failed")
    wall_s = time.perf_counter() - began_s
    half, quarter = len(sizes) // 2, len(sizes) // 4
    return {
        "peak_mb": max(sizes),
        "growth_mb": max(sizes[half:]) - max(sizes[quarter:half]),
        "cores_busy": cpu_s / wall_s,
        "fps": _frames(video) / wall_s,
    }


def _frames(video: Path) -> int:
    with open_source(video) as source:
        return len(source.times_s) if source.times_s is not None else 0


def _median(rows: list[Row], name: str) -> float:
    return statistics.median(float(one[name]) for one in rows)


if __name__ == "__main__":
    main()
