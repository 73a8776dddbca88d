"""Finding a recording's video again, and reading no more of it than is needed."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from laban.core.sequence import Recording
from laban.errors import SourceError
from laban.pipeline.recording.identity import data_hash
from laban.pipeline.recording.video import find_origin, open_frames, origin_doubt, rate_given
from laban.render.video import write_video


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """150 frames, each a shade lighter than the one before, with a keyframe every 60."""
    shades = ((index / 25, np.full((48, 64, 3), 40 + index, np.uint8)) for index in range(150))
    path = tmp_path / "videos" / "walk.mp4"
    write_video(path, shades)
    return path


def recording(source: str, **metadata: str) -> Recording:
    return Recording(source, np.arange(150) / 25, {}, metadata=metadata)


def test_the_recordings_own_word_is_believed_first(video: Path, tmp_path: Path) -> None:
    (tmp_path / "walk.mp4").write_text("another")
    assert find_origin(recording(str(video)), beside=tmp_path / "walk.parquet") == video
    assert find_origin(recording("walk.mp4", path=str(video))) == video


def test_a_video_that_moved_with_its_recording_is_found(video: Path) -> None:
    beside = video.parent / "walk.parquet"
    for word in ("walk.mp4", "/gone/far/walk.mp4", "C:\\films\\walk.mp4"):
        assert find_origin(recording(word), beside=beside) == video
    assert find_origin(recording("videos/walk.mp4"), beside=video.parents[1] / "walk.parquet") == video


def test_what_is_given_wins_and_must_exist(video: Path, tmp_path: Path) -> None:
    assert find_origin(recording("gone.mp4"), given=video) == video
    with pytest.raises(SourceError, match="check --source"):
        find_origin(recording(str(video)), given=tmp_path / "none.mp4")


@pytest.mark.parametrize("word", ["", "gone.mp4", "rtsp://camera/1"])
def test_nothing_found_says_what_to_do(word: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="name it with --source"):
        find_origin(recording(word), beside=tmp_path / "walk.parquet")


def test_all_frames_come_in_order(video: Path) -> None:
    with open_frames(video) as frames:
        assert [frame.index for frame in frames] == list(range(150))


def test_moments_are_the_nearest_frames_and_what_lies_between_is_skipped(video: Path) -> None:
    at_s = np.array([0.4, 0.61, 5.6])
    with open_frames(video, at_s=at_s) as frames:
        found = {frame.index: frame for frame in frames}
    assert {10, 15, 140} <= set(found)
    assert max(set(found) - {140}) == 15, "the frames from 16 to 139 were skipped"
    for index in (10, 15, 140):
        assert found[index].image_rgb.mean() == pytest.approx(40 + index, abs=3)
        assert found[index].time_s == pytest.approx(index / 25, abs=1e-3)


def test_a_source_that_is_no_video_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("these are words")
    with pytest.raises(SourceError), open_frames(path):
        pass


def test_frames_of_images_come_at_the_rate_that_the_recording_was_made_with(tmp_path: Path) -> None:
    for index in range(4):
        cv2.imwrite(str(tmp_path / f"f_{index}.png"), np.full((30, 40, 3), 60 * index, np.uint8))
    made = Recording(str(tmp_path), np.arange(4) / 10, {}, metadata={"settings": {"fps": 10}})
    assert rate_given(made) == 10
    assert rate_given(recording("walk.mp4")) is None
    with open_frames(tmp_path, at_s=np.array([0.2]), fps=rate_given(made)) as frames:
        assert 2 in {frame.index for frame in frames if abs(frame.time_s - 0.2) < 1e-9}


def test_another_file_than_a_recording_was_made_of_is_doubted(video: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.mp4"
    other.write_bytes(video.read_bytes() + b"more")
    work = {"data_sha256": data_hash(video)}
    made = Recording(str(video), np.arange(150) / 25, {}, metadata={"work": work})
    assert origin_doubt(made, video) is None
    assert origin_doubt(recording(str(video)), other) is None  # keeps no hash
    doubt = origin_doubt(made, other)
    assert doubt is not None
    assert "other.mp4 is not the file that this recording was made from" in doubt
