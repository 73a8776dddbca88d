"""A confusion matrix as a drawing."""

from collections.abc import Sequence

import numpy as np

from laban.render.report.charts import svg
from laban.render.report.markup import Markup, short, tag


def confusion(labels: Sequence[str], rows: Sequence[Sequence[int]]) -> Markup:
    """True labels (rows) and predictions (columns): the shade is the share of the row, the number the count."""
    unknown = any(row[-1] for row in rows)
    said = [*labels, "unknown"] if unknown else list(labels)
    cell = float(np.clip(520 / len(said), 26, 76))
    letters = max((len(name) for name in labels), default=1)
    left, top = 24 + 7.6 * min(letters, 18), 26 + 4.9 * min(max(letters, 7 if unknown else 1), 18)
    wide, high = left + cell * len(said) + 8 + top * 0.62, top + cell * len(labels) + 8
    parts: list[Markup] = []
    for at, name in enumerate(said):
        x, y = left + cell * (at + 0.5), top - 8
        turned = f"rotate(-40 {x:.1f} {y:.1f})" if len(said) > 2 or letters > 9 else None
        anchor = "start" if turned else "middle"
        parts.append(
            tag(
                "text",
                tag("title", name),
                short(name, 18),
                x=x,
                y=y,
                text_anchor=anchor,
                transform=turned,
                class_="name",
            )
        )
    for i, (name, row) in enumerate(zip(labels, rows, strict=True)):
        y, total = top + cell * i, sum(row)
        parts.append(
            tag(
                "text",
                tag("title", name),
                short(name, 18),
                x=left - 10,
                y=y + cell / 2 + 4,
                text_anchor="end",
                class_="name",
            )
        )
        for j, held in enumerate(row[: len(said)]):
            parts.append(
                _cell(
                    left + cell * j,
                    y,
                    cell,
                    held,
                    held / total if total else 0.0,
                    right=i == j,
                    words=f"{name} called {said[j]}: {held} of {total}",
                )
            )
    return tag(
        "div", svg(wide, high, *parts, label="Confusion matrix", natural=True), class_="scroll", tabindex=0
    )


def _cell(x: float, y: float, size: float, held: int, share: float, *, right: bool, words: str) -> Markup:
    kind = "hit" if right else "miss"
    back = tag("rect", x=x + 1, y=y + 1, width=size - 2, height=size - 2, rx=4, class_="ground")
    shade = tag(
        "rect",
        x=x + 1,
        y=y + 1,
        width=size - 2,
        height=size - 2,
        rx=4,
        class_=kind,
        fill_opacity=float(np.sqrt(share)),
    )
    bold = "on" if share > 0.35 else "off"
    text = tag(
        "text",
        str(held or ""),
        x=x + size / 2,
        y=y + size / 2 + 4,
        text_anchor="middle",
        class_=f"held {bold}",
    )
    return tag("g", tag("title", words), back, shade, text)
