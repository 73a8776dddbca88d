"""What is made of a source is never kept under the name of another."""

import os
import time
from pathlib import Path

import numpy as np
import pytest
from tests.unit.sources.films import filmed

from laban.errors import SourceError
from laban.pipeline.recording import extract as extraction
from laban.pipeline.recording.extract import extract_file
from laban.pipeline.recording.identity import Identity, data_hash
from laban.pipeline.recording.settings import ExtractionSettings


def test_a_file_that_is_written_to_is_another(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"one")
    identity = Identity.of(path)
    identity.check()
    os.utime(path)  # touched, but the same
    assert not identity.has_changed()
    path.write_bytes(b"two")
    os.utime(path, ns=(identity.stamp[1], identity.stamp[1]))  # as long, and of the same time
    assert identity.has_changed()
    path.unlink()
    with pytest.raises(SourceError, match="changed while it was read"):
        identity.check()


def test_of_a_folder_its_images_count(tmp_path: Path) -> None:
    for name in ("1.png", "2.png"):
        (tmp_path / name).write_bytes(b"x")
    identity = Identity.of(tmp_path)
    (tmp_path / "folder.parquet").write_bytes(b"made meanwhile")
    (tmp_path / ".folder.parquet.parts").mkdir()
    (tmp_path / "1.overlay.png").write_bytes(b"drawn")
    assert not identity.has_changed()
    (tmp_path / "3.png").write_bytes(b"x")
    assert identity.has_changed()


def test_what_is_short_and_was_just_written_may_still_be_copied(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"one")
    said = Identity.of(path).with_doubts(("the file is cut short; it holds 2.0 s", "another thing"))
    assert "still being copied" in said[0]
    assert said[1] == "another thing"
    old_s = time.time() - 3600
    os.utime(path, (old_s, old_s))
    assert Identity.of(path).with_doubts(("the file is cut short",)) == ("the file is cut short",)


class Nobody:
    """Stands in for the engine: sees frames and finds nobody."""

    def __init__(self, *_: object, **__: object) -> None: ...
    def __enter__(self) -> "Nobody":
        return self

    def __exit__(self, *_: object) -> None: ...
    def run(self, frames):  # type: ignore[no-untyped-def]
        return ((frame, []) for frame in frames)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> ExtractionSettings:
    monkeypatch.setattr(extraction, "BlazePoseEngine", Nobody)
    monkeypatch.setattr(extraction, "_with_weights", lambda settings: settings)
    monkeypatch.setattr(extraction, "load_weights", lambda **_: None)
    return ExtractionSettings(workers=1, span_s=1.0, overlap_s=0.1)


@pytest.mark.parametrize("change", ["grow", "replace", "remove"])
def test_a_video_that_changes_is_not_kept(tmp_path: Path, settings: ExtractionSettings, change: str) -> None:
    """Longer, another or gone while it is read: an error, and neither the recording nor spans of it are left."""
    path = filmed(tmp_path / "a.mkv", frames=90)
    later = filmed(tmp_path / "later.mkv", frames=50)
    done: list[float] = []

    def alter(frames: float, _total: float | None) -> None:
        if frames != 40:
            return
        done.append(frames)
        if change == "grow":
            path.write_bytes(path.read_bytes() + bytes(4096))
        elif change == "replace":
            later.replace(path)
        else:
            path.unlink()

    with pytest.raises(SourceError, match="changed while it was read"):
        extract_file(path, tmp_path / "a.parquet", settings=settings, progress=alter)
    assert done
    assert [one.name for one in tmp_path.iterdir() if "parquet" in one.name] == []


def test_a_video_that_stays_is_kept_with_its_warnings(tmp_path: Path, settings: ExtractionSettings) -> None:
    path = filmed(tmp_path / "a.mkv", frames=60)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    first = extract_file(path, tmp_path / "a.parquet", settings=settings)
    again = extract_file(path, tmp_path / "a.parquet", settings=settings)
    assert not first.kept
    assert again.kept
    assert any("cut short" in warning for warning in first.warnings)
    assert again.warnings == first.warnings
    assert again.recording.metadata["work"]["data_sha256"] == data_hash(path)
    assert np.array_equal(again.recording.times_s, first.recording.times_s)


def test_a_source_may_have_another_name_than_its_path(tmp_path: Path, settings: ExtractionSettings) -> None:
    path = filmed(tmp_path / "a.mkv")
    found = extract_file(path, tmp_path / "a.parquet", settings=settings, name="standard input")
    assert found.recording.source == "standard input"
    assert "path" not in found.recording.metadata


def test_a_link_keeps_the_name_that_was_given(tmp_path: Path, settings: ExtractionSettings) -> None:
    link = tmp_path / "mine.mkv"
    link.symlink_to(filmed(tmp_path / "a7f3.mkv"))
    found = extract_file(link, tmp_path / "mine.parquet", settings=settings)
    assert Path(found.recording.source).name == Path(found.recording.metadata["path"]).name == "mine.mkv"


def test_what_is_kept_has_the_name_of_now(tmp_path: Path, settings: ExtractionSettings) -> None:
    """The same content under two names has one recording in the cache; each answer names its own file."""
    path = filmed(tmp_path / "a.mkv")
    copy = tmp_path / "b.mkv"
    copy.write_bytes(path.read_bytes())
    target = tmp_path / "kept.parquet"
    extract_file(path, target, settings=settings)
    again = extract_file(copy, target, settings=settings)
    assert again.kept
    assert again.recording.source == str(copy)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no devices here")
def test_a_device_is_refused_before_it_is_read() -> None:
    with pytest.raises(SourceError, match="a device or a pipe"):
        Identity.of(Path("/dev/zero"))
