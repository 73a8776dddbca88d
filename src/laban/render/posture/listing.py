"""The list below a posture image: letter, name, value, interval and verdict."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from laban.core.arrays import ImageArray
from laban.render.palette import INK, PAPER, Rgb, mix, text_rgb
from laban.render.text import text_mask, write, write_pill

_MUTED = mix(INK, PAPER, share=0.4)
_RULE = mix(PAPER, INK, share=0.13)
_TITLE_PX, _LETTERS_PX, _SMALL_PX = 44, 34, 28
_ROW_PX, _EDGE_PX = 108, 28
_FIRST_PX, _SECOND_PX = 18, 66


@dataclass(frozen=True)
class ListRow:
    """One measure: its letter in the image (empty if it is not drawn), name, value with direction, interval,
    verdict."""

    letter: str
    name: str
    value: str
    interval: str
    word: str
    colour: Rgb


def draw_list(rows: Sequence[ListRow], *, title: str, subtitle: str, width_px: int) -> ImageArray:
    """(H, width_px, 3) uint8 RGB."""
    parts = [_head(title, subtitle, width_px), *(_drawn(row, width_px) for row in rows)]
    return np.concatenate([*parts, np.full((_EDGE_PX, width_px, 3), PAPER, np.uint8)])


def _head(title: str, subtitle: str, width_px: int) -> ImageArray:
    room = width_px - 2 * _EDGE_PX
    lines = _folded(title, room, _TITLE_PX, bold=True)
    small = _folded(subtitle, room, _SMALL_PX)
    line_px, small_px = round(_TITLE_PX * 1.3), round(_SMALL_PX * 1.35)
    high = 2 * _EDGE_PX + len(lines) * line_px + len(small) * small_px
    canvas = np.full((high, width_px, 3), PAPER, np.uint8)
    for index, line in enumerate(lines):
        at = (_EDGE_PX, _EDGE_PX + index * line_px)
        write(canvas, line, xy=at, height_px=_TITLE_PX, colour=INK, bold=True)
    for index, line in enumerate(small):
        at = (_EDGE_PX, _EDGE_PX + len(lines) * line_px + index * small_px)
        write(canvas, line, xy=at, height_px=_SMALL_PX, colour=_MUTED)
    return canvas


def _drawn(row: ListRow, width_px: int) -> ImageArray:
    """A row: letter, name and value above, verdict and interval below; a long verdict has lines of its own."""
    left, right = _EDGE_PX + 76, width_px - _EDGE_PX
    interval_px = text_mask(row.interval, height_px=_SMALL_PX).shape[1]
    fits = text_mask(row.word, height_px=_SMALL_PX).shape[1] < right - left - interval_px - _EDGE_PX
    lines = [row.word] if fits else ["", *_folded(row.word, right - left, _SMALL_PX)]
    step = round(_SMALL_PX * 1.35)
    canvas = np.full((_ROW_PX + (len(lines) - 1) * step, width_px, 3), PAPER, np.uint8)
    cv2.line(canvas, (_EDGE_PX, 0), (right, 0), _RULE, 2)
    _draw_letter(canvas, row)
    value_px = text_mask(row.value, height_px=_LETTERS_PX, bold=True).shape[1]
    name = _cut(row.name, right - left - value_px - _EDGE_PX, _LETTERS_PX)
    write(canvas, name, xy=(left, _FIRST_PX), height_px=_LETTERS_PX, colour=INK)
    write(canvas, row.value, xy=(right - value_px, _FIRST_PX), height_px=_LETTERS_PX, colour=INK, bold=True)
    write(canvas, row.interval, xy=(right - interval_px, _SECOND_PX), height_px=_SMALL_PX, colour=_MUTED)
    for index, line in enumerate(lines):
        write(canvas, line, xy=(left, _SECOND_PX + index * step), height_px=_SMALL_PX, colour=_MUTED)
    return canvas


def _draw_letter(canvas: ImageArray, row: ListRow) -> None:
    x, y = _EDGE_PX + 30, _FIRST_PX + 22
    if not row.letter:
        cv2.circle(canvas, (x, y), 13, row.colour, -1, cv2.LINE_AA)
        return
    colour = text_rgb(row.colour)
    write_pill(canvas, row.letter, centre_xy=(x, y), height_px=_LETTERS_PX, fill=row.colour, colour=colour)


def _cut(words: str, room_px: int, letters: int) -> str:
    while len(words) > 4 and text_mask(words, height_px=letters).shape[1] > room_px:
        words = words[:-2].rstrip(" …") + "…"
    return words


def _folded(text: str, room_px: int, letters: int, *, bold: bool = False) -> list[str]:
    """The text broken into lines that fit."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_mask(longer, height_px=letters, bold=bold).shape[1] <= room_px:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
