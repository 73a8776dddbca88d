"""Bar charts, histograms and their legends as SVG; colours follow the page's theme."""

from collections.abc import Sequence

import numpy as np

from laban.render.report.charts import svg
from laban.render.report.markup import Markup, short, tag

KINDS = ("", "second", "third", "none")
"""The style classes of the parts of a bar, in order."""
_WIDE, _ROW = 440, 26
_LETTERS, _NAME_PX, _WORD_PX = 18, 7.4, 6.7
"""The most letters of a name, and the widths of a letter in a name and in the text after a bar."""
_HIST_HIGH, _HIST_LOW = 170, 30


def bars(rows: Sequence[tuple[str, Sequence[float], str]], *, label: str) -> Markup:
    """A bar for each row: its name, its parts side by side, and the text after it."""
    most = max((sum(parts) for _, parts, _ in rows), default=1) or 1
    left = 14 + _NAME_PX * max((min(len(name), _LETTERS) for name, _, _ in rows), default=0)
    room = _WIDE - left - 12 - _WORD_PX * max((len(words) for *_, words in rows), default=0)
    drawn: list[Markup] = []
    for place, (name, parts, words) in enumerate(rows):
        y, x = _ROW * place, left
        drawn.append(
            tag(
                "text",
                tag("title", name),
                short(name, _LETTERS),
                x=left - 10,
                y=y + 17,
                text_anchor="end",
                class_="name",
            )
        )
        for kind, part in zip(KINDS, parts, strict=False):
            wide = part / most * max(room, 20.0)
            drawn.append(
                tag("rect", x=x, y=y + 5, width=wide, height=_ROW - 10, class_=f"bar {kind}".strip())
            )
            x += wide
        drawn.append(tag("text", words, x=x + 8, y=y + 17, class_="soft"))
    return svg(_WIDE, _ROW * len(rows) + 4, *drawn, label=label)


def histogram(values: Sequence[float], *, unit: str, label: str, bins: int = 24) -> Markup:
    """A histogram; the axis is marked at its ends and middle."""
    held = np.asarray(values, dtype=np.float64)
    low, high = (float(held.min()), float(held.max())) if len(held) else (0.0, 1.0)
    high = high if high > low else low + 1.0
    counts, edges = np.histogram(held, bins=bins, range=(low, high))
    room, top = _WIDE - 24, _HIST_HIGH - _HIST_LOW - 8
    drawn: list[Markup] = []
    for count, start in zip(counts.tolist(), edges.tolist(), strict=False):
        x = 12 + (start - low) / (high - low) * room
        tall = count / max(int(counts.max()), 1) * top
        words = f"{count} from {start:.0f} to {start + (high - low) / bins:.0f} {unit}"
        bar = tag("rect", x=x + 0.5, y=8 + top - tall, width=room / bins - 1, height=tall, class_="bar")
        drawn.append(tag("g", tag("title", words), bar))
    for share, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end")):
        value = low + share * (high - low)
        drawn.append(
            tag(
                "text",
                f"{value:.0f} {unit}",
                x=12 + share * room,
                y=float(_HIST_HIGH - 8),
                text_anchor=anchor,
                class_="soft",
            )
        )
    return svg(_WIDE, _HIST_HIGH, *drawn, label=label)


def legend(names: Sequence[str]) -> Markup:
    """The legend of the parts of bars."""
    keys = ("second", "third", "fourth", "")
    return tag(
        "p",
        *(tag("span", name, class_=f"key {kind}") for name, kind in zip(names, keys, strict=False)),
        class_="note",
    )
