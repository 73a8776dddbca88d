"""Markup that is safe by construction: every plain string is escaped."""

import html
import math
from collections.abc import Iterable, Sequence
from typing import TypeGuard

from laban.core.answers.metrics import Bounds

_EMPTY = frozenset({"rect", "line", "circle", "path", "polyline", "polygon", "br"})


class Markup(str):
    """Text that is already markup."""

    __slots__ = ()


def tag(name: str, *children: str | None, **attributes: object) -> Markup:
    """An element; children that are not ``Markup`` are escaped, None is left out. In attribute names "_" stands for
    "-", and a trailing one is dropped; an attribute that is None is left out.

    >>> tag("td", "a < b", class_="num", colspan=2)
    '<td class="num" colspan="2">a &lt; b</td>'
    """
    held = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(_value(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = joined(child for child in children if child is not None)
    return Markup(f"<{name}{held}/>" if name in _EMPTY else f"<{name}{held}>{inner}</{name}>")


def joined(parts: Iterable[str]) -> Markup:
    """Children joined, with plain strings escaped."""
    return Markup("".join(part if isinstance(part, Markup) else html.escape(part) for part in parts))


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1, caption: str = "") -> Markup:
    """A table whose first ``left`` columns are text and whose others are numbers.

    On a phone each row becomes a block: its first cell on top, the others below it with their column heads, from
    ``data-head``.
    """

    def cell(name: str, at: int, words: str, above: str | None = None) -> Markup:
        return tag(name, words, class_=None if at < left else "num", data_head=above)

    top = tag("thead", tag("tr", *(cell("th", at, words) for at, words in enumerate(head))))
    body = tag(
        "tbody",
        *(
            tag("tr", *(cell("td", at, words, head[at] or None) for at, words in enumerate(row)))
            for row in rows
        ),
    )
    words = tag("caption", caption) if caption else None
    return tag("div", tag("table", words, top, body), class_="scroll", tabindex=0)


def percent(value: float | None, digits: int = 1) -> str:
    """A share in percent; a dash if it is unknown.

    >>> percent(0.1234), percent(None)
    ('12.3 %', '–')
    """
    return f"{100 * value:.{digits}f} %" if known(value) else "–"


def points(value: float | None) -> str:
    """A difference of shares, signed.

    >>> points(-0.031)
    '−3.1'
    """
    return f"{100 * value:+.1f}".replace("-", "−") if known(value) else "–"


def span(interval: Bounds | None) -> str:
    """An interval of shares in percent; empty if it is unknown."""
    low, high = interval or (None, None)
    return f"{100 * low:.1f} – {100 * high:.1f}" if known(low) and known(high) else ""


def number(value: float | None, digits: int = 2) -> str:
    """A number; a dash if it is unknown."""
    return f"{value:.{digits}f}" if known(value) else "–"


def count(value: float | None) -> str:
    """A whole number with thin spaces between thousands; a dash if it is unknown.

    >>> count(12345) == "12" + chr(0x202F) + "345"
    True
    """
    return f"{int(value):,}".replace(",", "\u202f") if known(value) else "–"


def known(value: float | None) -> TypeGuard[float]:
    """Whether the value is a finite number."""
    return value is not None and math.isfinite(value)


def short(text: str, most: int) -> str:
    """At most so many letters; the rest is cut off."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _value(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
