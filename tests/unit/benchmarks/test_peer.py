"""MediaPipe's side of a comparison, set up on a fresh checkout; no network and no environment is needed here."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from benchmarks import peer


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A checkout in which nothing was made yet; the commands that are run are noted."""
    commands: list[list[str]] = []

    def create(home: Path, *, with_pip: bool, clear: bool) -> None:
        assert with_pip
        if clear:
            shutil.rmtree(home, ignore_errors=True)
        (home / "bin").mkdir(parents=True, exist_ok=True)

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 0, stdout='{"fps": 1.0}\n', stderr="")

    monkeypatch.setattr(peer, "_HOME", tmp_path / ".venvs" / "mediapipe")
    monkeypatch.setattr(peer, "_BUNDLES", tmp_path / ".venvs" / "bundles")
    weights = tmp_path / "weights.tflite"
    weights.write_bytes(b"weights")
    monkeypatch.setattr(peer, "asset_path", lambda name: weights)
    monkeypatch.setattr(peer, "task_bundle", lambda *, detector, landmarker: b"bundle")
    monkeypatch.setattr(peer.venv, "create", create)
    monkeypatch.setattr(peer.subprocess, "run", run)
    return commands


def test_the_bundle_outlives_the_making_of_the_environment(fresh: list[list[str]]) -> None:
    peer.mediapipe_loop(Path("clip.mp4"), mode="video")
    loop = fresh[-1]
    assert Path(loop[loop.index("--bundle") + 1]).read_bytes() == b"bundle"
    assert sum("pip" in command for command in fresh) == 1
    peer.mediapipe_loop(Path("clip.mp4"), mode="image")
    assert sum("pip" in command for command in fresh) == 1  # made once
