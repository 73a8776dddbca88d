"""A real clip through the real command, with real weights and the pipeline as it is."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from laban.assets import asset_path
from laban.cli.app import app
from laban.cli.errors import guarded
from laban.sequences.io import load

pytestmark = [pytest.mark.network, pytest.mark.enable_socket]

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def clip() -> Path:
    return asset_path("single_person_cam01")


def extract(*arguments: object, capsys: Captured) -> tuple[int, list[dict[str, object]], str]:
    words = [str(word) for word in arguments]
    code = guarded(app, ["extract", *words, "--detector", "blazepose", "--model", "lite", "--json"])
    out, err = capsys.readouterr()
    return code, json.loads(out), err


def test_a_clip_becomes_a_recording_that_a_second_run_keeps(
    clip: Path, tmp_path: Path, capsys: Captured
) -> None:
    code, (item,), _ = extract(clip, "-o", tmp_path / "deep" / "er", capsys=capsys)
    assert code == 0
    recording = load(tmp_path / "deep" / "er" / "single_person_cam01.parquet")
    assert len(recording.people) == 1
    assert len(recording.times_s) == 100
    assert item["status"] == "done"
    code, (item,), err = extract(clip, "-o", tmp_path / "deep" / "er", capsys=capsys)
    assert (code, item["status"]) == (0, "kept")
    assert "made before with the same options" in err
    code, (item,), _ = extract(clip, "-o", tmp_path / "deep" / "er", "--every", "3", capsys=capsys)
    assert (code, item["status"]) == (0, "done")


def test_bad_files_cost_only_themselves(clip: Path, tmp_path: Path, capsys: Captured) -> None:
    videos = tmp_path / "videos"
    videos.mkdir()
    (videos / "a_zero.mp4").write_bytes(b"")
    (videos / "b_text.mp4").write_text("this is no video")
    (videos / "c_cut.mp4").write_bytes(clip.read_bytes()[:20_000])
    (videos / "d_good.mp4").write_bytes(clip.read_bytes())
    code, items, err = extract(videos, tmp_path / "absent.mp4", "-o", tmp_path / "out", capsys=capsys)
    assert code == 3
    assert [item["status"] for item in items] == ["failed", "failed", "failed", "done", "failed"]
    told = [line for line in err.splitlines() if line.startswith("laban: ")]
    assert len(told) == 4
    assert all(name in line for name, line in zip(("a_zero", "b_text", "c_cut", "absent"), told, strict=True))
    assert "Traceback" not in err
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"d_good.parquet"}


@pytest.mark.skipif(sys.platform == "win32", reason="sends Ctrl-C as POSIX does")
def test_ctrl_c_keeps_what_is_finished_and_the_next_run_goes_on(clip: Path, tmp_path: Path) -> None:
    for number in range(8):
        (tmp_path / f"{number}.mp4").write_bytes(clip.read_bytes())
    flags = ["-o", str(tmp_path / "out"), "--detector", "blazepose", "--model", "lite"]
    command = [sys.executable, "-m", "laban", "extract", str(tmp_path), *flags]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline_s = time.monotonic() + 60
    while not (tmp_path / "out" / "0.parquet").exists() and time.monotonic() < deadline_s:
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=20)
    assert (running.returncode, out) == (130, "")
    assert "laban: stopped; what is finished is kept" in err
    assert "Traceback" not in err
    done = len(list((tmp_path / "out").glob("*.parquet")))
    again = subprocess.run([*command, "--json"], capture_output=True, text=True, timeout=120)
    assert again.returncode == 0
    statuses = [item["status"] for item in json.loads(again.stdout)]
    assert statuses == ["kept"] * done + ["done"] * (8 - done)
    assert 1 <= done < 8


def test_a_full_disk_is_one_line_and_loses_nothing_done(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", str(tmp_path / "out"))

    extract(clip, "-o", tmp_path / "out", capsys=capsys)
    before = (tmp_path / "out" / "single_person_cam01.parquet").read_bytes()
    monkeypatch.setattr("laban.pipeline.extraction.save", full)
    code, (item,), err = extract(clip, "-o", tmp_path / "out", "--every", "2", capsys=capsys)
    assert code == 1
    assert "No space left on device" in str(item["reason"])
    assert "Traceback" not in err
    assert (tmp_path / "out" / "single_person_cam01.parquet").read_bytes() == before
