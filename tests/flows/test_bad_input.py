"""Bad input through the real door: one line on stderr, the right exit code, no traceback, nothing lost."""

import errno
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest
from tests.answers import check_schema

import laban
from laban.cli.app import app
from laban.cli.errors import guarded
from laban.core.sequence import Recording
from laban.pipeline.recording import extract as extraction
from laban.sources import SyntheticScene, SyntheticSource

Film = Callable[..., Path]
MOST_S = 1.0
SPANS = {"LABAN_EXTRACT_SPAN_S": "0.5", "LABAN_EXTRACT_OVERLAP_S": "0.1"}


@pytest.fixture(autouse=True)
def _place(asset: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an empty folder, with the weights at hand and loaded, so that only what is asked takes time."""
    asset("blazepose_detector")
    asset("blazepose_landmarker_full")
    extraction.load_weights(model="full", detector="blazepose", precision="mixed")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LABAN_EXTRACT_DETECTOR", "blazepose")
    monkeypatch.delenv("LABAN_DEBUG", raising=False)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def ran(*arguments: str | Path) -> tuple[int, str, str]:
        code = guarded(app, [str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return ran


Run = Callable[..., tuple[int, str, str]]


def patched(path: Path, at: int, value: bytes) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[:at] + value + data[at + len(value) :])
    return path


def song(path: Path) -> Path:
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=16000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 16000, 0
        out.mux([*stream.encode(frame), *stream.encode()])
    return path


def text(path: Path, words: str = "no video at all\n") -> Path:
    path.write_text(words * 40)
    return path


def folder(path: Path, *, note: bool) -> Path:
    path.mkdir()
    if note:
        text(path / "notes.txt")
    return path


def vast_image(path: Path) -> Path:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 16384, 16384) + bytes(99))
    return path


def vast_video(path: Path, film: Film) -> Path:
    film(path, codec="mjpeg", frames=1)
    patched(path, path.read_bytes().index(b"\xff\xc0\0\x11\x08") + 5, struct.pack(">HH", 16384, 16384))
    return patched(path, path.read_bytes().index(b"strf") + 12, struct.pack("<ii", 16384, 16384))


def too_fast(path: Path, film: Film) -> Path:
    at = film(path).read_bytes().index(b"mdhd") + 16
    return patched(path, at, struct.pack(">I", 1_000_000 * 512))


def unknown_codec(path: Path, film: Film) -> Path:
    return patched(path, film(path).read_bytes().index(b"V_MPEG4") + 6, b"9")


def without_index(path: Path, film: Film) -> Path:
    data = film(path, frames=30).read_bytes()
    path.write_bytes(data[: data.index(b"moov") - 50])
    return path


def unchanging(image: Any, path: Path) -> Path:
    cv2.imwrite(str(path), image)
    return path


BAD: dict[str, tuple[Callable[[Path, Film], Path], str]] = {
    "missing": (lambda here, film: here / "a.mp4", "does not exist"),
    "empty folder": (lambda here, film: folder(here / "a", note=False), "expected videos in this folder"),
    "folder of words": (lambda here, film: folder(here / "a", note=True), "expected videos in this folder"),
    "no match": (lambda here, film: here / "*.mp4", "no file matches this pattern"),
    "zero bytes": (lambda here, film: text(here / "a.mp4", ""), "is empty"),
    "words": (lambda here, film: text(here / "a.mp4"), "neither a video nor an image"),
    "playlist": (lambda here, film: text(here / "a.mp4", "#EXTM3U\n/etc/passwd\n"), "neither a video"),
    "sound": (lambda here, film: song(here / "a.mp4"), "no video, only audio"),
    "no index": (lambda here, film: without_index(here / "a.mp4", film), "before its index"),
    "vast image": (lambda here, film: vast_image(here / "a.png"), "16384×16384, more than the limit"),
    "vast video": (lambda here, film: vast_video(here / "a.avi", film), "no size that can be decoded"),
    "million fps": (lambda here, film: too_fast(here / "a.mp4", film), "more than 1000 frames a second"),
    "ten hours": (lambda here, film: film(here / "a.mkv", times_ms=[0, 36_000_000]), "10.0 hours"),
    "codec": (lambda here, film: unknown_codec(here / "a.mkv", film), "no decoder for its video"),
    "camera": (lambda here, film: Path("0"), "record it to a video file first"),
}


@pytest.mark.parametrize("kind", list(BAD))
def test_what_cannot_be_extracted_is_told_in_a_line_within_a_second(
    kind: str, run: Run, film: Film, tmp_path: Path
) -> None:
    make, words = BAD[kind]
    source = make(tmp_path, film)
    began_s = time.process_time()
    code, out, err = run("extract", source, "-o", "out")
    assert time.process_time() - began_s < MOST_S
    assert (code, out) == (1, "")
    assert err.startswith("laban: ")
    assert words in err
    assert str(source) in err
    assert err.count("\n") == 1
    assert list(Path().glob("out/*")) == []


def test_the_good_among_the_bad_are_done(run: Run, film: Film, tmp_path: Path) -> None:
    film(tmp_path / "b.mp4")
    for kind in ("zero bytes", "words"):
        source = BAD[kind][0](tmp_path, film).rename(tmp_path / f"{kind[:4]}.mp4")
        assert source.exists()
    code, out, err = run("extract", tmp_path, "-o", "out", "--json")
    assert code == 3
    assert {item["status"]: item["reason"] is None for item in check_schema("extraction", out)} == {
        "done": True,
        "failed": False,
    }
    assert err.count("\n") == 2
    assert laban.load(Path("out/b.parquet")).times_s.shape == (12,)


def test_a_truncated_video_gives_what_it_holds_and_says_so(run: Run, film: Film, tmp_path: Path) -> None:
    path = film(tmp_path / "a.mkv", frames=60)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    code, _, err = run("extract", path, "-o", "out")
    assert code == 0
    assert err.startswith(f"laban: warning: {path}: the file is cut short")
    assert err.count("\n") == 1
    recording = laban.load(Path("out/a.parquet"))
    assert 20 < len(recording.times_s) < 60
    assert "cut short" in recording.metadata["warnings"][0]


def test_nobody_is_a_result(run: Run, film: Film, tmp_path: Path) -> None:
    code, out, err = run("extract", film(tmp_path / "a.mp4", frames=15), "-o", "out", "--json")
    assert (code, err) == (0, "")
    assert check_schema("extraction", out)[0]["details"]["people"] == 0
    code, out, _ = run("show", "out/a.parquet")
    assert code == 0
    assert "nobody" in out


@pytest.mark.parametrize("output", ["a file/out", "/proc/laban"])
def test_an_output_that_cannot_be_written_is_told(run: Run, film: Film, tmp_path: Path, output: str) -> None:
    if output.startswith("/proc") and not Path("/proc/self").exists():
        pytest.skip("there is no /proc on this system")
    text(tmp_path / "a file")
    path = film(tmp_path / "a.mp4")
    code, out, err = run("extract", path, "-o", output)
    assert (code, out) == (1, "")
    assert output.split("/out")[0] in err
    assert err.count("\n") == 1
    SyntheticScene(people=1, seconds=0.2).recording().save("a.parquet")
    code, out, err = run("convert", "a.parquet", f"{output}/b.trc")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert output in err


class FullDisk:
    """Lets ``left`` more tables be written, then there is no space left."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, left: int) -> None:
        self._left, self._write = left, pq.ParquetWriter.write_batch
        monkeypatch.setattr(
            pq.ParquetWriter, "write_batch", lambda writer, *rows, **how: self.write(writer, *rows, **how)
        )

    def write(self, writer: Any, *rows: Any, **how: Any) -> None:
        self._left -= 1
        if self._left < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        self._write(writer, *rows, **how)


@pytest.fixture
def clip(film: Film, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two seconds, cut into spans of half a second each."""
    for name, value in SPANS.items():
        monkeypatch.setenv(name, value)
    return film(tmp_path / "clip.mp4", frames=60)


def spans_worked_on(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Notes the beginning of every span that is worked on from now."""
    begun: list[int] = []
    original = extraction.extract_span

    def noted(source: Any, span: Any, **how: Any) -> Recording:
        begun.append(span.start)
        return original(source, span, **how)

    monkeypatch.setattr(extraction, "extract_span", noted)
    return begun


def leftovers() -> list[Path]:
    return sorted(path for path in Path("out").rglob("*") if path.is_file())


def test_a_full_disk_loses_nothing_that_was_done(
    run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:
        FullDisk(full, left=2)
        code, out, err = run("extract", clip, "-o", "out", "--workers", "1")
    assert (code, out) == (1, "")
    assert "No space left on device" in err
    assert "clip.parquet" in err
    assert err.count("\n") == 1
    assert [path.name for path in leftovers()] == ["00000.parquet", "00001.parquet"]
    begun = spans_worked_on(monkeypatch)
    assert run("extract", clip, "-o", "out", "--workers", "1")[0] == 0
    assert len(begun) == 2
    assert leftovers() == [Path("out/clip.parquet")]
    assert len(laban.load(Path("out/clip.parquet")).times_s) == 60


def test_a_full_disk_leaves_what_stood_there(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("extract", clip, "-o", "out")
    before = Path("out/clip.parquet").read_bytes()
    with monkeypatch.context() as full:
        FullDisk(full, left=0)
        code, out, err = run("convert", "out/clip.parquet", "out/clip.parquet")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert Path("out/clip.parquet").read_bytes() == before
    assert leftovers() == [Path("out/clip.parquet")]


@pytest.fixture
def long_clip(tmp_path: Path) -> Path:
    """Three seconds of somebody who walks to and fro."""
    path = tmp_path / "long.mp4"
    scene = SyntheticScene(people=1, seconds=3.0, size_wh=(256, 144))
    with av.open(str(path), "w") as out, SyntheticSource(scene) as source:
        stream = out.add_stream("mpeg4", rate=30)
        stream.width, stream.height = scene.size_wh
        for frame in source.frames():
            out.mux(stream.encode(av.VideoFrame.from_ndarray(frame.image_rgb, format="rgb24")))
        out.mux(stream.encode())
    return path


def _parts() -> Iterator[Path]:
    return Path("out").glob(".long.parquet.*.parts/*.parquet")


_HEARS_CTRL_C = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"


@pytest.mark.parametrize("workers", [1, 4])
def test_ctrl_c_keeps_what_is_done_and_the_next_run_goes_on(
    run: Run, long_clip: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    for name, value in SPANS.items():
        monkeypatch.setenv(name, value)
    command = ["extract", str(long_clip), "-o", "out", "--workers", str(workers)]
    process = subprocess.Popen(
        # A shell that works in the background has its children ignore Ctrl-C; this one shall not.
        [sys.executable, "-c", f"{_HEARS_CTRL_C}; from laban.cli import main; main()", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | SPANS,
    )
    limit_s = time.monotonic() + 30
    while len(list(_parts())) < 1 and process.poll() is None and time.monotonic() < limit_s:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert out == ""
    told = [line for line in err.splitlines() if not line.startswith("INFO:")]  # LiteRT's own word
    assert told == ["laban: stopped; finished work is kept, and the same command continues from there"]
    done = len(list(_parts()))
    assert 1 <= done < 6
    begun = spans_worked_on(monkeypatch)
    assert run(*command)[0] == 0
    assert len(begun) == 6 - done
    assert leftovers() == [Path("out/long.parquet")]
    assert len(laban.load(Path("out/long.parquet")).times_s) == 90


NO_POSES: dict[str, tuple[Callable[[Path, Film], Path], str]] = {
    "missing": (lambda here, film: here / "a.parquet", "no file or folder of poses"),
    "zero bytes": (lambda here, film: text(here / "a.parquet", ""), "is empty"),
    "words": (lambda here, film: text(here / "a.parquet"), "cannot recognise the format"),
    "empty folder": (lambda here, film: folder(here / "a", note=False), "cannot recognise the format"),
    "video": (lambda here, film: film(here / "a.mp4"), "holds images, expected poses; `laban extract"),
    "half a recording": (lambda here, film: half(here / "a.parquet"), "as Parquet"),
}


def half(path: Path) -> Path:
    SyntheticScene(people=1, seconds=0.5).recording().save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


@pytest.mark.parametrize("kind", list(NO_POSES))
@pytest.mark.parametrize("command", ["show", "convert", "draw", "view"])
def test_what_holds_no_poses_is_told(command: str, kind: str, run: Run, film: Film, tmp_path: Path) -> None:
    make, words = NO_POSES[kind]
    path = make(tmp_path, film)
    began_s = time.process_time()
    code, out, err = run(command, path, *(["out.trc"] if command == "convert" else []))
    assert time.process_time() - began_s < MOST_S
    assert (code, out) == (1, "")
    assert words in err
    assert str(path) in err
    assert err.count("\n") == 1
    assert not Path("out.trc").exists()


def test_drawing_over_a_video_that_was_damaged_is_told(run: Run, film: Film, tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    run("extract", path, "-o", ".")
    path.write_bytes(b"")
    code, out, err = run("draw", "a.parquet", "--overlay")
    assert code == 1
    assert "is empty" in err
    assert err.count("\n") == 1
    assert "Traceback" not in out + err
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.mp4", "a.parquet"]
