"""Posture as text for people: findings, every value with its interval, and what cannot be seen."""

from collections.abc import Sequence
from typing import Any

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from laban.core.answers.posture import ChangeAnswer
from laban.render.words import count_breaks, format_duration
from laban.tasks.posture.catalogue import spoken
from laban.tasks.posture.report import MeasuredValue, PostureReport

_STYLES = {"marked": "bold red", "moderate": "red", "slight": "yellow"}
NO_DIAGNOSIS = "Measured from an image, not a diagnosis."


def posture_words(report: PostureReport, *, name: str) -> Group:
    """A complete report."""
    parts: list[Any] = [Text(f"{name}: {headline(report)}", style="bold"), Text(_how(report), style="dim")]
    for one in report.findings:
        sure = "" if one.interval is None else f" ({one.meaning}, 95 % {one.range_words})"
        parts.append(Text(f"● {one.finding}, {one.severity}{sure}", style=_STYLES[one.severity or "slight"]))
    parts.append(Padding(_table(report), (1, 0, 1, 0)))
    parts += _over_time(report)
    parts += [Text(f"⚠ {words}", style="yellow") for words in report.warnings]
    parts += [Text(f"Not seen: {words}.", style="dim") for words in report.unseen]
    parts.append(Text(NO_DIAGNOSIS, style="dim"))
    return Group(*parts)


def visits_words(changes: Sequence[ChangeAnswer]) -> Table:
    """The changes from visit to visit; those that are significant in bold."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    count = len(changes[0].words)
    for heading in ("measure", *(f"visit {number}" for number in range(1, count + 1))):
        table.add_column(heading)
    for one in changes:
        cells = (
            Text(f"{value}  {change}".rstrip(), style="bold" if sure else "")
            for value, change, sure in zip(one.words, one.change_words, one.sure, strict=True)
        )
        table.add_row(one.title, *cells)
    return table


def headline(report: PostureReport) -> str:
    """The number of findings in words.

    Nothing found is not the same as nothing measured.
    """
    count, unsure = len(report.findings), sum(one.verdict == "unsure" for one in report.values)
    if not report.measured:
        return "nothing can be measured here"
    ruled = sum(one.verdict != "no rule" for one in report.measured)
    if not ruled:
        return "no measure has a limit"
    found = "nothing" if not count else f"{count} finding{'' if count == 1 else 's'}"
    uncertain = f", {unsure} not sure" if unsure else ""
    return f"{found} surely beyond the limits among {ruled} measures{uncertain}"


def _how(report: PostureReport) -> str:
    level = report.level
    return (
        f"{report.stance}, seen {report.view.words} · camera's roll {level.origin} (±{1.96 * level.sd_deg:.1f}°) · "
        f"noise {report.noise_origin}"
    )


def _table(report: PostureReport) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    for heading in ("measure", "value", "95 %", "", ""):
        table.add_column(heading, justify="right" if heading == "95 %" else "left")
    for one in report.measured:
        verdict = one.severity or {"within": "within limits", "unsure": _unsure(one)}.get(one.verdict, "")
        style = _STYLES.get(one.severity or "", "green" if one.verdict == "within" else "dim")
        cm = "" if one.in_cm is None else spoken(abs(one.in_cm.value), "cm")
        table.add_row(one.measure.title, one.meaning, one.range_words, Text(verdict, style=style), cm)
    withheld: dict[str, list[str]] = {}
    for one in report.values:
        if one.interval is None:
            withheld.setdefault(one.reason, []).append(one.measure.title)
    for reason, titles in withheld.items():
        shown = ", ".join(titles[:3]) + (f" and {len(titles) - 3} more" if len(titles) > 3 else "")
        table.add_row(Text(shown, style="dim"), Text("–", style="dim"), "", Text(reason, style="dim"), "")
    return table


def _unsure(one: MeasuredValue) -> str:
    return f"not sure: {one.reason}" if one.reason else "not sure"


def _over_time(report: PostureReport) -> list[Text]:
    holding = report.holding
    if holding is None:
        return []
    lines = [
        f"watched for {format_duration(holding.watched_s)}, in the image for {format_duration(holding.seen_s)}"
    ]
    longest = holding.longest_slump
    if longest is not None:
        lines.append(
            f"slumped for {format_duration(holding.slump_s)}, longest without interruption "
            f"{format_duration(longest.duration_s)}"
        )
    if holding.breaks:
        rest_s = sum(one.duration_s for one in holding.breaks)
        lines.append(f"{count_breaks(len(holding.breaks))}, {format_duration(rest_s)} in all")
    for side in holding.sides:
        if side.habitual:
            share = max(side.left_s, side.right_s) / side.known_s
            lines.append(
                f"{side.measure.replace('_', ' ')}: to the {side.habitual} for {100 * share:.0f} % of the "
                f"{format_duration(side.known_s)} that it could be measured"
            )
    for one in report.repeated:
        sure = f"{one.side} further" if one.side else "no sure difference"
        lines.append(
            f"{one.joint}: left {one.left_deg:.0f}°, right {one.right_deg:.0f}° a repetition, index "
            f"{one.percent:+.0f} % ({one.low:+.0f} to {one.high:+.0f}): {sure}".replace("-", "−")
        )
    return [Text(line) for line in lines]
