"""Columns and lines over the repetitions, seconds or days of a workout, as SVG that follows the page's theme."""

from collections.abc import Sequence
from dataclasses import dataclass

from laban.render.report.charts import HIGH, LEFT, LOW, RIGHT, TOP, WIDE, nice, pieces, rules, svg
from laban.render.report.markup import Markup, known, tag

_MOST_NAMES = 10
_WIDEST = 46.0


@dataclass(frozen=True)
class Column:
    """A column of stacked parts, each a style class and a value; NaN parts are left out."""

    name: str
    parts: tuple[tuple[str, float], ...]
    words: str = ""


def columns(held: Sequence[Column], *, high: float | None = None, unit: str = "", label: str) -> Markup:
    """Columns side by side up to ``high`` (if None, the next round number above the tallest)."""
    tallest = max((sum(_values(one)) for one in held), default=1.0)
    top = nice(max(tallest, 1e-6)) if high is None else high
    step = (WIDE - LEFT - RIGHT) / max(len(held), 1)
    wide = min(_WIDEST, 0.72 * step)
    parts = rules(0.0, top, unit)
    for index, one in enumerate(held):
        x = LEFT + step * (index + 0.5)
        parts.append(_column(one, x - wide / 2, wide, top))
        if index % _every(len(held)) == 0:
            parts.append(tag("text", one.name, x=x, y=HIGH - LOW + 15.0, text_anchor="middle", class_="soft"))
    return svg(WIDE, HIGH, *parts, label=label)


def line_over(
    places: Sequence[float],
    values: Sequence[float],
    names: Sequence[tuple[float, str]],
    *,
    high: float,
    unit: str = "",
    label: str,
    dots: bool = False,
) -> Markup:
    """A line through ``values`` at ``places``, broken where a value is NaN, with ``names`` below some of them."""
    first, last = (min(places), max(places)) if len(places) else (0.0, 1.0)
    reach = max(last - first, 1e-9)

    def at(place: float, value: float) -> tuple[float, float]:
        across = (place - first) / reach if last > first else 0.5
        inset = 14.0 if dots else 0.0
        x = LEFT + inset + across * (WIDE - LEFT - RIGHT - 2 * inset)
        return x, HIGH - LOW - min(1.0, max(0.0, value / high)) * (HIGH - LOW - TOP)

    parts = rules(0.0, high, unit)
    for place, name in names:
        x = at(place, 0)[0]
        parts.append(tag("text", name, x=x, y=HIGH - LOW + 15.0, text_anchor=_anchor(x), class_="soft"))
    for piece in pieces(places, values):
        path = " ".join("{:.1f},{:.1f}".format(*at(*point)) for point in piece)
        parts.append(tag("polyline", points=path, class_="line second"))
    if dots:
        parts += [
            tag("circle", cx=at(*point)[0], cy=at(*point)[1], r=4.5, class_="spot own")
            for piece in pieces(places, values)
            for point in piece
        ]
    return svg(WIDE, HIGH, *parts, label=label)


def _column(one: Column, x: float, wide: float, top: float) -> Markup:
    drawn: list[Markup] = [tag("title", one.words)] if one.words else []
    low = 0.0
    for kind, value in one.parts:
        if not known(value):
            continue
        tall = min(value, top - low) / top * (HIGH - LOW - TOP)
        y = HIGH - LOW - low / top * (HIGH - LOW - TOP) - tall
        drawn.append(tag("rect", x=x, y=y, width=wide, height=max(0.5, tall), rx=2, class_=kind))
        low += value
    return tag("g", *drawn)


def _values(one: Column) -> list[float]:
    return [value for _, value in one.parts if known(value)]


def _every(count: int) -> int:
    return max(1, -(-count // _MOST_NAMES))


def _anchor(x: float) -> str:
    return "start" if x < LEFT + 20 else "end" if x > WIDE - RIGHT - 20 else "middle"
