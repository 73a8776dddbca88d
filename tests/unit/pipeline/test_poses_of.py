from pathlib import Path

import pytest

from laban.core.sequence import Recording
from laban.errors import FormatError
from laban.pipeline.poses_of import PoseFile, poses_of


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
        f"{name} is not used: a parquet file says it itself" for name in ("fps", "size_wh")
    )
