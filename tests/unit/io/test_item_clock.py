"""The clock of JSON: a field of times is the clock in every reader, else a field of numbers."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import laban
from laban.core.skeleton import COCO17
from laban.errors import FormatError

BODY = [[100.0 + 10 * (joint % 4), 50.0 + 20 * joint] for joint in range(17)]
NAMED = [
    {"name": name, "x": x, "y": y, "score": 0.9} for name, (x, y) in zip(COCO17.names, BODY, strict=True)
]
TRIPLES = [value for x, y in BODY for value in (x, y, 0.9)]
OPENPOSE18 = [*TRIPLES, 100.0, 60.0, 0.9]
LANDMARKS = [{"x": 0.3 + 0.01 * joint, "y": 0.2 + 0.02 * joint, "z": 0.0} for joint in range(33)]
FRAMES: dict[str, dict[str, Any]] = {
    "named": {"keypoints": NAMED},
    "list": {"keypoints": BODY},
    "people": {"people": [{"id": 1, "keypoints": NAMED}]},
    "poses": {"poses": [{"keypoints": NAMED}]},
    "detections": {"detections": [{"keypoints": {"x": [x for x, _ in BODY], "y": [y for _, y in BODY]}}]},
    "mmpose": {"instances": [{"keypoints": BODY, "keypoint_scores": [0.9] * 17}]},
    "mediapipe": {"landmarks": [LANDMARKS]},
    "openpose": {"people": [{"pose_keypoints_2d": OPENPOSE18}]},
}


def written(folder: Path, content: Any) -> Path:
    path = folder / "frames.json"
    path.write_text(json.dumps(content))
    return path


def times_of(folder: Path, content: Any, **options: Any) -> list[float]:
    recording = laban.load(written(folder, content), size_wh=(640, 640), **options)
    return [round(float(one), 6) for one in recording.times_s]


@pytest.mark.parametrize("layout", FRAMES)
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("timestamp", [0, 100, 200, 500]),
        ("timestamp_ms", [0, 100, 200, 500]),
        ("timestampMs", [0.0, 100.0, 200.0, 500.0]),
        ("ts", [0.0, 0.1, 0.2, 0.5]),
        ("t", [0.0, 0.1, 0.2, 0.5]),
        ("time", ["00:00:00.0", "00:00:00.1", "00:00:00.2", "00:00:00.5"]),
        ("seconds", [0.0, 0.1, 0.2, 0.5]),
    ],
)
def test_a_field_of_times_is_the_clock(tmp_path: Path, layout: str, name: str, values: list[Any]) -> None:
    frames = [{"frame": index, name: value, **FRAMES[layout]} for index, value in enumerate(values)]
    assert times_of(tmp_path, frames) == [0.0, 0.1, 0.2, 0.5]


@pytest.mark.parametrize("layout", FRAMES)
@pytest.mark.parametrize("name", ["frame", "frame_id", "frameIndex", "image_id", "index"])
def test_a_field_of_numbers_keeps_gaps(tmp_path: Path, layout: str, name: str) -> None:
    if layout == "list" and name in ("image_id", "index"):
        pytest.skip("a list of COCO's results, and places of bodies in one image")
    if layout == "named" and name == "index":
        pytest.skip("one body a frame, whose index counts bodies")
    frames = [{name: number, **FRAMES[layout]} for number in (0, 3, 6, 12)]
    assert times_of(tmp_path, frames, fps=30.0) == [0.0, 0.1, 0.2, 0.4]


@pytest.mark.parametrize("layout", ["people", "poses", "named", "list", "mediapipe", "openpose"])
def test_an_object_round_the_frames_gives_the_rate(tmp_path: Path, layout: str) -> None:
    frames = [{"frame": index, **FRAMES[layout]} for index in range(3)]
    recording = laban.load(written(tmp_path, {"fps": 10, "width": 640, "height": 480, "frames": frames}))
    np.testing.assert_allclose(recording.times_s, [0.0, 0.1, 0.2])
    assert recording.size_wh == (640, 480)
    assert len(recording.people) == 1


def test_results_of_coco_bear_times(tmp_path: Path) -> None:
    results = [
        {"image_id": image, "timestamp": image * 100, "category_id": 1, "keypoints": TRIPLES, "score": 0.9}
        for image in range(4)
    ]
    assert times_of(tmp_path, results) == [0.0, 0.1, 0.2, 0.3]


def test_bodies_of_one_time_are_one_frame(tmp_path: Path) -> None:
    moved = [{**point, "x": point["x"] + 300} for point in NAMED]
    frames = [{"time_s": t, "keypoints": points} for t in (0.0, 0.1) for points in (NAMED, moved)]
    recording = laban.load(written(tmp_path, frames), identities="order")
    assert len(recording.people) == 2
    np.testing.assert_allclose(recording.times_s, [0.0, 0.1])


def test_a_frame_without_the_time_that_others_bear_is_refused(tmp_path: Path) -> None:
    frames = [{"timestamp": index * 100, **FRAMES["mmpose"]} for index in range(4)]
    del frames[2]["timestamp"]
    path = written(tmp_path, frames)
    with pytest.raises(FormatError, match=r"1 of its 4 frames have no timestamp.*--fps"):
        laban.load(path)
    assert len(laban.load(path, fps=10.0).times_s) == 4


def test_frames_of_one_time_are_refused_without_a_rate(tmp_path: Path) -> None:
    frames = [{"time_s": float(index // 2), **FRAMES["mmpose"]} for index in range(4)]
    with pytest.raises(FormatError, match="time of another"):
        laban.load(written(tmp_path, frames))
