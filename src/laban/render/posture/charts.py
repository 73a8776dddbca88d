"""Charts of a value next to its limits and of values over time; their colours follow the page's theme."""

from collections.abc import Sequence

from laban.core.answers.posture import MeasureAnswer, RuleAnswer, Severity
from laban.render.report.charts import svg
from laban.render.report.markup import Markup, tag
from laban.render.words import format_time

_WIDE, _HIGH = 260, 34
_LONG, _TALL = 1080, 150
_LEFT, _RIGHT, _TOP, _LOW = 52, 14, 10, 26
_SEVERITIES: tuple[Severity, ...] = ("slight", "moderate", "marked")


def gauge(one: MeasureAnswer) -> Markup:
    """A measure's value and its 95 % interval over the bands of its rules; empty if there is no value."""
    if one.value is None or one.low is None or one.high is None:
        return Markup("")
    interval = (one.low, one.value, one.high)
    low, high = _reach(interval, one.limits)

    def x(value: float) -> float:
        return 4 + (min(max(value, low), high) - low) / (high - low) * (_WIDE - 8)

    parts = [
        tag("rect", x=x(start), y=12.0, width=max(x(end) - x(start), 0.0), height=10.0, class_=f"band {kind}")
        for start, end, kind in _bands(one.limits, low, high)
    ]
    parts.append(tag("line", x1=x(one.low), x2=x(one.high), y1=17.0, y2=17.0, class_="whisker"))
    parts.append(tag("circle", cx=x(one.value), cy=17.0, r=5.0, class_="point"))
    words = f"{one.title}: {one.meaning}, 95 % from {one.low:.2f} to {one.high:.2f}"
    return svg(_WIDE, _HIGH, *parts, label=words, natural=True)


def trend(times_s: Sequence[float], values: Sequence[float | None], one: MeasureAnswer) -> Markup:
    """A measure over time, over the bands of its rules; the line is broken where it was not measured."""
    known = [value for value in values if value is not None]
    firsts = [next(iter(rule.bands.values())) for rule in one.limits]
    low, high = min([*known, *firsts]), max([*known, *firsts])
    pad = 0.08 * max(high - low, 1e-6)
    low, high = low - pad, high + pad
    span = max(times_s[-1] - times_s[0], 1e-9)

    def x(time_s: float) -> float:
        return float(_LEFT + (time_s - times_s[0]) / span * (_LONG - _LEFT - _RIGHT))

    def y(value: float) -> float:
        return float(_TALL - _LOW - (value - low) / (high - low) * (_TALL - _LOW - _TOP))

    parts = [
        tag("rect", x=float(_LEFT), y=y(end), width=float(_LONG - _LEFT - _RIGHT), height=y(start) - y(end),
            class_=f"band {kind}")
        for start, end, kind in _bands(one.limits, low, high)
    ]  # fmt: skip
    parts += [_left(value, y(value)) for value in (low + pad, high - pad)]
    for share in (0.0, 0.5, 1.0):
        at = times_s[0] + share * span
        anchor = {0.0: "start", 1.0: "end"}.get(share, "middle")
        parts.append(tag("text", format_time(at), x=x(at), y=_TALL - 8.0, text_anchor=anchor, class_="soft"))
    for piece in _pieces(times_s, values):
        path = " ".join(f"{x(time_s):.1f},{y(value):.1f}" for time_s, value in piece)
        parts.append(tag("polyline", points=path, class_="line own"))
    return svg(_LONG, _TALL, *parts, label=f"{one.title} over time")


def _left(value: float, y: float) -> Markup:
    words = f"{value:.3g}".replace("-", "−")
    return tag("text", words, x=_LEFT - 7.0, y=y + 4, text_anchor="end", class_="soft")


def _reach(interval: tuple[float, float, float], limits: Sequence[RuleAnswer]) -> tuple[float, float]:
    ends = list(interval)
    for rule in limits:
        bands = list(rule.bands.values())
        ends += [bands[0], bands[-1] + (bands[-1] - bands[0]) * 0.3]
    if len(limits) == 1:
        # some of the range within limits, so that the first limit is not the edge
        first = next(iter(limits[0].bands.values()))
        last = list(limits[0].bands.values())[-1]
        ends.append(first - (last - first) * 0.8)
    low, high = min(ends), max(ends)
    pad = 0.04 * max(high - low, 1e-6)
    return low - pad, high + pad


def _bands(limits: Sequence[RuleAnswer], low: float, high: float) -> list[tuple[float, float, str]]:
    """Ranges from ``low`` to ``high`` with their bands; empty if there are no limits."""
    if not limits:
        return []
    firsts = {rule.direction: next(iter(rule.bands.values())) for rule in limits}
    out = [(firsts.get("below", low), firsts.get("above", high), "within")]
    for rule in limits:
        names = [name for name in _SEVERITIES if name in rule.bands]
        values = [rule.bands[name] for name in names]
        edge = high if rule.direction == "above" else low
        for name, start, end in zip(names, values, [*values[1:], edge], strict=True):
            out.append((min(start, end), max(start, end), name))
    return [
        (max(start, low), min(end, high), kind)
        for start, end, kind in out
        if min(end, high) > max(start, low)
    ]


def _pieces(times_s: Sequence[float], values: Sequence[float | None]) -> list[list[tuple[float, float]]]:
    pieces: list[list[tuple[float, float]]] = [[]]
    for time_s, value in zip(times_s, values, strict=True):
        if value is not None:
            pieces[-1].append((time_s, value))
        elif pieces[-1]:
            pieces.append([])
    return [piece for piece in pieces if len(piece) > 1]
