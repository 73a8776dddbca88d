"""HEIC and AVIF: the whole image, upright, or a clear refusal; never one tile of it."""

import random
from pathlib import Path

import numpy as np
import pytest
from tests.unit.sources.heif_writer import clap, heif, imir, irot

from laban.errors import LabanError, LimitError, SourceError
from laban.sources import Limits, open_source
from laban.sources.headers import image_size
from laban.sources.image import read_image

SIDE = 64


def tile(grey: int) -> np.ndarray:
    return np.full((SIDE, SIDE, 3), grey, np.uint8)


def cornered(size_wh: tuple[int, int] = (128, 64)) -> np.ndarray:
    """Black but for the top left quarter."""
    image = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    image[: size_wh[1] // 2, : size_wh[0] // 2] = 255
    return image


def read(path: Path, data: bytes) -> np.ndarray:
    path.write_bytes(data)
    image = read_image(path, limits=Limits())
    assert (image.shape[1], image.shape[0]) == image_size(data, path=path)
    with open_source(path) as source:
        assert np.array_equal(next(source.frames()).image_rgb, image)
        assert source.warnings == ()
    return image


@pytest.mark.parametrize(("kind", "brand"), [(b"hvc1", b"heic"), (b"hvc1", b"mif1"), (b"av01", b"avif")])
def test_a_grid_is_set_together(tmp_path: Path, kind: bytes, brand: bytes) -> None:
    """Three by two tiles, the last column and row cut off by the size of the whole."""
    greys = [20, 60, 100, 140, 180, 220]
    data = heif([tile(grey) for grey in greys], kind=kind, grid=(2, 3, 180, 100), brand=brand)
    image = read(tmp_path / "IMG_1.HEIC", data)
    assert image.shape == (100, 180, 3)
    for place, grey in enumerate(greys):
        top, left = place // 3 * SIDE, place % 3 * SIDE
        assert image[top + 8 : top + 28, left + 8 : left + 40].mean() == pytest.approx(grey, abs=4)


@pytest.mark.parametrize(("kind", "brand"), [(b"hvc1", b"heic"), (b"av01", b"avif")])
def test_a_single_image_is_read(tmp_path: Path, kind: bytes, brand: bytes) -> None:
    image = read(tmp_path / "a.heic", heif([tile(150)], kind=kind, brand=brand))
    assert image.shape == (SIDE, SIDE, 3)
    assert image.mean() == pytest.approx(150, abs=4)


@pytest.mark.parametrize(
    ("turns", "size_wh", "corner"),
    [
        ([irot(1)], (64, 128), (-1, 0)),
        ([irot(2)], (128, 64), (-1, -1)),
        ([irot(3)], (64, 128), (0, -1)),
        ([imir(0)], (128, 64), (-1, 0)),
        ([imir(1)], (128, 64), (0, -1)),
        ([irot(1), imir(1)], (64, 128), (-1, -1)),
        ([clap(64, 64, -32)], (64, 64), (0, 0)),
        ([clap(120, 60), irot(3)], (60, 120), (0, -1)),
    ],
)
@pytest.mark.parametrize("tiled", [True, False])
def test_it_comes_upright(
    tmp_path: Path, turns: list[bytes], size_wh: tuple[int, int], corner: tuple[int, int], tiled: bool
) -> None:
    whole = cornered()
    if tiled:
        data = heif([whole[:, :SIDE], whole[:, SIDE:]], grid=(1, 2, 128, 64), turns=turns)
    else:
        data = heif([whole], turns=turns)
    image = read(tmp_path / "a.heic", data)
    assert (image.shape[1], image.shape[0]) == size_wh
    corners = {(row, column): int(image[row, column, 0]) for row in (0, -1) for column in (0, -1)}
    assert max(corners, key=lambda at: corners[at]) == corner


def test_what_cannot_be_whole_is_refused(tmp_path: Path) -> None:
    tiles = [tile(40), tile(80)]
    good = heif(tiles, grid=(1, 2, 128, 64))
    for data, words in (
        (heif(tiles, grid=(2, 2, 128, 128)), "expected 4 tiles, got 2"),
        (heif(tiles, grid=(1, 2, 200, 64)), "do not make 200×64"),
        (heif(tiles, grid=(1, 2, 60, 64)), "do not make 60×64"),
        (good[:-40], "ends too early"),
        (good.replace(b"grid", b"iovl"), "of the kind iovl"),
        (good.replace(b"pitm", b"free"), "which of its parts is the image"),
        (good[:100], "ends too early"),
    ):
        path = tmp_path / "a.heic"
        path.write_bytes(data)
        with pytest.raises(SourceError, match=words) as caught:
            open_source(path)
        assert "export it as JPEG" in str(caught.value)


def test_a_tile_that_is_damaged_spoils_the_image(tmp_path: Path) -> None:
    data = heif([tile(40), tile(80)], grid=(1, 2, 128, 64))
    path = tmp_path / "a.heic"
    at = data.index(b"mdat") + 4
    path.write_bytes(data[:at] + bytes(len(data) - at))
    with pytest.raises(SourceError, match="a part cannot be decoded"):
        open_source(path)


def test_it_passes_the_gate(tmp_path: Path) -> None:
    path = tmp_path / "a.heic"
    path.write_bytes(heif([tile(40), tile(80)], grid=(1, 2, 128, 64)))
    with pytest.raises(LimitError, match="128×64"):
        open_source(path, limits=Limits(max_pixels=5000))


def test_noise_in_the_index_is_one_line(tmp_path: Path) -> None:
    data = heif([tile(40), tile(80)], grid=(1, 2, 128, 64))
    path = tmp_path / "a.heic"
    noise = random.Random(3)
    for _ in range(150):
        damaged = bytearray(data)
        for _ in range(4):
            damaged[noise.randrange(24, data.index(b"mdat"))] = noise.randrange(256)
        path.write_bytes(bytes(damaged))
        assert "\n" not in said_of(path)


def said_of(path: Path) -> str:
    try:
        with open_source(path):
            return ""
    except LabanError as error:
        return str(error)


def test_the_reported_photo(shared: Path) -> None:
    with open_source(shared / "data" / "reported" / "IMG_grid.HEIC") as source:
        assert source.size_wh == (1080, 1920)
        assert next(source.frames()).image_rgb[-200:].std() > 20  # the last row of tiles is there
