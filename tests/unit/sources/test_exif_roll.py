"""What images tell of how level the camera was."""

from pathlib import Path

import pytest

from laban.sources.exif_roll import noted_roll_deg


@pytest.mark.parametrize(
    ("content", "roll_deg"),
    [
        (b'<rdf:Description GPano:PoseRollDegrees="4.5"/>', -4.5),
        (b"<GPano:PoseRollDegrees>-12</GPano:PoseRollDegrees>", 12.0),
        (b"GPano:PoseRollDegrees='190'", 170.0),
        (b"GPano:PosePitchDegrees='3'", None),
        (b"", None),
    ],
)
def test_the_roll_in_xmp_is_read(content: bytes, roll_deg: float | None, tmp_path: Path) -> None:
    path = tmp_path / "image.jpg"
    path.write_bytes(b"\xff\xd8" + content)
    assert noted_roll_deg(path) == roll_deg


def test_no_file_notes_nothing(tmp_path: Path) -> None:
    assert noted_roll_deg(tmp_path / "none.jpg") is None
