"""A sentence broken into lines and scaled down to fit its space."""

from dataclasses import dataclass
from functools import lru_cache

from laban.core.arrays import ImageArray
from laban.render.palette import Rgb
from laban.render.text import stamp, text_mask

_SMALLER = 0.92
_LEAST_PX = 10
_STEP = 1.24  # from line to line


@dataclass(frozen=True)
class Lines:
    """Lines with letters ``letters_px`` high, ``height_px`` in total."""

    lines: tuple[str, ...]
    letters_px: int

    @property
    def height_px(self) -> int:
        return round(_STEP * self.letters_px * len(self.lines))


@lru_cache(maxsize=256)
def fitted_lines(text: str, *, room_wh: tuple[int, int], height_px: int, most: int) -> Lines:
    """The text in at most ``most`` lines, with letters ``height_px`` high or as large as the space allows."""
    letters = height_px
    while True:
        lines = Lines(_broken(text, room_wh[0], letters), letters)
        fits = len(lines.lines) <= most and lines.height_px <= room_wh[1] and _widest(lines) <= room_wh[0]
        if fits or letters <= _LEAST_PX:
            return Lines(lines.lines[:most], letters)
        letters = int(letters * _SMALLER)


def write_lines(
    canvas_rgb: ImageArray, lines: Lines, *, xy: tuple[int, int], colour: Rgb, bold: bool = False
) -> None:
    """Writes lines below each other onto the canvas, the first with its top-left corner at ``xy``."""
    for number, line in enumerate(lines.lines):
        mask = text_mask(line, height_px=lines.letters_px, bold=bold)
        stamp(canvas_rgb, mask, xy=(xy[0], xy[1] + round(number * _STEP * lines.letters_px)), colour=colour)


def _broken(text: str, room_px: int, letters_px: int) -> tuple[str, ...]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _width(longer, letters_px) > room_px:
            lines.append(word)
        else:
            lines[-1] = longer
    return tuple(lines)


def _widest(lines: Lines) -> int:
    return max(_width(line, lines.letters_px) for line in lines.lines)


def _width(text: str, letters_px: int) -> int:
    return int(text_mask(text, height_px=letters_px, bold=True).shape[1])
