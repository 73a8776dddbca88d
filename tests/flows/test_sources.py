"""What people type as a source, through the door: it is found, and called as they called it."""

import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from tests.answers import check_schema
from tests.unit.pipeline.recording.test_identity import Nobody
from tests.unit.sources.films import filmed

from laban.cli import extract_job
from laban.cli.app import app
from laban.cli.errors import guarded
from laban.io import load
from laban.pipeline.recording import extract as extraction

Run = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """``laban extract`` with an engine that finds nobody: all is real but for the networks."""
    monkeypatch.setattr(extraction, "BlazePoseEngine", Nobody)
    monkeypatch.setattr(extraction, "_with_weights", lambda settings: settings)
    monkeypatch.setattr(extraction, "load_weights", lambda **_: None)
    monkeypatch.setattr(extract_job, "with_weights", lambda options, *, quiet: options)
    monkeypatch.chdir(tmp_path)

    def ran(*arguments: str) -> tuple[int, Any, str]:
        code = guarded(app, ["extract", *arguments, "-o", "out", "--json"])
        out, err = capsys.readouterr()
        return code, check_schema("extraction", out) if out else None, err

    return ran


def made(folder: str = "out") -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if path.is_file())


def test_standard_input(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = filmed(tmp_path / "a.mkv").read_bytes()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    code, (item,), _ = run("-")
    assert (code, item["source"], made()) == (0, "standard input", ["stdin.parquet"])
    assert load(Path("out/stdin.parquet")).source == "standard input"


def test_a_name_that_begins_with_a_dash(run: Run, tmp_path: Path) -> None:
    filmed(tmp_path / "-clip.mp4")
    assert run("./-clip.mp4")[0] == 0
    assert made() == ["-clip.parquet"]
    assert guarded(app, ["extract", "-o", "again", "--", "-clip.mp4"]) == 0
    assert made("again") == ["-clip.parquet"]


def test_a_link_keeps_its_name(run: Run, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    filmed(tmp_path / "store" / "8f1c.mp4")
    Path("squat.mp4").symlink_to("store/8f1c.mp4")
    code, (item,), _ = run("squat.mp4")
    assert (code, item["source"], made()) == (0, "squat.mp4", ["squat.parquet"])
    assert load(Path("out/squat.parquet")).source == "squat.mp4"


@pytest.mark.parametrize("address", ["http://example.com/clip.mp4", "rtsp://camera/live"])
def test_an_address_is_refused_as_it_was_given(run: Run, tmp_path: Path, address: str) -> None:
    code, _, err = run(address)
    assert (code, err) == (
        1,
        f"laban: {address} is an address, and addresses cannot be read yet; download the file first\n",
    )
    filmed(tmp_path / "a.mp4")
    code, items, err = run("a.mp4", address)
    assert code == 3
    assert items[1]["source"] == address
    assert err.startswith(f"laban: {address} is an address")


def test_a_folder_of_photos_becomes_a_recording_each(run: Run) -> None:
    Path("people").mkdir()
    for name, level in (("ann.png", 40), ("bob.png", 200)):
        cv2.imwrite(f"people/{name}", np.full((60, 40, 3), level, np.uint8))
    code, items, err = run("people", "--overlay")
    assert code == 0
    assert len(items) == 2
    assert "taken for photos" in err
    assert made() == [
        "people/ann.overlay.png",
        "people/ann.parquet",
        "people/bob.overlay.png",
        "people/bob.parquet",
    ]
    drawn = cv2.imread("out/people/ann.overlay.png")
    assert drawn is not None
    assert drawn.shape == (60, 40, 3)
    code, items, _ = run("people", "--frames")
    assert (code, len(items), items[0]["details"]["frames"]) == (0, 1, 2)


def test_a_folder_of_frames_becomes_one_recording(run: Run) -> None:
    Path("walk").mkdir()
    for index in range(6):
        image = np.zeros((60, 80, 3), np.uint8)
        image[10:50, 10 + index : 40 + index] = 255
        cv2.imwrite(f"walk/{index:04d}.png", image)
    code, (item,), err = run("walk")
    assert (code, item["details"]["frames"], made()) == (0, 6, ["walk.parquet"])
    assert "use --photos to change that" in err


def test_what_is_left_out_is_told(run: Run, tmp_path: Path) -> None:
    Path("day").mkdir()
    filmed(tmp_path / "day" / "a.mp4")
    Path("day/notes.txt").touch()
    code, _, err = run("day")
    assert code == 0
    assert (
        err == "laban: warning: day: a folder stands for the 1 video in it; left out: 1 other file (.txt)\n"
    )


@pytest.mark.parametrize(
    "words", [["show"], ["convert", "a.parquet"], ["audit"], ["compare", "a.mp4"], ["reps"]]
)
def test_every_command_tells_an_address_as_it_was_given(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    address = "https://example.com/a/b.parquet"
    assert guarded(app, [words[0], address, *words[1:]]) != 0
    assert f"{address} is an address" in capsys.readouterr().err
