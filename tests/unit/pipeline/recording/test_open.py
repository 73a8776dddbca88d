from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from laban.core.sequence import Recording
from laban.errors import FormatError, SourceError
from laban.pipeline.recording import open as module
from laban.pipeline.recording.extract import Extraction
from laban.pipeline.recording.open import PoseFile, check_film, poses_of
from laban.pipeline.recording.settings import ExtractionSettings


def test_what_is_neither_a_video_nor_poses_is_told_so(tmp_path: Path) -> None:
    file = tmp_path / "talk.mp4"
    file.write_text("not a video")
    with pytest.raises(FormatError, match=r"talk\.mp4 is neither a video nor a file of poses; expected mp4"):
        poses_of(file)


def test_rate_and_size_are_passed_to_a_file_that_has_none(tmp_path: Path) -> None:
    header = ",".join(f"x{joint},y{joint}" for joint in range(33))
    row = ",".join(["0.5,0.25"] * 33)
    (tmp_path / "x.csv").write_text(f"{header}\n{row}\n{row}\n")
    found = poses_of(tmp_path / "x.csv", pose_file=PoseFile(10.0, (640, 480)))
    assert (found.recording.times_s.tolist(), found.recording.size_wh) == ([0, 0.1], (640, 480))
    assert found.warnings == ()


def test_rate_and_size_of_a_file_that_has_them_are_not_used_and_told(
    tmp_path: Path, two_walkers: Recording
) -> None:
    path = two_walkers.save(tmp_path / "x.parquet")
    found = poses_of(path, pose_file=PoseFile(10.0, (640, 480)))
    assert found.recording == two_walkers
    assert found.warnings == tuple(
        f"{name} is not used: a parquet file contains it" for name in ("fps", "size_wh")
    )


class Extracting:
    """Stands in for the work on images: gives nobody, by the settings that it is asked with."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[ExtractionSettings] = []
        monkeypatch.setattr(module, "extract_file", self.extract_file)
        monkeypatch.setattr(module, "resolve_detector", lambda name: name)

    def extract_file(
        self, source: Path, target: Path, *, settings: ExtractionSettings, progress: object
    ) -> Extraction:
        self.asked.append(settings)
        return Extraction(Recording(str(source), np.arange(3) / 30, {}), 0.1)


def shots(folder: Path, *names: str, shade: int = 3) -> Path:
    folder.mkdir()
    noise = np.random.default_rng(0).integers(0, 200, (48, 64, 3)).astype(np.uint8)
    for index, name in enumerate(names):
        cv2.imwrite(str(folder / name), noise + np.uint8(shade * index))
    return folder


def test_the_rate_of_numbered_images_is_that_which_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extracting = Extracting(monkeypatch)
    folder = shots(tmp_path / "shots", "f_00.png", "f_01.png", "f_02.png")
    found = poses_of(folder, cache=tmp_path / "kept", pose_file=PoseFile(fps=12.0))
    assert [settings.fps for settings in extracting.asked] == [12.0]
    assert found.warnings == ()


def test_a_rate_that_a_video_tells_itself_is_not_used_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, film: Callable[..., Path]
) -> None:
    extracting = Extracting(monkeypatch)
    path = film(tmp_path / "a.mp4")
    found = poses_of(path, cache=tmp_path / "kept", pose_file=PoseFile(fps=12.0))
    assert [settings.fps for settings in extracting.asked] == [None]
    assert found.warnings == ("the rate of 12 fps is not used: it has times of its own",)


def test_what_is_kept_does_not_depend_on_a_rate_that_is_not_given() -> None:
    assert "fps" not in ExtractionSettings().of_result()
    assert ExtractionSettings(fps=12.0).of_result()["fps"] == 12.0
    assert "workers" not in ExtractionSettings(workers=2).of_result()


def test_a_folder_of_photos_or_of_videos_is_no_film(tmp_path: Path, film: Callable[..., Path]) -> None:
    videos = tmp_path / "videos"
    videos.mkdir()
    film(videos / "a.mp4")
    with pytest.raises(SourceError, match="is a folder of videos, expected one video"):
        check_film(videos)
    photos = shots(tmp_path / "photos", "anna.png", "bert.png")
    with pytest.raises(SourceError, match=r"holds 2 photos .*, expected one film"):
        check_film(photos)
    assert check_film(shots(tmp_path / "one", "anna.png")) == ()
    assert check_film(shots(tmp_path / "frames", "f_1.png", "f_2.png")) == ()


def test_without_a_rate_there_is_nothing_to_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, film: Callable[..., Path]
) -> None:
    Extracting(monkeypatch)
    assert poses_of(film(tmp_path / "a.mp4"), cache=tmp_path / "kept").warnings == ()
