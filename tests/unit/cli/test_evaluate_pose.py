"""The command: a table or JSON on stdout, what is missing on stderr, exit codes as everywhere."""

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from tests.answers import check_schema
from typer.testing import CliRunner

from laban.cli import evaluate_pose as command
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.skeleton import COCO17
from laban.errors import MissingExtraError, OutputError

MARKED = [value for joint in range(17) for value in (20 + 3 * joint, 30 + 5 * (joint % 6), 2)]


class Known:
    """Finds the marked person, wherever it looks."""

    def detect(self, frame: Frame) -> list[Pose]:
        return [Pose(COCO17, np.reshape(MARKED, (17, 3))[:, :2], np.ones(17))]

    def close(self) -> None:
        """Nothing is held."""


def absent() -> Known:
    raise MissingExtraError("pip install 'laban[mediapipe]'")


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    import cv2

    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((80, 90, 3), np.uint8))
    person = {
        "image_id": 1,
        "category_id": 1,
        "keypoints": MARKED,
        "bbox": [20, 30, 60, 40],
        "area": 2400,
    }
    document = {"images": [{"id": 1, "file_name": "a.png"}], "annotations": [person]}
    path = tmp_path / "truth.json"
    path.write_text(json.dumps(document))
    return path


@pytest.fixture
def app(monkeypatch, tmp_path: Path) -> typer.Typer:
    """The command alone, with two estimators of which one cannot be had."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        command, "standard_contestants", lambda **_: {"known": Known, "mediapipe full": absent}
    )
    one = typer.Typer()
    one.command()(command.evaluate_pose)
    return one


def run(app: typer.Typer, *arguments: object):
    return CliRunner().invoke(app, [str(part) for part in arguments])


def test_json_goes_to_stdout_and_gaps_to_stderr(app: typer.Typer, truth: Path):
    result = run(app, truth, "--json")
    report = check_schema("pose-evaluation", result.stdout)
    assert result.exit_code == 0
    (known,) = report["estimators"]
    assert known["average_precision"]["mean"] == 1.0
    assert known["correct_points"] == {"share": 1.0, "points": 17, "people": 1}
    assert report["unavailable"] == {"mediapipe full": "pip install 'laban[mediapipe]'"}
    assert "mediapipe full left out: pip install 'laban[mediapipe]'" in result.stderr


def test_the_table_names_every_estimator(app: typer.Typer, truth: Path):
    result = run(app, truth)
    assert result.exit_code == 0
    for part in ("known", "mediapipe full", "1.000"):
        assert part in result.stdout


def test_skipped_images_give_exit_code_3(app: typer.Typer, truth: Path):
    document = json.loads(truth.read_text())
    document["images"].append({"id": 2, "file_name": "absent.png"})
    truth.write_text(json.dumps(document))
    result = run(app, truth, "--json")
    assert result.exit_code == 3
    assert "absent.png skipped" in result.stderr
    assert check_schema("pose-evaluation", result.stdout)["images"] == 1


def test_without_any_estimator_nothing_was_done(app: typer.Typer, truth: Path, monkeypatch):
    monkeypatch.setattr(command, "standard_contestants", lambda **_: {"mediapipe full": absent})
    result = run(app, truth)
    assert result.exit_code == 1
    assert "left out" in result.stderr


def test_undefined_figures_are_null(app: typer.Typer, truth: Path):
    document = json.loads(truth.read_text()) | {"annotations": []}
    truth.write_text(json.dumps(document))
    (known,) = json.loads(run(app, truth, "--json").stdout)["estimators"]
    assert known["average_precision"]["mean"] is None
    assert known["correct_points"]["share"] is None


def test_settings_come_from_flags_and_file(truth: Path, monkeypatch):
    (truth.parent / "laban.toml").write_text('[evaluate-pose]\nmodel = ["lite"]\nthreshold = 0.5\n')
    monkeypatch.chdir(truth.parent)
    asked: list[dict[str, object]] = []

    def contestants(**options: object) -> dict[str, type[Known]]:
        asked.append(options)
        return {"known": Known}

    monkeypatch.setattr(command, "standard_contestants", contestants)
    one = typer.Typer()
    one.command()(command.evaluate_pose)
    report = run(one, truth, "--detector", "yolox", "--no-mediapipe", "--json")
    assert asked == [{"models": ("lite",), "detectors": ("yolox",), "reference": False}]
    assert json.loads(report.stdout)["pck_threshold_torso"] == 0.5


def test_the_report_can_be_kept(app: typer.Typer, truth: Path, tmp_path: Path):
    kept = tmp_path / "report.json"
    assert run(app, truth, "-o", kept).exit_code == 0
    assert json.loads(kept.read_text())["people"] == 1
    failed = run(app, truth, "-o", tmp_path / "absent" / "report.json")
    assert isinstance(failed.exception, OutputError)
