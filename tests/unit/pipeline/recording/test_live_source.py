"""What may be watched, and of what a rate may be given."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from laban.errors import InvalidValueError, SourceError
from laban.pipeline.recording.live_source import open_live_source


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for index in range(3):
        cv2.imwrite(str(tmp_path / f"{index:03}.png"), np.full((20, 30, 3), 40 * index, dtype=np.uint8))
    return tmp_path


def test_a_rate_is_for_images_that_tell_none(folder: Path) -> None:
    with open_live_source(str(folder), fps=10.0) as source:
        assert source.times_s is not None
        assert source.times_s.tolist() == pytest.approx([0.0, 0.1, 0.2])
        assert not source.is_live


def test_a_rate_for_a_video_or_a_camera_is_refused_and_not_ignored(
    film: Callable[..., Path], tmp_path: Path
) -> None:
    clip = film(tmp_path / "clip.mp4")
    for source, name in ((str(clip), "clip.mp4"), ("0", "camera 0")):
        with pytest.raises(InvalidValueError, match=f"{name}, which has times of its own; leave out fps"):
            open_live_source(source, fps=10.0)
    with open_live_source(str(clip)) as opened:
        assert not opened.is_live


def test_what_is_not_there_is_told_first(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"none\.mp4"):
        open_live_source(str(tmp_path / "none.mp4"), fps=10.0)
