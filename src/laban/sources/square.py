"""Decoded images as frames: upright, with square pixels, all of one size."""

from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from laban.core.arrays import ImageArray
from laban.core.frame import Frame
from laban.sources.notes import Notes
from laban.sources.pixel_aspect import square_size
from laban.sources.planes import PLANAR, Orientation, planes_of, rgb_of

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

_SAME_SHAPE = 0.02


class Decoded(NamedTuple):
    """A decoded image, the aspect ratio of its pixels, and its orientation."""

    image: "VideoFrame"
    aspect: Fraction
    upright: Orientation

    @property
    def stored_wh(self) -> tuple[int, int]:
        """The size in the decoder's pixels."""
        return self.image.width, self.image.height

    @property
    def square_wh(self) -> tuple[int, int]:
        """The size in square pixels, not yet upright."""
        return square_size(self.stored_wh, float(self.aspect))

    @property
    def size_wh(self) -> tuple[int, int]:
        """The size in square pixels, upright."""
        return self.upright.size_of(self.square_wh)


@dataclass(frozen=True)
class SquareFrames:
    """Makes frames of ``size_wh``, that of a source's first image; others are scaled, with a warning.

    An image of another shape is padded with bars, because stretching would falsify every angle.
    """

    size_wh: tuple[int, int]
    notes: Notes

    def frame(self, one: Decoded, *, index: int, time_s: float) -> Frame:
        """The frame of a decoded image."""
        if one.size_wh != self.size_wh:
            if not _is_of_shape(one.size_wh, self.size_wh):
                self.notes.add("the shape of the image changes; frames of another shape are padded with bars")
                return Frame.from_rgb(self._between_bars(one), index=index, time_s=time_s)
            self.notes.add("the size of the image changes; all frames are scaled to the first size")
        image = _in_planes(one.image, one.upright.size_of(self.size_wh))
        return Frame.from_planes(
            planes_of(image, upright=one.upright),
            to_rgb=partial(rgb_of, image, upright=one.upright),
            index=index,
            time_s=time_s,
        )

    def _between_bars(self, one: Decoded) -> ImageArray:
        scale = min(mine / its for mine, its in zip(self.size_wh, one.size_wh, strict=True))
        width, height = (max(1, round(side * scale)) for side in one.square_wh)
        image = rgb_of(one.image.reformat(width=width, height=height, format="rgb24"), upright=one.upright)
        canvas = np.zeros((self.size_wh[1], self.size_wh[0], 3), dtype=np.uint8)
        top, left = ((canvas.shape[axis] - image.shape[axis]) // 2 for axis in (0, 1))
        canvas[top : top + image.shape[0], left : left + image.shape[1]] = image
        return canvas


def _is_of_shape(size_wh: tuple[int, int], other_wh: tuple[int, int]) -> bool:
    shape, other = size_wh[0] / size_wh[1], other_wh[0] / other_wh[1]
    return abs(shape / other - 1) < _SAME_SHAPE


def _in_planes(image: "VideoFrame", size_wh: tuple[int, int]) -> "VideoFrame":
    """The image in 4:2:0 planes of a size; the image itself if it already is."""
    layout = image.format.name if image.format.name in PLANAR else "yuv420p"
    if (image.width, image.height) == size_wh and image.format.name == layout:
        return image
    return image.reformat(width=size_wh[0], height=size_wh[1], format=layout)
