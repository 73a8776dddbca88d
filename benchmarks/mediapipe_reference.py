"""MediaPipe Tasks on a video, in the plain loop of its own guide.

Runs inside an environment that has MediaPipe and nothing of Laban, and prints one JSON object:

    python benchmarks/mediapipe_reference.py clip.mp4 --bundle pose.task --mode video --repeats 3
    python benchmarks/mediapipe_reference.py clip.mp4 --bundle pose.task --mode image -o landmarks.npz

The clock runs around the loop alone (decode, colour, landmarks): loading is not counted. CPU seconds are
user and system time of the whole process. ``-o`` also writes the JSON, or, to a name that ends in .npz, the
landmarks of the last run: people down the second axis, NaN where there are fewer.
"""

import argparse
import json
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision

JOINTS = 33
MODES = {"image": "IMAGE", "video": "VIDEO"}

Results = list[tuple[float, Any]]
Arrays = dict[str, Any]


def main() -> None:
    options = _parser().parse_args()
    keeps_landmarks = options.output is not None and options.output.suffix == ".npz"
    results: Results = []
    runs = [measure(options, kept=results if keeps_landmarks else None) for _ in range(options.repeats)]
    report = summarise(options, runs)
    text = json.dumps(report)
    print(text)
    if keeps_landmarks:
        last = results[-report["frames"] :]
        np.savez_compressed(options.output, **landmark_arrays(last, size_wh=report["size_wh"]))
    elif options.output is not None:
        options.output.write_text(text + "\n")


def measure(options: argparse.Namespace, *, kept: Results | None = None) -> dict[str, Any]:
    """One run over the clip: how many people in each frame, and its cost.

    What was found is added to ``kept`` where one is given, and forgotten otherwise, so that memory is
    MediaPipe's own.
    """
    people: list[int] = []
    with landmarker(options) as model:
        wall, cpu = time.perf_counter(), cpu_seconds()
        for seconds, found in detections(model, options.video, mode=options.mode, limit=options.frames):
            people.append(len(found.pose_landmarks))
            if kept is not None:
                kept.append((seconds, found))
        return {"wall_s": time.perf_counter() - wall, "cpu_s": cpu_seconds() - cpu, "people": people}


def landmarker(options: argparse.Namespace) -> Any:
    """MediaPipe's pose landmarker with its own defaults for all other options."""
    return vision.PoseLandmarker.create_from_options(
        vision.PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(options.bundle)),
            running_mode=getattr(vision.RunningMode, MODES[options.mode]),
            num_poses=options.num_poses,
        )
    )


def detections(model: Any, video: Path, *, mode: str, limit: int | None) -> Iterator[tuple[float, Any]]:
    """(time in seconds, MediaPipe's result) for each frame: the loop any user would write."""
    capture = cv2.VideoCapture(str(video))
    last_ms, count = -1, 0
    while limit is None or count < limit:
        read, image_bgr = capture.read()
        if not read:
            break
        image = mp.Image(image_format=mp.ImageFormat.SRGB, data=cv2.cvtColor(image_bgr, cv2.COLOR_BGR2RGB))
        time_ms = capture.get(cv2.CAP_PROP_POS_MSEC)
        last_ms = max(last_ms + 1, int(time_ms))
        found = model.detect_for_video(image, last_ms) if mode == "video" else model.detect(image)
        count += 1
        yield time_ms / 1000, found
    capture.release()


def summarise(options: argparse.Namespace, runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The report: medians over the runs, people per frame of the last."""
    people = runs[-1]["people"]
    frames = len(people)
    if frames == 0:
        sys.exit(f"no frame could be read from {options.video}")
    return {
        "program": "mediapipe",
        "version": mp.__version__,
        "opencv": cv2.__version__,
        "video": options.video.name,
        "size_wh": video_size(options.video),
        "bundle": options.bundle.name,
        "mode": options.mode,
        "num_poses": options.num_poses,
        "frames": frames,
        "runs": [{"wall_s": run["wall_s"], "cpu_s": run["cpu_s"]} for run in runs],
        "fps": statistics.median(frames / run["wall_s"] for run in runs),
        "cpu_s_per_frame": statistics.median(run["cpu_s"] / frames for run in runs),
        "peak_rss_mb": peak_rss_mb(),
        "mean_people_per_frame": statistics.mean(people),
        "people_per_frame": people,
    }


def landmark_arrays(results: Results, *, size_wh: list[int]) -> Arrays:
    """The landmarks as arrays: frames, then people in MediaPipe's order, then joints."""
    people = max((len(found.pose_landmarks) for _, found in results), default=0)
    shape = (len(results), people, JOINTS)
    arrays: Arrays = {
        name: np.full((*shape, *rest), np.nan, dtype=np.float32)
        for name, rest in (
            ("image_px", (2,)),
            ("depth_px", ()),
            ("world_m", (3,)),
            ("visibility", ()),
            ("presence", ()),
        )
    }
    for frame, (_, found) in enumerate(results):
        for person, (image, world) in enumerate(
            zip(found.pose_landmarks, found.pose_world_landmarks, strict=True)
        ):
            _fill(arrays, (frame, person), image, world, size_wh=size_wh)
    times = np.array([seconds for seconds, _ in results])
    return arrays | {"times_s": times, "size_wh": np.array(size_wh)}


def _fill(arrays: Arrays, place: tuple[int, int], image: Any, world: Any, *, size_wh: list[int]) -> None:
    width, height = size_wh
    arrays["image_px"][place] = [(point.x * width, point.y * height) for point in image]
    arrays["depth_px"][place] = [point.z * width for point in image]
    arrays["world_m"][place] = [(point.x, point.y, point.z) for point in world]
    arrays["visibility"][place] = [point.visibility for point in image]
    arrays["presence"][place] = [point.presence for point in image]


def video_size(video: Path) -> list[int]:
    """[width, height] of the images as OpenCV hands them out."""
    capture = cv2.VideoCapture(str(video))
    size = [int(capture.get(key)) for key in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)]
    capture.release()
    return size


def cpu_seconds() -> float:
    """User and system time of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak_rss_mb() -> float:
    """The most memory this process has held; Linux counts in KiB, macOS in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("video", type=Path)
    parser.add_argument("--bundle", type=Path, required=True, help="the .task file")
    parser.add_argument("--mode", choices=sorted(MODES), default="video")
    parser.add_argument("--num-poses", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--frames", type=int, help="stop after this many frames")
    parser.add_argument("-o", "--output", type=Path, help="a .json or .npz file")
    return parser


if __name__ == "__main__":
    main()
