from pathlib import Path

import pytest

from laban.errors import FormatError
from laban.pipeline.poses_of import poses_of


def test_what_is_neither_a_video_nor_poses_is_told_so(tmp_path: Path) -> None:
    file = tmp_path / "talk.mp4"
    file.write_text("not a video")
    with pytest.raises(FormatError, match=r"talk\.mp4 is neither a video nor a file of poses; expected mp4"):
        poses_of(file)
