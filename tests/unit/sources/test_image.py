import resource
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from laban.errors import InvalidValueError, LimitError, SourceError
from laban.sources import ImageSource, Limits, open_source
from laban.sources.image import read_image

SUFFIXES = (".png", ".jpg", ".bmp", ".webp", ".tif")


def painted(path: Path, *, level: int = 100, size_wh: tuple[int, int] = (40, 30)) -> Path:
    """Black above, ``level`` below, but for red top left."""
    image = np.zeros((size_wh[1], size_wh[0], 3), dtype=np.uint8)
    image[size_wh[1] // 2 :] = level
    image[:10, :10] = (0, 0, 255)
    cv2.imwrite(str(path), image)
    return path


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_image_is_one_frame_in_rgb(tmp_path: Path, suffix: str) -> None:
    with open_source(painted(tmp_path / f"a{suffix}")) as source:
        (frame,) = source.frames()
        assert (source.size_wh, source.fps, source.times_s.tolist()) == ((40, 30), None, [0.0])  # type: ignore[union-attr]
        red, green, blue = frame.image_rgb[3, 3].tolist()
        assert red > 180 > 80 > max(green, blue)
        assert abs(int(frame.image_rgb[25, 30, 0]) - 100) < 10


@pytest.mark.parametrize("content", ["png as jpg", "jpg as mp4"])
def test_content_decides_what_an_image_is(tmp_path: Path, content: str) -> None:
    inside, named = content.split(" as ")
    path = painted(tmp_path / f"a.{inside}").rename(tmp_path / f"b.{named}")
    with open_source(path) as source:
        assert len(list(source.frames())) == 1


def test_an_image_is_turned_by_its_exif(tmp_path: Path) -> None:
    """Orientation 6: the camera was held a quarter turn; top left of the file is top right of the scene."""
    data = painted(tmp_path / "a.jpg").read_bytes()
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, 6, 0, 0)
    exif = b"Exif\0\0" + tiff
    (tmp_path / "b.jpg").write_bytes(
        data[:2] + b"\xff\xe1" + struct.pack(">H", 2 + len(exif)) + exif + data[2:]
    )
    with open_source(tmp_path / "b.jpg") as source:
        (frame,) = source.frames()
        assert source.size_wh == frame.size_wh == (30, 40)
        assert frame.image_rgb[3, 26, 0] > 180
        assert frame.image_rgb[3, 3, 0] > frame.image_rgb[36, 26, 0] + 50


def test_a_folder_is_frames_in_natural_order_at_the_rate_given(tmp_path: Path) -> None:
    for index in (9, 10, 11):
        painted(tmp_path / f"frame_{index}.png", level=index * 10)
    (tmp_path / "notes.txt").write_text("no image")
    with open_source(tmp_path, fps=5) as source:
        frames = list(source.frames())
        assert [int(frame.image_rgb[25, 30, 0]) for frame in frames] == [90, 100, 110]
        assert [frame.time_s for frame in frames] == [0.0, 0.2, 0.4]
        assert source.fps == 5


def test_images_that_do_not_fit_are_left_out_and_told(tmp_path: Path) -> None:
    data = painted(tmp_path / "1.png").read_bytes()
    (tmp_path / "0.png").write_bytes(data[:60])
    (tmp_path / "2.png").write_bytes(b"")
    (tmp_path / "3.png").write_text("words")
    painted(tmp_path / "4.png", size_wh=(50, 30))
    painted(tmp_path / "5.png")
    (tmp_path / "6.png").write_bytes(data[:20])
    with open_source(tmp_path, fps=30) as source:
        assert source.size_wh == (40, 30)
        assert len(list(source.frames())) == 2
        named = {Path(warning.split(" ")[0]).name for warning in source.warnings}
    assert named == {"0.png", "2.png", "3.png", "4.png", "6.png"}
    assert all(warning.endswith("skipped") for warning in source.warnings)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("share", [0.1, 0.3])
def test_an_image_cut_short_is_refused_or_read(tmp_path: Path, suffix: str, share: float) -> None:
    path = painted(tmp_path / f"a{suffix}")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    told = []
    try:
        with open_source(path) as source:
            assert all(frame.size_wh == (40, 30) for frame in source.frames())
    except SourceError as error:
        told.append(str(error))
    assert all(str(path) in message and "\n" not in message for message in told)


def test_limits(tmp_path: Path) -> None:
    for index in range(3):
        painted(tmp_path / f"{index}.png")
    with pytest.raises(LimitError, match="40×30, more than the limit"):
        open_source(tmp_path / "0.png", limits=Limits(max_pixels=40 * 30 - 1))
    with pytest.raises(LimitError, match="more than 2 frames"):
        open_source(tmp_path, limits=Limits(max_frames=2))
    with pytest.raises(InvalidValueError, match="fps"):
        open_source(tmp_path, fps=0)


def test_a_file_larger_than_its_image_could_be_is_not_read(tmp_path: Path) -> None:
    path = painted(tmp_path / "a.png")
    with path.open("ab") as file:
        file.truncate(50_000)
    with pytest.raises(LimitError, match="MB, more than the limit"):
        ImageSource([path], name="a", limits=Limits(max_pixels=40 * 30))


def test_an_address_is_told_from_a_path() -> None:
    with pytest.raises(SourceError, match="download the file first"):
        open_source("https://example.org/clip.mp4")


def test_a_chunk_that_claims_gigabytes_is_not_believed(tmp_path: Path) -> None:
    """OpenCV would set aside what the chunk claims."""
    data = painted(tmp_path / "a.png").read_bytes()
    at = data.index(b"IDAT") - 4
    (tmp_path / "a.png").write_bytes(data[:at] + b"\xf0\0\0\0" + data[at + 4 :])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SourceError, match="ends too early"):
        open_source(tmp_path / "a.png")
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < 100e6


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        (np.float32, "a TIFF of 32-bit floating-point numbers"),
        (np.float64, "a TIFF of 64-bit floating-point numbers"),
        (np.int32, "a TIFF of 32-bit signed integers"),
    ],
)
@pytest.mark.parametrize("shape", [(30, 40), (30, 40, 3)])
def test_a_tiff_of_other_numbers_is_called_what_it_is(
    tmp_path: Path, samples: type, words: str, shape: tuple[int, ...]
) -> None:
    path = tmp_path / "a.tiff"
    assert cv2.imwrite(str(path), np.ones(shape, samples))
    with pytest.raises(SourceError, match=words) as caught:
        read_image(path, limits=Limits())
    assert "8 or 16 bits" in str(caught.value)
    assert "damaged" not in str(caught.value)


@pytest.mark.parametrize("samples", [np.uint8, np.uint16])
@pytest.mark.parametrize("shape", [(30, 40), (30, 40, 3)])
def test_a_tiff_of_8_or_16_bits_is_read(tmp_path: Path, samples: type, shape: tuple[int, ...]) -> None:
    path = tmp_path / "a.tiff"
    assert cv2.imwrite(str(path), np.full(shape, np.iinfo(samples).max // 2, samples))
    assert abs(int(read_image(path, limits=Limits())[0, 0, 0]) - 127) <= 1


def test_a_tiff_with_its_tags_cut_off_is_damaged(tmp_path: Path) -> None:
    path = painted(tmp_path / "a.tiff")
    (tmp_path / "b.tiff").write_bytes(path.read_bytes()[:-40])
    with pytest.raises(SourceError, match="damaged"):
        read_image(tmp_path / "b.tiff", limits=Limits())


def test_images_whose_rate_is_not_given_say_what_is_assumed(tmp_path: Path) -> None:
    for index in range(3):
        painted(tmp_path / f"{index}.png")
    with open_source(tmp_path) as source:
        assert source.warnings == ("images have no frame rate; 30 a second are assumed",)
    with open_source(tmp_path, fps=10) as source:
        assert source.warnings == ()
        assert source.fps == pytest.approx(10)
    with open_source(tmp_path / "0.png") as source:
        assert source.warnings == ()
