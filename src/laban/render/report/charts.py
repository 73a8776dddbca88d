"""Charts as SVG; colours follow the page's theme by style classes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from laban.core.answers.metrics import BinAnswer, Bounds
from laban.render.report.markup import Markup, joined, known, percent, points, short, span, tag

WIDE, HIGH = 520, 230
"""The size of most charts."""

LEFT, RIGHT, TOP, LOW = 44, 12, 12, 34
"""Their margins for text."""

_FAR = 0.45

Place = Callable[[float, float], tuple[float, float]]
"""Maps an epoch and a value to a position in the chart."""


Series = tuple[str, str, Sequence[float | None]]
"""A line's name, its style class, and its values."""


@dataclass(frozen=True)
class IntervalRow:
    """A share with its interval; ``is_model`` for the model among its baselines."""

    name: str
    accuracy: float | None
    interval: Bounds | None = None
    is_model: bool = False


def curves(series: Sequence[Series], numbers: Sequence[int], *, best: int | None, unit: str) -> Markup:
    """Lines over epochs: (name, class, values); None breaks a line. ``best`` marks the epoch that was kept."""
    values = [value for _, _, line in series for value in line if known(value)]
    low, high = (0.0, 1.0) if unit == "share" else (0.0, nice(max(values, default=1.0)))
    last = max(numbers[-1], numbers[0] + 1)

    def place(epoch: float, value: float) -> tuple[float, float]:
        across = (epoch - numbers[0]) / (last - numbers[0])
        up = min(1.0, (value - low) / (high - low))
        return LEFT + across * (WIDE - LEFT - RIGHT), HIGH - LOW - up * (HIGH - LOW - TOP)

    parts = [*rules(low, high, unit), *_epochs(numbers[0], last, place)]
    if best is not None:
        x = place(best, low)[0]
        side = "end" if x > WIDE * 0.7 else "start"
        parts.append(tag("line", x1=x, x2=x, y1=float(TOP), y2=float(HIGH - LOW), class_="mark"))
        words = f"best: {best}"
        parts.append(
            tag(
                "text",
                words,
                x=x + (-5 if side == "end" else 5),
                y=TOP + 9.0,
                text_anchor=side,
                class_="soft",
            )
        )
    for _, kind, line in series:
        for piece in pieces(numbers, line):
            path = " ".join("{:.1f},{:.1f}".format(*place(epoch, value)) for epoch, value in piece)
            parts.append(tag("polyline", points=path, class_=f"line {kind}"))
    return svg(WIDE, HIGH, *parts, label=", ".join(name for name, _, _ in series))


def reliability(bins: Sequence[BinAnswer], *, label: str) -> Markup:
    """A reliability diagram: accuracy (up) by confidence (across); the diagonal is perfect calibration. A bar is
    fainter the fewer answers it has."""
    size, left, low = 250, 36, 34
    total = max((one.count for one in bins), default=1)

    def place(across: float, up: float) -> tuple[float, float]:
        side = size - left - 10
        return left + across * side, size - low - up * (size - low - 10)

    parts: list[Markup] = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        (x0, y), (x1, _) = place(0, share), place(1, share)
        parts.append(tag("line", x1=x0, x2=x1, y1=y, y2=y, class_="rule"))
        parts.append(tag("text", f"{100 * share:.0f}", x=x0 - 6, y=y + 3.5, text_anchor="end", class_="soft"))
        parts.append(
            tag(
                "text",
                f"{100 * share:.0f}",
                x=place(share, 0)[0],
                y=size - low + 15.0,
                text_anchor="middle",
                class_="soft",
            )
        )
    for one in bins:
        at = min(int(one.confidence * 10), 9) / 10
        (x0, y0), (x1, y1) = place(at + 0.008, one.accuracy), place(at + 0.092, 0)
        words = f"{one.count} answers, sure to {percent(one.confidence)}, right in {percent(one.accuracy)}"
        faint = 0.35 + 0.65 * float(np.sqrt(one.count / total))
        parts.append(
            tag("rect", x=x0, y=y0, width=x1 - x0, height=max(0.5, y1 - y0), fill_opacity=faint, class_="bar")
        )
        centre = place(one.confidence, one.accuracy)
        parts.append(
            tag("g", tag("title", words), tag("circle", cx=centre[0], cy=centre[1], r=3.0, class_="dot"))
        )
    (x0, y0), (x1, y1) = place(0, 0), place(1, 1)
    parts.append(tag("line", x1=x0, y1=y0, x2=x1, y2=y1, class_="mark"))
    parts.append(
        tag("text", "confidence, %", x=(left + size) / 2, y=size - 3.0, text_anchor="middle", class_="soft")
    )
    return svg(size, size, *parts, label=label)


def intervals(rows: Sequence[IntervalRow]) -> Markup:
    """A dot with its interval for each row."""
    left, right, row = 118, 58, 30
    high = row * len(rows) + 26
    # values far below the others are drawn at the edge, so that the others can be distinguished
    own = next((one.accuracy for one in rows if one.is_model), None)
    ends = [end for one in rows for end in (*(one.interval or ()), one.accuracy) if known(end)]
    near = [end for end in ends if own is None or end > own - _FAR]
    low = max(0.0, np.floor(10 * min(near, default=0.0) - 0.2) / 10)

    def x(value: float) -> float:
        return float(left + max(0.0, value - low) / (1.0 - low) * (WIDE - left - right))

    parts: list[Markup] = []
    step = next(step for step in (0.02, 0.05, 0.1, 0.2) if 1 - low <= 7 * step)
    for share in np.arange(np.ceil(low / step - 1e-9) * step, 1.0001, step):
        at = x(float(share))
        parts.append(tag("line", x1=at, x2=at, y1=4.0, y2=float(high - 20), class_="rule"))
        parts.append(
            tag("text", f"{100 * share:.0f}", x=at, y=high - 6.0, text_anchor="middle", class_="soft")
        )
    for place, one in enumerate(rows):
        y = 4 + row * (place + 0.5)
        kind = "own" if one.is_model else "other"
        parts.append(
            tag(
                "text",
                short(one.name, 16),
                x=left - 12.0,
                y=y + 4,
                text_anchor="end",
                class_=f"name {kind}",
            )
        )
        if not known(one.accuracy):
            parts.append(tag("text", "not installed", x=left + 4.0, y=y + 4, class_="soft"))
            continue
        outside = one.accuracy < low
        start, end = one.interval or (None, None)
        if known(start) and known(end) and not outside:
            parts.append(tag("line", x1=x(start), x2=x(end), y1=y, y2=y, class_=f"reach {kind}"))
        parts.append(
            _edge(left, y)
            if outside
            else tag("circle", cx=x(one.accuracy), cy=y, r=5.5, class_=f"spot {kind}")
        )
        parts.append(
            tag(
                "text",
                percent(one.accuracy),
                x=WIDE - 2.0,
                y=y + 4,
                text_anchor="end",
                class_=f"value {kind}",
            )
        )
    words = "; ".join(f"{one.name} {percent(one.accuracy)} ({span(one.interval)})" for one in rows)
    return svg(WIDE, high, *parts, label=words)


def _edge(x: float, y: float) -> Markup:
    """An arrow to a value that lies further left."""
    return tag(
        "path",
        d=f"M{x + 9:.1f} {y - 5:.1f}L{x + 1:.1f} {y:.1f}L{x + 9:.1f} {y + 5:.1f}Z",
        class_="spot other",
    )


def meter(value: float | None, *, kind: str = "") -> Markup:
    """A small bar for a share."""
    wide = 84.0 * (min(1.0, max(0.0, value)) if known(value) else 0.0)
    track = tag("rect", x=0, y=0, width=84, height=6, rx=3, class_="track")
    bar = tag("rect", x=0, y=0, width=wide, height=6, rx=3, class_=f"bar {kind}".strip())
    return tag("svg", track, bar, viewBox="0 0 84 6", width=84, height=6, class_="meter", aria_hidden="true")


def measured(value: float | None) -> Markup:
    """A share with its small bar."""
    return joined([meter(value), tag("span", percent(value), class_="beside")])


def change(value: float | None) -> Markup:
    """A difference in percentage points, marked if it is a notable loss."""
    kind = "loss" if known(value) and value < -0.02 else "even"
    return tag("span", points(value), class_=kind)


def rules(low: float, high: float, unit: str) -> list[Markup]:
    """Four grid lines of a chart of WIDE × HIGH with their values, as percentages or plain."""
    out = []
    for step in range(5):
        value = low + (high - low) * step / 4
        y = HIGH - LOW - step / 4 * (HIGH - LOW - TOP)
        words = f"{100 * value:.0f} %" if unit == "share" else f"{value:.3g}"
        out.append(tag("line", x1=float(LEFT), x2=float(WIDE - RIGHT), y1=y, y2=y, class_="rule"))
        out.append(tag("text", words, x=LEFT - 7.0, y=y + 3.5, text_anchor="end", class_="soft"))
    return out


def _epochs(first: int, last: int, place: Place) -> list[Markup]:
    shown = sorted({first, *(round(first + (last - first) * part / 4) for part in range(1, 5))})
    out = [
        tag("text", str(one), x=place(one, 0)[0], y=HIGH - LOW + 15.0, text_anchor="middle", class_="soft")
        for one in shown
    ]
    return [*out, tag("text", "epoch", x=WIDE / 2, y=HIGH - 3.0, text_anchor="middle", class_="soft")]


def pieces(numbers: Sequence[float], line: Sequence[float | None]) -> list[list[tuple[float, float]]]:
    """The points of a line, (number, value), broken where a value is unknown."""
    found: list[list[tuple[float, float]]] = [[]]
    for number, value in zip(numbers, line, strict=True):
        if known(value):
            found[-1].append((number, float(value)))
        elif found[-1]:
            found.append([])
    return [piece for piece in found if piece]


def nice(value: float) -> float:
    """The next larger number that is 1, 1.5, 2, 3, 4, 6 or 8 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(max(value, 1e-6)))
    return float(next(step * power for step in (1, 1.5, 2, 3, 4, 6, 8, 10) if step * power >= value * 0.999))


def svg(wide: float, high: float, *parts: Markup, label: str, natural: bool = False) -> Markup:
    """A chart scaled to the available width or, if ``natural``, at its own size."""
    size = {"width": float(wide), "height": float(high)} if natural else {}
    return tag(
        "svg",
        *parts,
        viewBox=f"0 0 {wide:.0f} {high:.0f}",
        role="img",
        aria_label=label,
        class_="chart",
        **size,
    )
