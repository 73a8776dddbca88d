"""Crops are the same whether they are cut from planes or from RGB, and black outside the image."""

import cv2
import numpy as np
import pytest

from laban.core.frame import Frame, YuvPlanes
from laban.pose.blazepose.regions import Region
from laban.pose.blazepose.sampling import sample_rgb, sample_tile
from laban.pose.blazepose.tiles import Tile, square_tiles, whole_frame


def smooth_image(width: int = 320, height: int = 240) -> np.ndarray:
    rows, columns = np.mgrid[:height, :width]
    channels = [
        128 + 90 * np.sin(columns / 37),
        128 + 90 * np.cos(rows / 29),
        128 + 60 * np.sin((rows + columns) / 41),
    ]
    return np.stack(channels, axis=-1).astype(np.uint8)


def planes_of(image_rgb: np.ndarray) -> YuvPlanes:
    height, width = image_rgb.shape[:2]
    packed = cv2.cvtColor(image_rgb, cv2.COLOR_RGB2YUV_I420)
    flat = packed.reshape(-1)
    luma = flat[: height * width].reshape(height, width)
    half = (height // 2, width // 2)
    blue = flat[height * width :][: half[0] * half[1]].reshape(half)
    red = flat[height * width :][half[0] * half[1] :].reshape(half)
    return YuvPlanes(luma, blue, red)


def frames() -> tuple[Frame, Frame]:
    image = smooth_image()
    from_planes = Frame.from_planes(planes_of(image), to_rgb=lambda: image, index=0, time_s=0.0)
    return Frame.from_rgb(image), from_planes


@pytest.mark.parametrize("turn", [0.0, 0.4, -1.5])
def test_planes_and_rgb_give_the_same_crop(turn: float) -> None:
    from_rgb, from_planes = frames()
    matrix = Region(160, 120, 150, turn).sampling_matrix(128)
    first = sample_rgb(from_rgb, matrix, size=128).astype(int)
    second = sample_rgb(from_planes, matrix, size=128).astype(int)
    assert np.abs(first - second).mean() < 1.5
    assert np.abs(first - second).max() <= 8


def test_tiles_from_planes_and_rgb_are_the_same() -> None:
    from_rgb, from_planes = frames()
    tile = whole_frame((320, 240))
    first = sample_tile(from_rgb, tile, size=224).astype(int)
    second = sample_tile(from_planes, tile, size=224).astype(int)
    inside = slice(32, 192)
    assert np.abs(first - second)[inside].mean() < 1.5


def test_outside_the_image_is_black() -> None:
    for frame in frames():
        crop = sample_rgb(frame, Region(-500, -500, 100).sampling_matrix(64), size=64)
        assert crop.max() <= 1
        letterbox = sample_tile(frame, whole_frame((320, 240)), size=224)
        assert letterbox[:20].max() <= 1
        assert letterbox[100].max() > 50


def test_crop_at_full_scale_is_the_image() -> None:
    frame, _ = frames()
    crop = sample_tile(frame, Tile(10, 20, 64), size=64)
    assert np.array_equal(crop, frame.image_rgb[20:84, 10:74])


@pytest.mark.parametrize("size_wh", [(1920, 1080), (1080, 1920), (640, 480), (500, 500), (4000, 300)])
def test_squares_cover_the_whole_image(size_wh: tuple[int, int]) -> None:
    tiles = square_tiles(size_wh)
    covered = np.zeros((size_wh[1], size_wh[0]), dtype=bool)
    for tile in tiles:
        left, top, side = round(tile.x_px), round(tile.y_px), round(tile.side_px)
        covered[top : top + side, left : left + side] = True
    assert covered.all() or size_wh[0] == size_wh[1]


def test_colour_matrices_turn_grey_into_grey() -> None:
    for full_range in (False, True):
        for bt709 in (False, True):
            grey = np.full((8, 8), 128, dtype=np.uint8)
            neutral = np.full((4, 4), 128, dtype=np.uint8)
            planes = YuvPlanes(grey, neutral, neutral, full_range=full_range, bt709=bt709)
            frame = Frame.from_planes(planes, to_rgb=lambda: np.zeros((8, 8, 3), np.uint8), index=0, time_s=0)
            crop = sample_tile(frame, Tile(2, 2, 4), size=4)
            assert np.ptp(crop) == 0
            assert crop[0, 0, 0] == (128 if full_range else 130)
