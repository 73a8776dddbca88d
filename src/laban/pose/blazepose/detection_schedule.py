"""Where and when to look for people who are not tracked yet.

A detection costs as much as tracking two people, so it runs only where somebody may have appeared: on the first
frame, where the image changed outside the tracked people, when somebody was lost, and everywhere once in a while.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from laban.core.arrays import BoolArray, FloatArray, ImageArray
from laban.core.frame import Frame
from laban.pose.blazepose.tiles import Tile, square_tiles, whole_frame

_GRID_WIDTH = 64
_CHANGE_LEVELS = 10
_MIN_CHANGED_CELLS = 3
_EARLY_S = 1e-3


@dataclass(frozen=True)
class DetectionScheduleSettings:
    """How often to run the detector, in seconds: ``every_s`` where the image changed, ``lost_s`` after somebody was
    lost, ``everywhere_s`` on the whole image."""

    every_s: float = 0.2
    lost_s: float = 0.2
    everywhere_s: float = 2.0
    tiles: bool = True
    min_person_px: float = 45.0


class DetectionSchedule:
    """Chooses the tiles for the detector in each frame; its state is the image as of the last detection."""

    def __init__(self, settings: DetectionScheduleSettings, *, input_px: int) -> None:
        self._settings = settings
        self._input_px = input_px
        self._next_s = -np.inf
        self._everywhere_s = -np.inf
        self._last: ImageArray | None = None

    def choose(
        self,
        frame: Frame,
        *,
        followed: Sequence[FloatArray],
        lost_now: bool,
        lost_lately: bool,
        full: bool = False,
    ) -> tuple[Tile, ...]:
        """The tiles for the detector in ``frame``, given the boxes of the tracked people.

        With as many people as allowed (``full``), newcomers are not searched for, and the detection on the whole
        image only checks whether the tracked people are still there.
        """
        if frame.time_s < self._next_s - _EARLY_S and not lost_now:
            return ()
        self._next_s = frame.time_s + (self._settings.lost_s if lost_lately else self._settings.every_s)
        small = thumbnail(frame)
        tiles = self._tiles(frame.size_wh)
        lost = lost_lately and not full
        if lost or self._last is None or frame.time_s >= self._everywhere_s - _EARLY_S:
            self._everywhere_s = frame.time_s + self._settings.everywhere_s
        elif full:
            tiles = ()
        else:
            changed = _changed_cells(self._last, small) & ~_covered(small, followed, frame.size_wh)
            tiles = tuple(
                tile for tile in tiles if _count(changed, tile, frame.size_wh) >= _MIN_CHANGED_CELLS
            )
        self._last = small
        return tiles

    def around(
        self, frame: Frame, boxes: Sequence[FloatArray], *, besides: Sequence[Tile]
    ) -> tuple[Tile, ...]:
        """``besides``, the whole frame, and the squares that contain the centre of any of ``boxes``."""
        whole, *squares = self._tiles(frame.size_wh)
        near = [tile for tile in squares if any(_holds(tile, box) for box in boxes)]
        return tuple(dict.fromkeys((*besides, whole, *near)))

    def _tiles(self, size_wh: tuple[int, int]) -> tuple[Tile, ...]:
        """The whole frame, and squares where people of an eighth of its height would otherwise be too small."""
        whole = whole_frame(size_wh)
        person_px = 0.12 * size_wh[1] * self._input_px / whole.side_px
        if not self._settings.tiles or person_px >= self._settings.min_person_px:
            return (whole,)
        return (whole, *square_tiles(size_wh))


def _holds(tile: Tile, box: FloatArray) -> bool:
    across, down = (box[0] + box[2]) / 2 - tile.x_px, (box[1] + box[3]) / 2 - tile.y_px
    return bool(0 <= across <= tile.side_px and 0 <= down <= tile.side_px)


def thumbnail(frame: Frame) -> ImageArray:
    """The brightness of a frame on a coarse grid, (h, 64) uint8."""
    width, height = frame.size_wh
    rows = max(1, round(_GRID_WIDTH * height / width))
    source = frame.planes.luma if frame.planes is not None else frame.image_rgb[:, :, 1]
    # Every eighth pixel or so of a large image is enough, and a full average would cost as much as decoding.
    step = max(1, width // (4 * _GRID_WIDTH))
    coarse = np.ascontiguousarray(source[::step, ::step])
    return np.asarray(cv2.resize(coarse, (_GRID_WIDTH, rows), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _changed_cells(before: ImageArray, now: ImageArray) -> BoolArray:
    """Cells that changed by more than the whole image, so that a change of exposure does not count."""
    if before.shape != now.shape:
        return np.ones(now.shape, dtype=bool)
    difference = now.astype(np.int16) - before
    return np.asarray(np.abs(difference - np.median(difference)) > _CHANGE_LEVELS)


def _covered(small: ImageArray, boxes: Sequence[FloatArray], size_wh: tuple[int, int]) -> BoolArray:
    covered = np.zeros(small.shape, dtype=bool)
    for box in boxes:
        rows, columns = _cells(box, small.shape, size_wh)
        covered[rows, columns] = True
    return covered


def _count(cells: BoolArray, tile: Tile, size_wh: tuple[int, int]) -> int:
    box = np.array([tile.x_px, tile.y_px, tile.x_px + tile.side_px, tile.y_px + tile.side_px])
    rows, columns = _cells(box, cells.shape, size_wh)
    return int(cells[rows, columns].sum())


def _cells(box: FloatArray, shape: tuple[int, ...], size_wh: tuple[int, int]) -> tuple[slice, slice]:
    scale = np.array([shape[1] / size_wh[0], shape[0] / size_wh[1]] * 2)
    limit = np.array([shape[1], shape[0]] * 2)
    edges = np.concatenate([np.floor(box[:2] * scale[:2]), np.ceil(box[2:] * scale[2:])])
    left, top, right, bottom = np.clip(edges, 0, limit).astype(int)
    return slice(top, bottom), slice(left, right)
