"""Videos are extracted once, bad ones are told, and nothing that is done is lost."""

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from laban.core.sequence import Recording
from laban.errors import AssetError, InvalidValueError, OutputError, SourceError
from laban.pipeline.dataset import Dataset, open_dataset, recordings_of
from laban.pipeline.recording import cache
from laban.pipeline.recording.cache import default_cache
from laban.pipeline.recording.settings import ExtractionSettings

SETTINGS = ExtractionSettings(detector="blazepose")
Move = Callable[..., Recording]


class Extracting:
    """An extraction without networks, that notes what it is asked for; some videos are bad."""

    def __init__(self, move: Move, *, bad: tuple[str, ...] = (), error: BaseException | None = None) -> None:
        self._made = move(seconds=1.0)
        self._bad, self._error = bad, error
        self.asked: list[str] = []
        self._lock = threading.Lock()

    def __call__(
        self,
        source: Path,
        target: Path,
        *,
        settings: ExtractionSettings,
        progress: Callable[[float, float | None], None],
    ) -> None:
        with self._lock:
            self.asked.append(source.name)
        progress(15, 30)
        if source.name in self._bad:
            raise self._error or SourceError(f"{source} is broken\nin two lines")
        progress(30, 30)
        self._made.replace(source=source.name).save(target)


@pytest.fixture
def videos(tmp_path: Path, film: Callable[..., Path]) -> Dataset:
    for kind in ("kick", "wave"):
        (tmp_path / "data" / kind).mkdir(parents=True)
        for number in (1, 2):
            film(tmp_path / "data" / kind / f"{kind}{number}.mp4", frames=4 + number + 10 * (kind == "wave"))
    return open_dataset(tmp_path / "data")


def test_a_second_run_extracts_nothing_and_hashes_nothing(
    videos: Dataset, tmp_path: Path, move: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract = Extracting(move)
    told: list[tuple[float, float | None]] = []
    first = recordings_of(
        videos,
        cache=tmp_path / "c",
        settings=SETTINGS,
        extract=extract,
        progress=lambda *at: told.append(at),
        workers=1,
    )
    assert sorted(extract.asked) == ["kick1.mp4", "kick2.mp4", "wave1.mp4", "wave2.mp4"]
    assert (first.extracted, first.kept, first.failed) == (4, 0, ())
    assert (told[0], told[-1]) == ((15, 120), (120, 120))

    def refuse(path: Path) -> str:
        raise AssertionError(f"{path} was hashed again")

    monkeypatch.setattr(cache, "data_hash", refuse)
    again = recordings_of(videos, cache=tmp_path / "c", settings=SETTINGS, extract=extract)
    assert len(extract.asked) == 4
    assert (again.extracted, again.kept) == (0, 4)
    assert again.of(0) == first.of(0)


def test_content_and_settings_decide_what_is_kept(videos: Dataset, tmp_path: Path, move: Move) -> None:
    extract = Extracting(move)
    recordings_of(videos, cache=tmp_path / "c", settings=SETTINGS, extract=extract)
    moved = videos.root.rename(tmp_path / "elsewhere")
    shutil.copy(moved / "kick" / "kick1.mp4", moved / "kick" / "copy.mp4")
    os.utime(moved / "wave" / "wave1.mp4", (1, 1))
    recordings_of(open_dataset(moved), cache=tmp_path / "c", settings=SETTINGS, extract=extract)
    assert len(extract.asked) == 4, "names, places and times are no content"
    (moved / "wave" / "wave1.mp4").write_bytes((moved / "wave" / "wave2.mp4").read_bytes() + b"\0")
    recordings_of(open_dataset(moved), cache=tmp_path / "c", settings=SETTINGS, extract=extract)
    assert extract.asked[4:] == ["wave1.mp4"]
    other = ExtractionSettings(detector="blazepose", model="lite")
    recordings_of(open_dataset(moved), cache=tmp_path / "c", settings=other, extract=extract)
    assert len(extract.asked) == 9


def test_a_damaged_or_unfinished_recording_or_index_is_made_anew(
    videos: Dataset, tmp_path: Path, move: Move
) -> None:
    extract = Extracting(move)
    first = recordings_of(videos, cache=tmp_path / "c", settings=SETTINGS, extract=extract)
    place = next(iter(first.places.values()))
    place.write_bytes(place.read_bytes()[:-10])
    (tmp_path / "c" / "index.json").write_text("{")
    again = recordings_of(videos, cache=tmp_path / "c", settings=SETTINGS, extract=extract)
    assert len(extract.asked) == 5
    assert again.of(0) == first.of(0)


def test_bad_files_are_told_in_one_line_and_the_others_go_on(
    videos: Dataset, tmp_path: Path, move: Move
) -> None:
    extract = Extracting(move, bad=("kick2.mp4",))
    found = recordings_of(videos, cache=tmp_path / "c", settings=SETTINGS, extract=extract)
    path = videos.root / "kick" / "kick2.mp4"
    assert [(one.name, one.reason) for one in found.failed] == [(str(path), f"{path} is broken in two lines")]
    assert [recording is None for _, recording in found] == [False, True, False, False]
    everything = Extracting(move, bad=("kick1.mp4", "kick2.mp4", "wave1.mp4", "wave2.mp4"))
    with pytest.raises(InvalidValueError, match="none of the 4 files"):
        recordings_of(videos, cache=tmp_path / "other", settings=SETTINGS, extract=everything)


@pytest.mark.parametrize("error", [AssetError("no weights"), OutputError("disk full"), KeyboardInterrupt()])
def test_what_no_file_is_to_blame_for_ends_the_work_and_keeps_what_is_done(
    videos: Dataset, tmp_path: Path, move: Move, error: BaseException
) -> None:
    extract = Extracting(move, bad=("wave1.mp4",), error=error)
    with pytest.raises(type(error)):
        recordings_of(videos, cache=tmp_path / "c", settings=SETTINGS, extract=extract, workers=1)
    healed = Extracting(move)
    found = recordings_of(videos, cache=tmp_path / "c", settings=SETTINGS, extract=healed, workers=1)
    assert found.failed == ()
    assert set(healed.asked) <= {"wave1.mp4", "wave2.mp4"}


def test_files_of_poses_are_read_and_bad_ones_told(folder: Path) -> None:
    (folder / "wave" / "2.parquet").write_bytes(b"PAR1 nothing PAR1")
    found = recordings_of(open_dataset(folder))
    assert [Path(one.name).name for one in found.failed] == ["2.parquet"]
    assert [recording is None for _, recording in found] == [False, False, False, True]


def test_what_a_file_does_not_tell_is_noted_once(tmp_path: Path, move: Move) -> None:
    for kind in ("kick", "wave"):
        with pytest.warns(UserWarning, match="cannot hold"):
            move(kind).save(tmp_path / f"{kind}.txt", format="tutorial")
    assert len(recordings_of(open_dataset(tmp_path)).notes) == 2
    told = open_dataset(tmp_path, fps=60.0, size_wh=(640, 480))
    found = recordings_of(told)
    assert found.notes == ()
    recording = found.of(0)
    assert recording is not None
    assert recording.size_wh == (640, 480)
    assert recording.duration_s == pytest.approx(119 / 60)


def test_where_poses_are_kept(tmp_path: Path) -> None:
    assert default_cache({"LABAN_CACHE": str(tmp_path)}) == tmp_path
    assert default_cache({"XDG_CACHE_HOME": str(tmp_path)}) == tmp_path / "laban" / "recordings"
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(OutputError, match="LABAN_CACHE"):
        cache.RecordingCache(file / "in").prepare()


def test_nothing_is_kept_of_a_clip_that_changes(videos: Dataset, tmp_path: Path, move: Move) -> None:
    """What was looked up under one content and read with another would be kept under the wrong name."""
    extracting = Extracting(move)

    def changing(source: Path, target: Path, **options: Any) -> object:
        made = extracting(source, target, **options)
        if source.name == "kick1.mp4":
            source.write_bytes(source.read_bytes() + b"more")
        return made

    found = recordings_of(videos, cache=tmp_path / "c", settings=SETTINGS, extract=changing, workers=1)
    (failed,) = found.failed
    assert Path(failed.name).name == "kick1.mp4"
    assert "changed while it was read" in failed.reason
    assert len(list((tmp_path / "c").rglob("*.parquet"))) == 3
    again = recordings_of(videos, cache=tmp_path / "c", settings=SETTINGS, extract=extracting, workers=1)
    assert (again.failed, again.kept, again.extracted) == ((), 3, 1)
