"""Progress over workouts: a self-contained page, and an image."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np

from laban.core.arrays import ImageArray
from laban.errors import InvalidValueError
from laban.render.coaching.columns import Column, columns, line_over
from laban.render.files import written
from laban.render.palette import INK, PAPER, Rgb, mix
from laban.render.report.cards import card
from laban.render.report.charts import nice
from laban.render.report.frame import framed_page
from laban.render.report.markup import Markup, known, table, tag
from laban.render.text import text_mask, write

_FOOTER = "Made with Laban. Everything is in this file; nothing is loaded from elsewhere."
_OWN: Rgb = (0, 114, 178)
_MUTED = mix(INK, PAPER, share=0.45)
_RULE = mix(PAPER, INK, share=0.12)
_WIDTH_PX, _PANEL_PX, _HEAD_PX, _EDGE = 1200, 300, 70, 24
_LETTERS = 18
_MOST_NAMES = 6


@dataclass(frozen=True)
class Mark:
    """One workout: when it began, the amount done, the score (NaN if there is none), the faults."""

    began: datetime
    done: float
    score_percent: float
    faults: str = ""


@dataclass(frozen=True)
class ExerciseProgress:
    """The workouts of one exercise, the oldest first; ``unit`` is what ``done`` counts."""

    title: str
    unit: str
    marks: tuple[Mark, ...]


def draw_progress_page(held: Sequence[ExerciseProgress]) -> str:
    """The page as one string of HTML. Raises InvalidValueError for no workouts."""
    _some(held)
    count = sum(len(one.marks) for one in held)
    first, last = _span(held)
    summary = f"{count} workout{'' if count == 1 else 's'} · {first:%Y-%m-%d} to {last:%Y-%m-%d}"
    sections = (section for one in held for section in _sections(one))
    return framed_page("Progress", summary=summary, sections=sections, footer=_FOOTER)


def write_progress_page(path: Path, held: Sequence[ExerciseProgress]) -> Path:
    """Writes ``draw_progress_page`` to ``path``, completely or not at all."""
    text = draw_progress_page(held)
    with written(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return path


def draw_progress(held: Sequence[ExerciseProgress]) -> ImageArray:
    """(H, W, 3) uint8 RGB: for each exercise the score of each workout, and next to it the amount done.

    Raises InvalidValueError for no workouts.
    """
    _some(held)
    return np.concatenate([_row(one) for one in held])


def _some(held: Sequence[ExerciseProgress]) -> None:
    if not any(one.marks for one in held):
        raise InvalidValueError("there are no workouts to draw yet; `laban coach` records them")


def _span(held: Sequence[ExerciseProgress]) -> tuple[datetime, datetime]:
    times = [mark.began for one in held for mark in one.marks]
    return min(times), max(times)


def _sections(one: ExerciseProgress) -> Iterator[Markup]:
    yield tag("h2", one.title, class_="task")
    places = [float(index) for index in range(len(one.marks))]
    values = [mark.score_percent / 100 for mark in one.marks]
    names = [(float(index), _day(one.marks[index])) for index in _named(len(one.marks))]
    chart = line_over(places, values, names, high=1.0, unit="share", label=f"{one.title}: score", dots=True)
    yield card("Score", chart, note="Of each workout; 100 % is like the reference.")
    held = [
        Column(_day(mark), (("bar", mark.done),), f"{_day(mark)}: {mark.done:.0f} {one.unit}")
        for mark in one.marks
    ]
    yield card(one.unit[:1].upper() + one.unit[1:], columns(held, label=one.unit), note="In each workout.")
    rows = [
        (f"{mark.began:%Y-%m-%d %H:%M}", mark.faults or "–", f"{mark.done:.0f}", _percent(mark.score_percent))
        for mark in reversed(one.marks)
    ]
    yield card("Workouts", table(("began", "seen most", one.unit, "score"), rows, left=2), wide=True)


def _row(one: ExerciseProgress) -> ImageArray:
    canvas = np.full((_HEAD_PX + _PANEL_PX, _WIDTH_PX, 3), PAPER, np.uint8)
    write(canvas, one.title, xy=(_EDGE, 16), height_px=28, colour=INK, bold=True)
    half = _WIDTH_PX // 2
    scores = [mark.score_percent for mark in one.marks]
    names = [_day(mark) for mark in one.marks]
    _panel(canvas[_HEAD_PX:, _EDGE : half - _EDGE // 2], "score", scores, names, high=100.0, suffix=" %")
    done = [mark.done for mark in one.marks]
    high = nice(max(*done, 1.0))
    _panel(canvas[_HEAD_PX:, half + _EDGE // 2 : -_EDGE], one.unit, done, names, high=high, bars=True)
    return canvas


def _panel(
    panel: ImageArray,
    head: str,
    values: Sequence[float],
    names: Sequence[str],
    *,
    high: float,
    suffix: str = "",
    bars: bool = False,
) -> None:
    """One chart onto its part of the image: columns, or dots joined by a line."""
    left, top, right, low = 76, 46, panel.shape[1] - 10, panel.shape[0] - 44
    write(panel, head, xy=(0, 0), height_px=_LETTERS, colour=_MUTED)
    for share in (0.0, 0.5, 1.0):
        y = round(low - share * (low - top))
        panel[y : y + 1, left:right] = _RULE
        words = text_mask(f"{share * high:g}{suffix}", height_px=_LETTERS - 2)
        write(
            panel,
            f"{share * high:g}{suffix}",
            xy=(left - 12 - words.shape[1], y - 12),
            height_px=_LETTERS - 2,
            colour=_MUTED,
        )
    step = (right - left) / len(values)
    places = [left + step * (index + 0.5) for index in range(len(values))]
    heights = [
        low - min(1.0, max(0.0, value / high)) * (low - top) if known(value) else None for value in values
    ]
    _draw(panel, places, heights, low=low, wide=min(46.0, 0.7 * step) if bars else None)
    for index in _named(len(names)):
        wide = text_mask(names[index], height_px=_LETTERS - 2).shape[1]
        x = min(max(round(places[index] - wide / 2), left), right - wide)
        write(panel, names[index], xy=(x, low + 10), height_px=_LETTERS - 2, colour=_MUTED)


def _draw(
    panel: ImageArray,
    places: Sequence[float],
    heights: Sequence[float | None],
    *,
    low: int,
    wide: float | None,
) -> None:
    canvas = np.ascontiguousarray(panel)
    before: tuple[int, int] | None = None
    for x, y in zip(places, heights, strict=True):
        point = None if y is None else (round(x), round(y))
        if point is not None and wide is not None:
            left, right = round(x - wide / 2), round(x + wide / 2)
            cv2.rectangle(canvas, (left, min(point[1], low - 1)), (right, low), _OWN, -1)
        elif point is not None:
            if before is not None:
                cv2.line(canvas, before, point, _OWN, 3, cv2.LINE_AA)
            cv2.circle(canvas, point, 7, _OWN, -1, cv2.LINE_AA)
        before = point
    panel[:] = canvas


def _named(count: int) -> list[int]:
    """The positions among ``count`` that are labelled: evenly spaced, including the first and the last."""
    return sorted({round(share * (count - 1)) for share in np.linspace(0, 1, min(count, _MOST_NAMES))})


def _day(mark: Mark) -> str:
    return f"{mark.began:%m-%d}"


def _percent(value: float) -> str:
    return f"{value:.0f} %" if known(value) else "–"
