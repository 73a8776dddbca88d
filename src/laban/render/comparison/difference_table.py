"""Joint differences as an image: a row for each joint, with a bar for size and direction."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from laban.core.arrays import ImageArray
from laban.render.importance import importance_rgb
from laban.render.palette import INK, PAPER, mix
from laban.render.text import text_mask, write

_MUTED = mix(INK, PAPER, share=0.45)
_RULE = mix(PAPER, INK, share=0.14)
_BAND = mix(PAPER, INK, share=0.09)
_MOST_DEG = 90.0
_COLUMNS = (
    0.0,
    0.2,
    0.3,
    0.42,
)  # where the columns name, attempt, reference and difference begin, as shares of the width
_BAR = (0.56, 0.985)


@dataclass(frozen=True)
class JointRow:
    """One joint: its angle in both, the difference, the noise limit, and a verdict."""

    joint: str
    attempt_deg: float
    reference_deg: float
    limit_deg: float
    differs: bool
    note: str = ""


def share_of(difference_deg: float, limit_deg: float) -> float:
    """0 to 1 for the strength in which a difference is drawn: 0 within the noise, then from a third up to 1 at 90°.

    >>> share_of(8.0, 10.0), share_of(-90.0, 10.0)
    (0.0, 1.0)
    """
    over = abs(difference_deg) - limit_deg
    if not over > 0:
        return 0.0
    return float(min(1.0, 0.35 + 0.65 * over / (_MOST_DEG - min(limit_deg, _MOST_DEG / 2))))


def draw_difference_table(rows: Sequence[JointRow], *, width_px: int, names: tuple[str, str]) -> ImageArray:
    """(H, width_px, 3) uint8 RGB: a table of ``rows``; the grey band is noise, red is beyond it.

    ``names`` head the columns of the two poses.
    """
    letters = int(np.clip(width_px // 64, 12, 22))
    row_px = round(2.0 * letters)
    canvas = np.full(((len(rows) + 1) * row_px + letters, width_px, 3), PAPER, np.uint8)
    left, right = (round(share * width_px) for share in _BAR)
    edge = letters
    heads = ("joint", *names, "difference")
    for place, (head, share) in enumerate(zip(heads, _COLUMNS, strict=True)):
        _cell(
            canvas,
            head,
            share,
            width_px,
            edge,
            y=letters // 3,
            letters=letters,
            colour=_MUTED,
            right=place > 0,
        )
    write(canvas, "more bent", xy=(left, letters // 3), height_px=letters, colour=_MUTED)
    straighter = text_mask("straighter", height_px=letters)
    write(
        canvas, "straighter", xy=(right - straighter.shape[1], letters // 3), height_px=letters, colour=_MUTED
    )
    for index, row in enumerate(rows):
        top = (index + 1) * row_px
        canvas[top : top + 1, edge : width_px - edge] = _RULE
        _row(canvas, row, top=top, row_px=row_px, letters=letters, edge=edge)
        if row.note:
            words = _fitting(row.note, right - left, letters)
            write(canvas, words, xy=(left, top + letters // 2), height_px=letters, colour=_MUTED)
        else:
            _bar(canvas, row, top=top, row_px=row_px, ends=(left, right))
    return canvas


def _row(canvas: ImageArray, row: JointRow, *, top: int, row_px: int, letters: int, edge: int) -> None:
    width = canvas.shape[1]
    known = np.isfinite(row.attempt_deg - row.reference_deg)
    difference = f"{row.attempt_deg - row.reference_deg:+.0f}° ±{row.limit_deg:.0f}°".replace("-", "−")
    words = (
        row.joint.replace("_", " "),
        _degrees(row.attempt_deg),
        _degrees(row.reference_deg),
        difference if known and np.isfinite(row.limit_deg) else "–",
    )
    y = top + (row_px - round(1.3 * letters)) // 2
    for place, (word, share) in enumerate(zip(words, _COLUMNS, strict=True)):
        bold = row.differs and place in (0, 3)
        _cell(canvas, word, share, width, edge, y=y, letters=letters, colour=INK, right=place > 0, bold=bold)


def _cell(
    canvas: ImageArray,
    word: str,
    share: float,
    width: int,
    edge: int,
    *,
    y: int,
    letters: int,
    colour: tuple[int, int, int],
    right: bool,
    bold: bool = False,
) -> None:
    """Text in its column: names left-aligned, numbers right-aligned."""
    x = edge + round(share * width)
    if right:
        x += round(0.09 * width) - text_mask(word, height_px=letters, bold=bold).shape[1]
    write(canvas, word, xy=(max(x, 0), y), height_px=letters, colour=colour, bold=bold)


def _bar(canvas: ImageArray, row: JointRow, *, top: int, row_px: int, ends: tuple[int, int]) -> None:
    if not np.isfinite(row.attempt_deg - row.reference_deg + row.limit_deg):
        return
    left, right = ends
    middle, reach = (left + right) // 2, (right - left) // 2
    high, low = top + row_px // 4, top + row_px - row_px // 4
    noise = round(min(row.limit_deg, _MOST_DEG) / _MOST_DEG * reach)
    canvas[high:low, middle - noise : middle + noise] = _BAND
    canvas[top + 2 : top + row_px - 2, middle : middle + 1] = _MUTED
    difference = row.attempt_deg - row.reference_deg
    end = middle + round(float(np.clip(difference / _MOST_DEG, -1, 1)) * reach)
    share = share_of(difference, row.limit_deg) if row.differs else 0.0
    colour = importance_rgb(share) if row.differs else mix(INK, PAPER, share=0.55)
    inner = row_px // 3
    cv2.rectangle(
        canvas,
        (min(middle, end), top + inner),
        (max(middle, end), top + row_px - inner),
        colour,
        -1,
        cv2.LINE_AA,
    )


def _degrees(value: float) -> str:
    return f"{value:.0f}°" if np.isfinite(value) else "–"


def _fitting(words: str, room_px: int, letters: int) -> str:
    while len(words) > 4 and text_mask(words, height_px=letters).shape[1] > room_px:
        words = words[:-2].rstrip(" …") + "…"
    return words
