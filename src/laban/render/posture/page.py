"""A self-contained HTML page on a posture; it loads nothing and has no script."""

from collections.abc import Iterator, Mapping, Sequence

from laban.core.answers.posture import (
    Band,
    BandTimesAnswer,
    HoldingAnswer,
    MeasureAnswer,
    PostureFile,
    SideIndexAnswer,
)
from laban.core.arrays import ImageArray
from laban.render.palette import hex_of
from laban.render.posture.charts import gauge, trend
from laban.render.posture.shades import SHADES, word_of
from laban.render.report.cards import card
from laban.render.report.embedded import image_element
from laban.render.report.frame import framed_page
from laban.render.report.markup import Markup, joined, percent, table, tag
from laban.render.words import count_breaks, format_duration, format_time, short_name

_STYLE = (
    "img { display: block; width: 100%; max-width: 620px; height: auto; border-radius: 10px; }\n"
    ".card h3:not(:first-child) { margin-top: 18px; }\n"
    ".scroll svg.chart { margin: 4px 0 0; } td.num { white-space: normal; } h4 { margin: 18px 0 2px; }\n"
    ".found { border-left: 5px solid; padding: 3px 0 3px 12px; margin: 0 0 12px; }\n"
    ".found small { color: var(--soft); display: block; }\n"
    ".whisker { stroke: var(--ink); stroke-width: 3; stroke-linecap: round; }\n"
    ".point { fill: var(--ink); stroke: var(--card); stroke-width: 1.5; }\n"
    ".band { fill-opacity: 0.5; } .line.own { stroke: var(--ink); }\n"
    + "\n".join(
        f".band.{name} {{ fill: {hex_of(SHADES[name])}; }}\n"
        f".found.{name} {{ border-color: {hex_of(SHADES[name])}; }}"
        for name in ("within", "slight", "moderate", "marked")
    )
)
_FOOT = (
    "Intervals are 95 %. They include the spread of repeated estimates, the uncertainty of the vertical, the error "
    "of substitute landmarks, and the effect of a slightly turned body. A measure is a finding only if its whole "
    "interval lies beyond a limit. Limits are for adults. This is not a diagnosis and does not replace one. "
    "Made with Laban. Everything is in this file; nothing is loaded from elsewhere."
)


def draw_posture_page(
    content: PostureFile, image_rgb: ImageArray, *, title: str, letters: Mapping[str, str]
) -> str:
    """The page as one string of HTML; ``content`` is what ``posture.json`` holds, ``image_rgb`` the annotated
    image."""
    return framed_page(
        title,
        summary=_summary(content),
        sections=_sections(content, image_rgb, letters),
        footer=_FOOT,
        own_style=_STYLE,
    )


def _summary(content: PostureFile) -> str:
    level = content.level
    roll = f"camera's roll {level.origin} (±{1.96 * level.sd_deg:.1f}°)"
    return f"{short_name(content.source)} · seen {content.view.words} · {roll} · noise {content.noise}"


def _sections(content: PostureFile, image_rgb: ImageArray, letters: Mapping[str, str]) -> Iterator[Markup]:
    if content.warnings:
        yield tag("section", tag("ul", *(tag("li", words) for words in content.warnings)), class_="notes")
    over_time = content.over_time
    found = [
        *_findings(content),
        *_held(over_time),
        tag("h3", "What cannot be measured here"),
        *_unseen(content),
    ]
    yield card("Findings", *found)
    yield card("Where it was measured", image_element(image_rgb, "the person with the plumb line and angles"))
    yield card("Every measure", _measures(content, letters), wide=True)
    if over_time is not None:
        yield card("Over time", joined(_times(content, over_time)), wide=True)
    if content.repeated:
        yield card("Left compared with right in repeated movement", _repeated(content.repeated), wide=True)
    withheld = _withheld(content)
    if withheld is not None:
        yield card("What was not measured, and why", withheld, wide=True)
    yield card("Where the limits come from", joined(_sources(content)), wide=True)


_NEAR = "as the interval reaches over a limit"


def _findings(content: PostureFile) -> Iterator[Markup]:
    by_name = {one.name: one for one in content.measures}
    for name in content.findings:
        one = by_name[name]
        words = one.finding[:1].upper() + one.finding[1:]
        yield tag(
            "p",
            tag("b", f"{words}, {one.severity}."),
            tag("small", f"{one.title}: {one.meaning} (95 %: {one.range_words})"),
            class_=f"found {one.severity}",
        )
    if not content.findings:
        yield tag("p", "No measure is beyond its limit with certainty.")
    unsure = [one for one in content.measures if one.verdict == "unsure"]
    reasons = dict.fromkeys(one.reason for one in unsure)
    for reason in reasons:
        titles = ", ".join(one.title for one in unsure if one.reason == reason)
        yield tag("p", f"Not sure, {reason or _NEAR}: {titles}.", class_="note after")


def _measures(content: PostureFile, letters: Mapping[str, str]) -> Markup:
    rows = [
        (_named(one, letters.get(one.name, "")), _valued(one))
        for one in content.measures
        if one.value is not None
    ]
    return table(("measure, and where it lies against its limits", "value, 95 %"), rows)


def _named(one: MeasureAnswer, letter: str) -> Markup:
    sign = tag("span", letter, class_="pill") if letter else None
    title = tag("b", f" {one.title}" if letter else one.title)
    about = tag("span", one.about, class_="range")
    chart = gauge(one) if one.limits else None
    return joined(part for part in (sign, title, tag("br"), about, chart) if part is not None)


def _valued(one: MeasureAnswer) -> Markup:
    word = word_of(one.verdict, one.severity)
    return joined(
        [
            tag("b", f"{one.meaning}{_cm(one)}"),
            tag("br"),
            tag("span", f"{one.range_words} · {word}", class_="range"),
        ]
    )


def _times(content: PostureFile, held: HoldingAnswer) -> Iterator[Markup]:
    titles = {one.name: one for one in content.measures}
    rows = [
        (
            f"{titles[one.measure].title}, {one.direction}",
            *(percent(_share(one, name), 0) for name in ("within", "slight", "moderate", "marked")),
            format_duration(one.known_s),
        )
        for one in held.bands
        if one.share_beyond
    ]
    if rows:
        yield table(("share of time", "within", "slight", "moderate", "marked", "known for"), rows)
    else:
        yield tag("p", "No measure was beyond a limit for long enough to count.")
    series = content.series
    if series:
        for name, values in series.values.items():
            yield tag("h4", titles[name].title)
            yield trend(series.times_s, values, titles[name])


def _held(held: HoldingAnswer | None) -> Iterator[Markup]:
    if held is not None:
        yield tag("h3", "Over time")
        yield tag("ul", *(tag("li", words) for words in _held_words(held)))


def _held_words(held: HoldingAnswer) -> Iterator[str]:
    yield f"Watched for {format_duration(held.watched_s)}, in the image for {format_duration(held.seen_s)}."
    longest = held.longest_slump
    if longest is None:
        yield "No slump: head and trunk were never beyond the limits for long enough to count."
    else:
        yield (
            f"Slumped for {format_duration(held.slump_s)} in all; the longest without interruption lasted "
            f"{format_duration(longest.duration_s)}, from {format_time(longest.start_s)}."
        )
    if held.breaks:
        rest_s = sum(one.duration_s for one in held.breaks)
        yield f"{count_breaks(len(held.breaks))}, {format_duration(rest_s)} in all."
    for one in held.sides:
        if one.habitual:
            share = max(one.left_s, one.right_s) / one.known_s
            name = one.measure.replace("_", " ").capitalize()
            yield f"{name}: to the {one.habitual} for {percent(share, 0)} of the time."


def _repeated(rows: Sequence[SideIndexAnswer]) -> Markup:
    shown = [
        (
            one.joint,
            "no sure difference" if one.further is None else f"{one.further} goes further",
            f"{one.left_deg:.0f}° ({one.left_count})",
            f"{one.right_deg:.0f}° ({one.right_count})",
            f"{one.index_percent:+.0f} %".replace("-", "−"),
            f"{one.low:+.0f} to {one.high:+.0f} %".replace("-", "−"),
        )
        for one in rows
    ]
    return table(("joint", "", "left (times)", "right (times)", "index", "95 %"), shown, left=2)


def _unseen(content: PostureFile) -> Iterator[Markup]:
    yield tag("ul", *(tag("li", f"{words[:1].upper()}{words[1:]}.") for words in content.unseen))


def _withheld(content: PostureFile) -> Markup | None:
    reasons: dict[str, list[str]] = {}
    for one in content.measures:
        if one.value is None:
            reasons.setdefault(one.reason, []).append(one.title)
    rows = [(", ".join(titles), reason) for reason, titles in reasons.items()]
    return table(("not measured", "because"), rows, left=2) if rows else None


def _sources(content: PostureFile) -> Iterator[Markup]:
    yield tag("p", f"Rules: {content.rules}.", class_="note")
    rows = []
    for one in content.measures:
        for rule in one.limits if one.value is not None else ():
            bands = ", ".join(f"{name} {rule.direction} {value:g}" for name, value in rule.bands.items())
            rows.append((one.title, f"{bands} {one.unit}".replace("-", "−"), rule.source))
    yield table(("measure", "bands", "source"), rows, left=3)


def _share(one: BandTimesAnswer, band: Band) -> float:
    return float(one.seconds[band] / one.known_s)


def _cm(one: MeasureAnswer) -> str:
    value = None if one.in_cm is None else one.in_cm.value
    return "" if value is None else f" · {abs(value):.1f} cm"
