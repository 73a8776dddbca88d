"""The frames of a clip in a row, with the evidence for an answer over each and a bar of its weight below."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from laban.core.arrays import Float64Array, FloatArray, ImageArray, IntArray, frozen
from laban.core.checks import in_range
from laban.errors import InvalidValueError
from laban.render.image.heat import draw_evidence
from laban.render.importance import AGAINST, FOR
from laban.render.palette import INK, PAPER, mix
from laban.render.text import text_mask, write
from laban.render.words import format_time

_MUTED = mix(INK, PAPER, share=0.45)
_RULE = mix(PAPER, INK, share=0.14)
_LETTERS = 13
_BAR_PX = 44
_BRIGHT = 0.98  # quantile of the evidence that is drawn brightest, so that one cell hides no other
_MOMENT = 0.1  # of the evidence over all the time
_GREYED = 0.85  # so that colours are evidence, not clothes
_LEAST = 0.01  # nats: less is noise and stays pale


@dataclass(frozen=True)
class StripLayout:
    """Frames per row, the width of each in pixels, and how many are shown at most: of more, the one with the most
    weight in each even part."""

    columns: int = 7
    image_width_px: int = 150
    frames: int = 40

    def __post_init__(self) -> None:
        in_range(self.columns, name="columns", low=1, high=100)
        in_range(self.image_width_px, name="image_width_px", low=32, high=2048)
        in_range(self.frames, name="frames", low=1, high=1000)


@dataclass(frozen=True, eq=False)
class FrameEvidence:
    """The frames ``images`` (T, H, W, 3) of a clip at ``times_s`` (T,), the evidence ``map`` (T, h, w) at each, its
    ``weights`` (T,), and the evidence ``always`` (h, w) of each place over all the time. ``aspect`` is the width of
    a frame as it is drawn, as a multiple of its height."""

    images: ImageArray
    times_s: Float64Array
    map: Float64Array
    weights: Float64Array
    always: Float64Array
    aspect: float

    def __post_init__(self) -> None:
        rows = len(self.images)
        if not rows:
            raise InvalidValueError("there are no frames to draw")
        frozen(self.times_s, shape=(rows,), name="times_s", dtype=np.float64)
        frozen(self.weights, shape=(rows,), name="weights", dtype=np.float64)
        frozen(self.map, shape=(rows, *self.always.shape), name="map", dtype=np.float64)

    @property
    def strongest(self) -> float:
        """The evidence at a moment that is drawn with full colour, in all frames alike: what is little beside the
        evidence over all the time is not blown up."""
        loud = np.abs(self.map[self.map != 0])
        brightest = float(np.quantile(loud, _BRIGHT)) if len(loud) else 0.0
        return max(brightest, _MOMENT * float(np.abs(self.always).max()), _LEAST)

    def drawn(self, row: int, *, width_px: int) -> ImageArray:
        """One frame with its evidence, at its right proportions."""
        return self.over(self.images[row], row, size_wh=self._size(width_px))

    def over(self, image_rgb: ImageArray, row: int, *, size_wh: tuple[int, int]) -> ImageArray:
        """The evidence in frame ``row`` over an image, which is brought to ``size_wh``."""
        return draw_evidence(
            _sized(image_rgb, size_wh), self.map[row], strongest=self.strongest, greyed=_GREYED
        )

    def overall(self, *, width_px: int) -> ImageArray:
        """The evidence over all the time, over the mean of all frames."""
        still = np.asarray(np.rint(self.images.mean(axis=0, dtype=np.float64)), np.uint8)
        most = max(float(np.abs(self.always).max()), _LEAST)
        return draw_evidence(_sized(still, self._size(width_px)), self.always, strongest=most, greyed=_GREYED)

    def _size(self, width_px: int) -> tuple[int, int]:
        return width_px, max(1, round(width_px / self.aspect))


def draw_evidence_strip(
    evidence: FrameEvidence, *, title: str = "", subtitle: str = "", layout: StripLayout | None = None
) -> ImageArray:
    """(H, W, 3) uint8 RGB: the evidence over all the time, then the frames in order, row by row. Orange supports
    the answer and blue opposes it, in the images and in the bars of the frames' weights below them."""
    chosen = layout or StripLayout()
    rows = shown_rows(evidence.weights, most=chosen.frames)
    tiles = [_whole(evidence, chosen), *(_tile(evidence, int(row), chosen) for row in rows)]
    head = _head(
        title, subtitle, width=chosen.columns * (chosen.image_width_px + _gap(chosen)) + _gap(chosen)
    )
    return np.concatenate([head, _laid_out(tiles, chosen)])


def shown_rows(weights: FloatArray, *, most: int) -> IntArray:
    """The rows of at most ``most`` frames: of more, the one with the most weight in each even part.

    >>> shown_rows(np.array([0.0, 1.0, 5.0, 2.0, 0.0, 0.1]), most=3)
    array([1, 2, 5])
    """
    parts = np.array_split(np.arange(len(weights)), min(most, len(weights)))
    return np.array([int(part[np.argmax(weights[part])]) for part in parts])


def _gap(layout: StripLayout) -> int:
    return max(4, layout.image_width_px // 25)


def _head(title: str, subtitle: str, *, width: int) -> ImageArray:
    words = [(title, round(1.3 * _LETTERS), True), (subtitle, _LETTERS, False)]
    height = sum(2 * letters for text, letters, _ in words if text) + _LETTERS // 2
    canvas = np.full((height, width, 3), PAPER, np.uint8)
    y = _LETTERS // 2
    for text, letters, bold in words:
        if text:
            write(canvas, text, xy=(_LETTERS // 2, y), height_px=letters, colour=INK, bold=bold)
            y += 2 * letters
    return canvas


def _laid_out(tiles: Sequence[ImageArray], layout: StripLayout) -> ImageArray:
    gap, (height, width) = _gap(layout), tiles[0].shape[:2]
    lines = -(-len(tiles) // layout.columns)
    size = (lines * (height + gap), layout.columns * (width + gap) + gap, 3)
    canvas = np.full(size, PAPER, np.uint8)
    for index, tile in enumerate(tiles):
        line, column = divmod(index, layout.columns)
        y, x = line * (height + gap), gap + column * (width + gap)
        canvas[y : y + height, x : x + width] = tile
    return canvas


def _whole(evidence: FrameEvidence, layout: StripLayout) -> ImageArray:
    image = evidence.overall(width_px=layout.image_width_px)
    width = image.shape[1]
    return np.concatenate(
        [image, np.full((_BAR_PX, width, 3), PAPER, np.uint8), _caption("all the time", width)]
    )


def _tile(evidence: FrameEvidence, row: int, layout: StripLayout) -> ImageArray:
    """A frame, its bar and its time."""
    image = evidence.drawn(row, width_px=layout.image_width_px)
    most = max(float(np.abs(evidence.weights).max()), _LEAST)
    bar = _bar(float(evidence.weights[row]) / most, width=image.shape[1])
    return np.concatenate([image, bar, _caption(format_time(float(evidence.times_s[row])), image.shape[1])])


def _bar(share: float, *, width: int) -> ImageArray:
    """The weight of a frame, hanging from its lower edge; -1 to 1 of the strongest."""
    bar = np.full((_BAR_PX, width, 3), PAPER, np.uint8)
    inset = width // 5
    bar[: max(1, round(abs(share) * _BAR_PX)), inset : width - inset] = FOR if share >= 0 else AGAINST
    bar[0] = _RULE
    return bar


def _caption(words: str, width: int) -> ImageArray:
    strip = np.full((2 * _LETTERS, width, 3), PAPER, np.uint8)
    mask = text_mask(words, height_px=_LETTERS)
    write(strip, words, xy=((width - mask.shape[1]) // 2, 4), height_px=_LETTERS, colour=_MUTED)
    return strip


def _sized(image_rgb: ImageArray, size_wh: tuple[int, int]) -> ImageArray:
    way = cv2.INTER_AREA if image_rgb.shape[1] > size_wh[0] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image_rgb, size_wh, interpolation=way), np.uint8)
