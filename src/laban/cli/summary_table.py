"""A recording's summary as text and a table for people."""

import math

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from laban.core.spans import Timeline
from laban.pipeline.recording.summary import PersonSummary, RecordingSummary
from laban.render.palette import hex_of, person_rgb
from laban.render.words import count_people, format_duration, format_time, short_name

_SPANS_SHOWN = 3


def summary_words(summary: RecordingSummary) -> Group:
    """A summary for people: name, facts, a row for each person, warnings, and what was assumed."""
    parts: list[RenderableType] = [
        Text(short_name(summary.source), style="bold"),
        Text(_facts(summary), style="dim"),
    ]
    if summary.people:
        parts.append(Padding(_table(summary.people), (1, 0, 0, 0)))
    parts += [Text(f"⚠ {words}", style="yellow") for words in summary.warnings]
    parts += [Text(f"· {words}", style="dim") for words in summary.notes]
    return Group(*parts)


def _facts(summary: RecordingSummary) -> str:
    people = count_people(len(summary.people))
    rate = [] if math.isnan(summary.rate_hz) else [f"{summary.rate_hz:.3g} frames/s"]
    size = [] if summary.size_wh is None else ["{}×{}".format(*summary.size_wh)]
    seen = [f"someone in {summary.coverage:.0%} of {summary.frames} frames"] if summary.frames else []
    return " · ".join([format_duration(summary.duration_s), *rate, *size, people, *seen])


def _table(people: tuple[PersonSummary, ...]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    for heading in ("person", "seen", "for", "coverage", "visibility", "height", "remarks"):
        words = heading in {"person", "seen", "remarks"}
        table.add_column(heading, justify="left" if words else "right", no_wrap=heading != "remarks")
    for one in people:
        mark = Text.assemble(("● ", hex_of(person_rgb(one.person))), str(one.person))
        table.add_row(mark, _spans(one.spans), *_figures(one), Text("; ".join(one.warnings), style="yellow"))
    return table


def _spans(spans: Timeline) -> str:
    shown = [f"{format_time(span.start_s)} – {format_time(span.end_s)}" for span in spans][:_SPANS_SHOWN]
    more = len(spans) - len(shown)
    return "\n".join([*shown, *([f"and {more} more"] if more > 0 else [])])


def _figures(one: PersonSummary) -> tuple[str, ...]:
    visibility = "–" if math.isnan(one.visibility) else f"{one.visibility:.2f}"
    return f"{one.seen_s:.1f} s", _percent(one.coverage), visibility, _percent(one.height_share)


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{share:.0%}"
