"""What a JPEG says of itself besides its size."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from laban.sources.jpeg import JpegNotes, jpeg_notes


def saved(path: Path, *, orientation: int | None = None, mode: str = "RGB") -> Path:
    image = Image.fromarray(np.full((20, 30, 3), 120, np.uint8)).convert(mode)
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    image.save(path, "JPEG", exif=exif)
    return path


@pytest.mark.parametrize(("orientation", "sideways"), [(1, False), (3, False), (6, True), (8, True)])
def test_the_orientation_is_read(tmp_path: Path, orientation: int, sideways: bool) -> None:
    notes = jpeg_notes(saved(tmp_path / "a.jpg", orientation=orientation))
    assert (notes.orientation, notes.sideways, notes.cmyk) == (orientation, sideways, False)


def test_print_colours_are_told(tmp_path: Path) -> None:
    assert jpeg_notes(saved(tmp_path / "a.jpg", mode="CMYK")) == JpegNotes(1, cmyk=True)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe1\x00", b"\x89PNG nothing", b"\xff\xd8" + b"\xff" * 40]
)
def test_what_is_damaged_or_no_jpeg_has_plain_notes(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.jpg").write_bytes(content)
    assert jpeg_notes(tmp_path / "a.jpg") == JpegNotes()


def test_any_cut_is_survived(tmp_path: Path) -> None:
    whole = saved(tmp_path / "a.jpg", orientation=6).read_bytes()
    for end in range(0, min(len(whole), 400), 7):
        (tmp_path / "b.jpg").write_bytes(whole[:end])
        assert jpeg_notes(tmp_path / "b.jpg").orientation in (1, 6)
