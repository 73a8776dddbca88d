"""Crops a network's input directly from a frame, without converting the whole frame.

A 256 × 256 crop is taken from the decoder's own planes and only the crop is converted to RGB: converting a whole
1080p frame costs as much as decoding it.
"""

from functools import lru_cache

import cv2
import numpy as np

from laban.core.arrays import Float64Array, ImageArray, IntArray
from laban.core.frame import Frame, YuvPlanes
from laban.pose.blazepose.tiles import Tile

_FLAGS = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
_CHROMA_ZERO = 128


def sample_rgb(frame: Frame, matrix: Float64Array, *, size: int) -> ImageArray:
    """(size, size, 3) uint8 RGB taken by ``matrix``, which maps crop pixels to frame pixels; black outside."""
    if frame.planes is None:
        return _warped(frame.image_rgb, matrix, size=size, border=0)
    return planes_to_rgb(_sample_planes(frame.planes, matrix, size=size), planes=frame.planes)


def sample_tile(frame: Frame, tile: Tile, *, size: int) -> ImageArray:
    """(size, size, 3) uint8 RGB of an upright square of the frame; black outside.

    Positions are rounded to a thirty-second of a pixel, as in the reference implementation: the detector is
    sensitive to single grey levels, and so is the region for the landmarks.
    """
    maps = _fixed_maps(tile.x_px, tile.y_px, tile.side_px / size, size)
    if frame.planes is None:
        return _remapped(frame.image_rgb, maps, border=0)
    planes = frame.planes
    half = _fixed_maps((tile.x_px - 0.5) / 2, (tile.y_px - 0.5) / 2, tile.side_px / size / 2, size)
    luma = _remapped(planes.luma, maps, border=0 if planes.full_range else 16)
    chroma = [_remapped(plane, half, border=_CHROMA_ZERO) for plane in (planes.blue, planes.red)]
    return planes_to_rgb(np.asarray(cv2.merge([luma, *chroma]), dtype=np.uint8), planes=planes)


def planes_to_rgb(packed_yuv: ImageArray, *, planes: YuvPlanes) -> ImageArray:
    """(H, W, 3) full-resolution Y, U, V to RGB by the matrix and range of ``planes``."""
    matrix = _rgb_matrix(planes.full_range, planes.bt709)
    return np.asarray(cv2.transform(packed_yuv, matrix), dtype=np.uint8)


def _sample_planes(planes: YuvPlanes, matrix: Float64Array, *, size: int) -> ImageArray:
    """(size, size, 3) Y, U, V. Colour is sampled at half the resolution, as the planes hold it."""
    border = 0 if planes.full_range else 16
    luma = _warped(planes.luma, matrix, size=size, border=border)
    # Pixel i of a half-size crop lies between pixels 2i and 2i + 1 of the crop, as a chroma sample between
    # two luma samples: both halves of the shift cancel and the linear part stays.
    half = matrix.copy()
    half[:, 2] = (matrix @ (0.5, 0.5, 1.0) - 0.5) / 2
    chroma = [
        _warped(plane, half, size=size // 2, border=_CHROMA_ZERO) for plane in (planes.blue, planes.red)
    ]
    blue, red = (cv2.resize(plane, (size, size), interpolation=cv2.INTER_LINEAR) for plane in chroma)
    return np.asarray(cv2.merge([luma, blue, red]), dtype=np.uint8)


def _warped(image: ImageArray, matrix: Float64Array, *, size: int, border: int) -> ImageArray:
    warped = cv2.warpAffine(
        image,
        matrix,
        (size, size),
        flags=_FLAGS,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(border, border, border),
    )
    return np.asarray(warped, dtype=np.uint8)


def _remapped(image: ImageArray, maps: tuple[IntArray, IntArray], *, border: int) -> ImageArray:
    positions, fractions = maps
    remapped = cv2.remap(
        image,
        positions,
        fractions,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(border, border, border),
    )
    return np.asarray(remapped, dtype=np.uint8)


@lru_cache(maxsize=32)
def _fixed_maps(left_px: float, top_px: float, step_px: float, size: int) -> tuple[IntArray, IntArray]:
    """Whole positions (size, size, 2) and fractions of a pixel (size, size), for OpenCV's remap."""
    columns = np.arange(size) * step_px + left_px
    rows = np.arange(size) * step_px + top_px
    across, down = np.meshgrid(columns.astype(np.float32), rows.astype(np.float32))
    positions, fractions = cv2.convertMaps(across, down, cv2.CV_16SC2)
    return np.asarray(positions), np.asarray(fractions)


@lru_cache(maxsize=4)
def _rgb_matrix(full_range: bool, bt709: bool) -> Float64Array:
    """(3, 4) from Y, U, V bytes to RGB bytes; luma weights of ITU-R BT.601 and BT.709."""
    red, blue = (0.2126, 0.0722) if bt709 else (0.299, 0.114)
    green = 1.0 - red - blue
    luma_gain, chroma_gain = (1.0, 1.0) if full_range else (255 / 219, 255 / 224)
    from_blue = chroma_gain * 2 * (1 - blue)
    from_red = chroma_gain * 2 * (1 - red)
    linear = np.array(
        [
            [luma_gain, 0.0, from_red],
            [luma_gain, -from_blue * blue / green, -from_red * red / green],
            [luma_gain, from_blue, 0.0],
        ]
    )
    zero = np.array([0.0 if full_range else 16.0, _CHROMA_ZERO, _CHROMA_ZERO])
    return np.column_stack([linear, -linear @ zero])
