"""MediaPipe in a separate virtual environment: its OpenCV conflicts with ours."""

import json
import os
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from benchmarks.machine import ROOT
from laban.assets import asset_path
from laban.pose.task_bundle import task_bundle

_VERSION = "1.2.2"
_HOME = ROOT / ".venvs" / "mediapipe"
# Next to the environment, not in it: creating an environment empties its folder.
_BUNDLES = ROOT / ".venvs" / "bundles"
_SCRIPT = ROOT / "benchmarks" / "mediapipe_reference.py"
# The others in that folder ask for what MediaPipe's environment lacks, and would stop pytest before the first test.
_CONTRACTS = ("tests/contracts/test_pose_estimators.py", "tests/contracts/test_still_estimators.py")


def mediapipe_python() -> Path:
    """The interpreter of MediaPipe's environment, which is created at first use."""
    python = _HOME / "bin" / "python"
    if not (_HOME / "made").exists():
        print("making an environment for MediaPipe", file=sys.stderr)
        venv.create(_HOME, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "--quiet", f"mediapipe=={_VERSION}", "psutil"]
        subprocess.run(command, check=True, stdout=sys.stderr)
        (_HOME / "made").touch()
    return python


def run_contracts() -> tuple[int, int]:
    """How many tests of the estimators' contract MediaPipe passes and fails, run in its environment.

    Laban is installed there with MediaPipe's own OpenCV, which the headless build would break.
    """
    python = str(mediapipe_python())
    if not (_HOME / "laban").exists():
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        needed = [one for one in project["dependencies"] if not one.startswith("opencv")]
        pip = [python, "-m", "pip", "install", "--quiet"]
        subprocess.run(
            [*pip, *needed, "pytest", "pytest-socket", "hypothesis"], check=True, stdout=sys.stderr
        )
        subprocess.run([*pip, "--no-deps", "-e", str(ROOT)], check=True, stdout=sys.stderr)
        (_HOME / "laban").touch()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "contracts.xml"
        command = [python, "-m", "pytest", "-q", *_CONTRACTS, "-k", "mediapipe or MediaPipe"]
        subprocess.run([*command, f"--junitxml={report}"], cwd=ROOT, stdout=sys.stderr, check=False)
        suite = next(ElementTree.parse(report).iter("testsuite"))
    tests, skipped, *broken = (int(suite.get(name, 0)) for name in ("tests", "skipped", "failures", "errors"))
    return tests - skipped - sum(broken), sum(broken)


def bundle(model: str = "full") -> Path:
    """MediaPipe's own task bundle, of the very networks that Laban runs."""
    path = _BUNDLES / f"pose_{model}.task"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        detector, landmarker = asset_path("blazepose_detector"), asset_path(f"blazepose_landmarker_{model}")
        path.write_bytes(task_bundle(detector=detector.read_bytes(), landmarker=landmarker.read_bytes()))
    return path


def mediapipe_loop(
    video: Path, *, mode: str, people: int = 1, landmarks: Path | None = None
) -> dict[str, Any]:
    """The cost of MediaPipe's plain loop for a video; its landmarks are written to ``landmarks`` (.npz)."""
    arguments = [str(video), "--bundle", str(bundle()), "--mode", mode, "--num-poses", str(people)]
    arguments += ["-o", str(landmarks)] if landmarks else []
    return run_json([str(mediapipe_python()), str(_SCRIPT), *arguments])


def laban_loop(video: Path, **options: Any) -> dict[str, Any]:
    """The cost of Laban's loop for a video, in a separate process too."""
    flags = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", str(value))]
    return run_json([sys.executable, "-m", "benchmarks.laban_loop", str(video), *flags])


def run_json(command: list[str]) -> dict[str, Any]:
    """Runs a command that prints one JSON object as its last line, and gives the object."""
    environment = {**os.environ, "GLOG_minloglevel": "3", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed: {done.stderr.strip()[-800:]}")
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result
