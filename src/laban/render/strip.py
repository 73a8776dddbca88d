"""A timeline as a strip below an image: a row for each person, a bar for each span, a line at the current time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from laban.core.arrays import ImageArray
from laban.core.spans import Span, Timeline
from laban.render.palette import INK, PAPER, Rgb, mix, person_rgb, text_rgb
from laban.render.text import stamp, text_mask

_GREY: Rgb = (150, 152, 156)
_TRACK = mix(INK, PAPER, share=0.14)
_NOW: Rgb = (255, 255, 255)
_MOST_ROWS = 8


@dataclass(frozen=True, eq=False)
class Strip:
    """``image`` (H, W, 3) without the line of the current time; bars lie between ``left`` and ``right`` pixels."""

    image: ImageArray
    left: int
    right: int
    start_s: float
    end_s: float

    def at(self, time_s: float) -> ImageArray:
        """A new image with the line at ``time_s``."""
        canvas = self.image.copy()
        x = _place(time_s, self.start_s, self.end_s, self.left, self.right)
        canvas[:, max(x - 1, 0) : x + 1] = _NOW
        return canvas


def draw_strip(
    timeline: Timeline, *, width_px: int, start_s: float, end_s: float, greyed: Sequence[str] = ()
) -> Strip:
    """The strip of a source that lasts from ``start_s`` to ``end_s``, as wide as its image.

    There is a row for each person and task with a span, at most eight (those with the most time in spans), and one
    empty row if there are none. Labels in ``greyed`` are drawn grey. A label that does not fit into its bar is left
    out.
    """
    rows = _rows(timeline)
    several = len({task for _, task in rows}) > 1
    row_px = int(np.clip(width_px / 36, 16, 34))
    names = [_name(person, task, several=several) for person, task in rows]
    text_px = max(9, round(row_px * 0.62))
    masks = [text_mask(name, height_px=text_px, bold=True) for name in names]
    left = min(width_px // 3, max((mask.shape[1] for mask in masks), default=0) + row_px)
    canvas = np.full((row_px * max(1, len(rows)) + row_px // 3, width_px, 3), INK, np.uint8)
    strip = Strip(canvas, left, max(left + 1, width_px - row_px // 2), start_s, end_s)
    for index, (person, task) in enumerate(rows or [(None, "")]):
        top = row_px // 6 + index * row_px
        canvas[top + 2 : top + row_px - 2, strip.left : strip.right] = _TRACK
        if rows:
            stamp(canvas, masks[index], xy=(row_px // 3, top + row_px // 6), colour=_colour(person))
        for span in timeline:
            if (span.person, span.task) == (person, task):
                _bar(strip, span, top=top, row_px=row_px, text_px=text_px, grey=span.label in greyed)
    return strip


def _rows(timeline: Timeline) -> list[tuple[int | None, str]]:
    lasting: dict[tuple[int | None, str], float] = {}
    for span in timeline:
        key = (span.person, span.task)
        lasting[key] = lasting.get(key, 0.0) + span.duration_s
    most = sorted(lasting, key=lambda key: -lasting[key])[:_MOST_ROWS]
    return sorted(most, key=lambda key: (-1 if key[0] is None else key[0], key[1]))


def _bar(strip: Strip, span: Span, *, top: int, row_px: int, text_px: int, grey: bool) -> None:
    ends = (span.start_s, span.end_s)
    start, stop = (_place(one, strip.start_s, strip.end_s, strip.left, strip.right) for one in ends)
    stop = max(stop, start + 2)
    fill = _GREY if grey else _colour(span.person)
    # One pixel is left between neighbours, so that two bars of one colour remain separate.
    bar = strip.image[top + 2 : top + row_px - 2, start : max(start + 1, stop - 1)]
    bar[:] = fill
    mask = text_mask(span.label, height_px=text_px)
    if mask.shape[1] + 4 <= bar.shape[1]:
        stamp(strip.image, mask, xy=(start + 3, top + row_px // 6), colour=text_rgb(fill))


def _place(time_s: float, start_s: float, end_s: float, left: int, right: int) -> int:
    share = (time_s - start_s) / (end_s - start_s) if end_s > start_s else 0.0
    return round(left + float(np.clip(share, 0.0, 1.0)) * (right - left - 1))


def _name(person: int | None, task: str, *, several: bool) -> str:
    who = "" if person is None else str(person)
    return " ".join(part for part in (who, task if several else "") if part)


def _colour(person: int | None) -> Rgb:
    return _GREY if person is None else person_rgb(person)
