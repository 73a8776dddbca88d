"""Black bars around what a camera saw: letterboxes and padding, which say nothing of what happens."""

import cv2
import numpy as np

from laban.core.arrays import Float64Array, ImageArray

_DARK, _LIT = 16, 32
"""A bar is at most as light as the one; next to it the image is lighter than the other, as a dark sky is not."""
_SPECKS, _EDGE = 0.02, 0.25
"""The share of a bar that may be lighter, as codecs ring and recorders write the time there; and the share of the
image's first lines that must be."""
_LEAST_BAR, _LEAST_INSIDE = 0.02, 0.2

WHOLE = (0.0, 0.0, 1.0, 1.0)
"""What lies inside where there are no bars."""


class BlackBars:
    """The bars that all images of one size seen so far have in common."""

    def __init__(self) -> None:
        self._level: ImageArray | None = None

    def add(self, images: ImageArray) -> None:
        """Adds images (N, H, W, 3)."""
        level = images.max(axis=(0, 3))
        self._level = level if self._level is None else np.maximum(self._level, level)

    def removed(self, images: ImageArray) -> ImageArray:
        """The images (N, H, W, 3) with what lies inside the bars stretched to their size."""
        if self._level is None:
            return images
        left, top, right, bottom = self._box(self._level)
        height, width = self._level.shape
        if (bottom - top, right - left) == (height, width):
            return images
        cut = images[:, top:bottom, left:right]
        return np.stack([cv2.resize(one, (width, height), interpolation=cv2.INTER_LINEAR) for one in cut])

    @property
    def inside(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of what lies inside the bars, as shares of the image."""
        if self._level is None:
            return WHOLE
        left, top, right, bottom = self._box(self._level)
        height, width = self._level.shape
        return left / width, top / height, right / width, bottom / height

    @staticmethod
    def _box(level: ImageArray) -> tuple[int, int, int, int]:
        top, bottom = _inside(level)
        left, right = _inside(level[top:bottom].T)
        return left, top, right, bottom


def _inside(level: ImageArray) -> tuple[int, int]:
    """Where the image begins and ends from top to bottom."""
    size = len(level)
    lines = np.flatnonzero((level > _DARK).mean(axis=1) > _SPECKS)
    if not len(lines):
        return 0, size
    lit = np.asarray((level > _LIT).mean(axis=1), np.float64)
    first, last = int(lines[0]), int(lines[-1])
    begin = first + 1 if _is_bar(first, lit[first:]) else 0
    end = last if _is_bar(size - 1 - last, lit[last::-1]) else size
    return (begin, end) if end - begin >= _LEAST_INSIDE * size else (0, size)


def _is_bar(thickness: int, lit: Float64Array) -> bool:
    """Whether so many dark lines are a bar, from the share of the lines that follow that is lit."""
    return thickness >= _LEAST_BAR * (thickness + len(lit)) and float(lit[:2].max()) >= _EDGE
