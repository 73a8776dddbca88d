"""The squares of an image that a detector runs on."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Tile:
    """A square of the image: its top-left corner and its side, in pixels. It may reach beyond the image."""

    x_px: float
    y_px: float
    side_px: float


def whole_frame(size_wh: tuple[int, int]) -> Tile:
    """The tile that letterboxes the whole image, centred."""
    width, height = size_wh
    side = float(max(width, height))
    return Tile((width - side) / 2, (height - side) / 2, side)


def square_tiles(size_wh: tuple[int, int], *, min_overlap: float = 0.15) -> tuple[Tile, ...]:
    """Overlapping squares as large as the short side that together cover the image; none if it is square.

    >>> len(square_tiles((1920, 1080))), len(square_tiles((1000, 1000)))
    (2, 0)
    """
    width, height = size_wh
    short, long = min(size_wh), max(size_wh)
    count = int(np.ceil((long / short - min_overlap) / (1 - min_overlap)))
    if count < 2:
        return ()
    offsets = np.linspace(0.0, long - short, count)
    if width >= height:
        return tuple(Tile(float(offset), 0.0, float(short)) for offset in offsets)
    return tuple(Tile(0.0, float(offset), float(short)) for offset in offsets)
