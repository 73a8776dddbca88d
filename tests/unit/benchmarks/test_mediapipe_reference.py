"""The reference loop, with a stand-in for MediaPipe: times, counts and arrays as the comparison needs them."""

import argparse
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import cv2
import numpy as np
import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "benchmarks" / "mediapipe_reference.py"


class FakeLandmarker:
    """Finds one person in the first image, two in the second and nobody afterwards."""

    def __init__(self, options):
        self.options = options
        self.times_ms = []
        self.images = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def detect(self, image):
        self.images += 1
        people = {1: 1, 2: 2}.get(self.images, 0)
        return SimpleNamespace(
            pose_landmarks=[landmarks(0.25 * (person + 1)) for person in range(people)],
            pose_world_landmarks=[landmarks(0.0) for _ in range(people)],
        )

    def detect_for_video(self, image, time_ms):
        self.times_ms.append(time_ms)
        return self.detect(image)


def landmarks(x: float) -> list[SimpleNamespace]:
    return [SimpleNamespace(x=x, y=0.5, z=-0.5, visibility=0.5, presence=0.25) for _ in range(33)]


@pytest.fixture
def script(monkeypatch) -> ModuleType:
    top, tasks, python = (
        ModuleType(name) for name in ("mediapipe", "mediapipe.tasks", "mediapipe.tasks.python")
    )
    top.__version__, top.Image, top.ImageFormat = "0", SimpleNamespace, SimpleNamespace(SRGB="srgb")
    python.BaseOptions = SimpleNamespace
    python.vision = SimpleNamespace(
        PoseLandmarker=SimpleNamespace(create_from_options=FakeLandmarker),
        PoseLandmarkerOptions=SimpleNamespace,
        RunningMode=SimpleNamespace(IMAGE="image", VIDEO="video"),
    )
    for module in (top, tasks, python):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    spec = importlib.util.spec_from_file_location("mediapipe_reference", SCRIPT)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (64, 48))
    for level in range(4):
        writer.write(np.full((48, 64, 3), 40 * level, np.uint8))
    writer.release()
    return path


def run(script: ModuleType, monkeypatch, capsys, *arguments: object) -> dict[str, object]:
    monkeypatch.setattr(sys, "argv", ["mediapipe_reference.py", *(str(part) for part in arguments)])
    script.main()
    return json.loads(capsys.readouterr().out)


def test_the_report_has_what_the_comparison_needs(script, clip, monkeypatch, capsys):
    report = run(script, monkeypatch, capsys, clip, "--bundle", "pose.task", "--repeats", 3)
    assert (report["frames"], report["size_wh"], report["mode"]) == (4, [64, 48], "video")
    assert report["people_per_frame"] == [1, 2, 0, 0]
    assert report["mean_people_per_frame"] == 0.75
    assert len(report["runs"]) == 3
    walls = sorted(one["wall_s"] for one in report["runs"])
    assert report["fps"] == pytest.approx(4 / walls[1])
    assert report["cpu_s_per_frame"] >= 0
    assert report["peak_rss_mb"] > 1


def test_landmarks_are_kept_in_pixels_with_nan_for_the_absent(script, clip, monkeypatch, capsys, tmp_path):
    kept = tmp_path / "found.npz"
    run(
        script,
        monkeypatch,
        capsys,
        clip,
        "--bundle",
        "pose.task",
        "--mode",
        "image",
        "--repeats",
        2,
        "-o",
        kept,
    )
    with np.load(kept) as found:
        assert found["image_px"].shape == (4, 2, 33, 2)
        assert found["image_px"][1, 1, 0].tolist() == [32.0, 24.0]
        assert found["depth_px"][0, 0, 0] == -32.0
        assert found["world_m"].shape == (4, 2, 33, 3)
        present = np.isfinite(found["visibility"][:, :, 0])
        assert present.tolist() == [[True, False], [True, True], [False, False], [False, False]]
        assert found["presence"][0, 0, 0] == 0.25
        assert found["times_s"] == pytest.approx([0.0, 0.04, 0.08, 0.12], abs=1e-3)


def test_the_json_can_be_kept_and_the_clip_cut_short(script, clip, monkeypatch, capsys, tmp_path):
    kept = tmp_path / "report.json"
    report = run(script, monkeypatch, capsys, clip, "--bundle", "b", "--frames", 2, "-o", kept)
    assert report["frames"] == 2
    assert json.loads(kept.read_text()) == report


def test_video_mode_gets_growing_milliseconds(script, clip):
    model = FakeLandmarker(None)
    list(script.detections(model, clip, mode="video", limit=None))
    assert model.times_ms == [0, 40, 80, 120]


def test_an_unreadable_clip_is_told(script, tmp_path):
    options = argparse.Namespace(video=tmp_path / "absent.mp4", mode="video")
    with pytest.raises(SystemExit, match="no frame could be read"):
        script.summarise(options, [{"people": [], "wall_s": 0.0, "cpu_s": 0.0}])
