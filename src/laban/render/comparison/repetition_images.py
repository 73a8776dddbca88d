"""Repetitions as images: the curve in which they were found, and each one at its turning point."""

from collections.abc import Sequence

import cv2
import numpy as np

from laban.core.arrays import BoolArray, Float64Array, FloatArray, ImageArray, frozen
from laban.errors import InvalidValueError
from laban.render.comparison.pair_curves import REFERENCE, draw_line, time_axis
from laban.render.palette import INK, PAPER, mix
from laban.render.text import text_mask, write

_MUTED = mix(INK, PAPER, share=0.45)
_RULE = mix(PAPER, INK, share=0.12)
_BANDS = (mix(PAPER, REFERENCE, share=0.18), mix(PAPER, REFERENCE, share=0.1))
_PALE = mix(PAPER, REFERENCE, share=0.35)
_WIDTH_PX, _HEIGHT_PX, _EDGE = 1200, 380, 20
_LETTERS = 17
_TICKS = 5

Times = tuple[float, float, float]
"""When a repetition begins, turns and ends, in seconds."""


def draw_repetition_curve(
    values: FloatArray,
    times_s: FloatArray,
    repetitions: Sequence[Times],
    *,
    title: str,
    unit: str,
    guessed: BoolArray | None = None,
) -> ImageArray:
    """(H, W, 3) uint8 RGB: ``values`` (T,) over ``times_s`` (T,), each repetition shaded and numbered.

    A dot marks the turning point. The curve is broken where it is NaN and pale where ``guessed`` (T,) marks hidden
    joints. Raises InvalidValueError for fewer than two instants.
    """
    if len(times_s) < 2:
        raise InvalidValueError("a curve needs two instants or more")
    curve = frozen(values, shape=(len(times_s),), name="values", dtype=np.float64)
    at_s = np.asarray(times_s, dtype=np.float64)
    canvas = np.full((_HEIGHT_PX, _WIDTH_PX, 3), PAPER, np.uint8)
    write(canvas, title, xy=(_EDGE, 12), height_px=24, colour=INK, bold=True)
    left, right, top, bottom = 70, _WIDTH_PX - _EDGE, 82, _HEIGHT_PX - 36
    xs = left + (at_s - at_s[0]) / max(at_s[-1] - at_s[0], 1e-9) * (right - left - 1)
    low, high = _limits(curve)
    ys = bottom - (curve - low) / (high - low) * (bottom - top)
    for number, times in enumerate(repetitions, start=1):
        _band(canvas[top - 26 : bottom], number, np.interp(times[::2], at_s, xs))
    _levels(canvas, low, high, (left, right, top, bottom), unit)
    time_axis(canvas, at_s, xs, bottom)
    hidden = np.zeros(len(curve), dtype=bool) if guessed is None else guessed
    draw_line(canvas, xs, ys, colour=_PALE)
    draw_line(canvas, xs, np.where(hidden, np.nan, ys), colour=REFERENCE)
    for _, turn_s, _ in repetitions:
        _dot(canvas, float(np.interp(turn_s, at_s, xs)), float(np.interp(turn_s, at_s, ys)))
    return canvas


def draw_turning_points(tiles: Sequence[ImageArray], captions: Sequence[str], *, title: str) -> ImageArray:
    """(H, W, 3) uint8 RGB: tiles in rows under a headline, each above its caption.

    Raises InvalidValueError if there are none, or not one caption for each.
    """
    if not tiles or len(tiles) != len(captions):
        raise InvalidValueError(
            f"expected a tile or more and a caption for each, got {len(tiles)} and {len(captions)}"
        )
    rows = _rows(tiles)
    height = max(one.shape[0] for one in tiles) + 2 * _LETTERS + _EDGE
    width = max(_WIDTH_PX, *(_row_width(tiles, row) for row in rows))
    canvas = np.full((56 + len(rows) * height + _EDGE, width, 3), PAPER, np.uint8)
    write(canvas, title, xy=(_EDGE, 12), height_px=24, colour=INK, bold=True)
    for index, row in enumerate(rows):
        x, top = _EDGE, 56 + index * height
        for place in row:
            tile = tiles[place]
            canvas[top : top + tile.shape[0], x : x + tile.shape[1]] = tile
            below = top + tile.shape[0] + 8
            write(canvas, captions[place], xy=(x, below), height_px=_LETTERS, colour=INK)
            x += tile.shape[1] + _EDGE
    return canvas


def _rows(tiles: Sequence[ImageArray]) -> list[list[int]]:
    """The tiles of each row, as many as fit."""
    rows: list[list[int]] = [[]]
    for place in range(len(tiles)):
        if rows[-1] and _row_width(tiles, [*rows[-1], place]) > _WIDTH_PX:
            rows.append([])
        rows[-1].append(place)
    return rows


def _row_width(tiles: Sequence[ImageArray], row: Sequence[int]) -> int:
    return _EDGE + sum(int(tiles[place].shape[1]) + _EDGE for place in row)


def _limits(curve: Float64Array) -> tuple[float, float]:
    known = curve[np.isfinite(curve)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    spare = max(0.08 * (high - low), 1e-6)
    return low - spare, high + spare


def _band(part: ImageArray, number: int, ends: Float64Array) -> None:
    first, last = (round(float(one)) for one in ends)
    part[:, first : max(last, first + 1)] = _BANDS[number % 2]
    mask = text_mask(str(number), height_px=_LETTERS, bold=True)
    if mask.shape[1] <= last - first:
        write(
            part,
            str(number),
            xy=((first + last - mask.shape[1]) // 2, 3),
            height_px=_LETTERS,
            colour=INK,
            bold=True,
        )


def _levels(canvas: ImageArray, low: float, high: float, room: tuple[int, int, int, int], unit: str) -> None:
    left, right, top, bottom = room
    step = _step(high - low)
    for level in np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step:
        y = round(bottom - (level - low) / (high - low) * (bottom - top))
        canvas[y : y + 1, left:right] = _RULE
        words = f"{level + 0.0:.10g}{unit}".replace("-", "−")
        mask = text_mask(words, height_px=13)
        write(canvas, words, xy=(left - mask.shape[1] - 6, y - 9), height_px=13, colour=_MUTED)


def _step(span: float) -> float:
    """A round number that fits into ``span`` four or five times."""
    rough = span / _TICKS
    ten = 10.0 ** np.floor(np.log10(rough))
    return float(next(one * ten for one in (1, 2, 3, 5, 10) if one * ten >= rough))


def _dot(canvas: ImageArray, x: float, y: float) -> None:
    if np.isfinite(y):
        for radius, colour in ((6, PAPER), (4, INK)):
            cv2.circle(canvas, (round(x), round(y)), radius, colour, -1, cv2.LINE_AA)
