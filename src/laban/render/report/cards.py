"""The frame of every section of the report, and small tiles with one value each."""

from laban.core.answers.metrics import Bounds
from laban.render.report.markup import Markup, known, points, tag


def card(title: str, *parts: Markup | None, note: str = "", wide: bool = False) -> Markup:
    """A section with a heading, half the width of the page or all of it."""
    words = tag("p", note, class_="note") if note else None
    return tag("section", tag("h3", title), words, *parts, class_="card wide" if wide else "card")


def tile(name: str, value: str, words: str, *, bad: bool = False) -> Markup:
    """A value with its name above and a note below."""
    return tag(
        "div", tag("span", name, class_="what"), tag("b", value), tag("span", words, class_="range"),
        class_="tile bad" if bad else "tile",
    )  # fmt: skip


def gap_range(interval: Bounds | None) -> str:
    """The interval of a difference, in percentage points."""
    return (
        f"{points(interval[0])} to {points(interval[1])}" if interval and known(interval[0]) else "not known"
    )
