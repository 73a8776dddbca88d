"""A self-contained HTML page on two movements; it loads nothing and has no script."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from laban.core.answers.comparison import MovementsAnswer
from laban.render.files import written
from laban.render.report.cards import card
from laban.render.report.embedded import FIGURE_STYLE, photograph_figure, png_figure
from laban.render.report.frame import framed_page
from laban.render.report.markup import Markup, number, table, tag
from laban.render.words import degrees_words, format_time, percent_words


def draw_comparison_page(
    content: MovementsAnswer, *, title: str, moments: Sequence[Path], curves: Path, heat_map: Path
) -> str:
    """The page as one string of HTML, the images inside.

    ``content`` is what ``comparison.json`` holds of two movements. The page carries a content security policy that
    forbids every load and every script, and no name in it becomes markup.
    """
    return framed_page(
        title,
        summary=_summary(content),
        sections=_sections(content, moments, curves, heat_map),
        footer="Made with Laban. Everything is in this file; nothing is loaded from elsewhere.",
        own_style=FIGURE_STYLE,
    )


def write_comparison_page(
    path: Path,
    content: MovementsAnswer,
    *,
    title: str,
    moments: Sequence[Path],
    curves: Path,
    heat_map: Path,
) -> Path:
    """Writes ``draw_comparison_page`` to ``path``, completely or not at all."""
    text = draw_comparison_page(content, title=title, moments=moments, curves=curves, heat_map=heat_map)
    with written(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return path


def _summary(content: MovementsAnswer) -> str:
    tempo = content.tempo
    side = ", other side" if content.mirrored else ""
    score = percent_words(content.score_percent)
    return f"{score} like the reference{side} · tempo {tempo.pace} ({number(tempo.ratio)}×)"


def _sections(
    content: MovementsAnswer, moments: Sequence[Path], curves: Path, heat_map: Path
) -> Iterator[Markup]:
    if content.warnings:
        yield tag("section", tag("ul", *(tag("li", words) for words in content.warnings)), class_="notes")
    for moment, path in zip(content.moments, moments, strict=True):
        head = f"Differs most at {format_time(moment.time_s)} of the reference"
        yield card(head, photograph_figure(path, head), wide=True)
    yield card("Joints", _joints(content))
    yield card("Phases", _phases(content))
    yield card("When, and which joint", png_figure(heat_map, "heat map of joints over time"), wide=True)
    yield card("Angles", png_figure(curves, "curves of the angles of both"), wide=True)
    remarks = list(_remarks(content))
    if remarks:
        yield card("Tempo and symmetry", tag("ul", *(tag("li", words) for words in remarks)), wide=True)


def _joints(content: MovementsAnswer) -> Markup:
    rows = [
        (
            one.joint.replace("_", " "),
            percent_words(one.score_percent),
            degrees_words(one.excess_deg),
            degrees_words(one.range_deg),
            degrees_words(one.reference_range_deg),
            number(one.smoothness, 1),
            number(one.reference_smoothness, 1),
        )
        for one in content.joints
    ]
    heads = ("joint", "score", "beyond noise", "range", "reference", "jerk", "reference")
    return table(heads, rows, caption="")


def _phases(content: MovementsAnswer) -> Markup:
    rows = [
        (
            f"{format_time(one.start_s)} – {format_time(one.end_s)}",
            f"{format_time(one.attempt_start_s)} – {format_time(one.attempt_end_s)}",
            (one.worst_joint or "–").replace("_", " "),
            percent_words(one.score_percent),
            f"{number(one.tempo.ratio)}×",
        )
        for one in content.phases
    ]
    return table(("reference", "attempt", "worst joint", "score", "tempo"), rows, left=3)


def _remarks(content: MovementsAnswer) -> Iterator[str]:
    for halt in content.hesitations:
        yield f"The attempt hesitates from {format_time(halt.start_s)} to {format_time(halt.end_s)}."
    for one in content.symmetry:
        if one.uneven:
            left, right = degrees_words(one.left_deg), degrees_words(one.right_deg)
            yield f"The attempt's {one.joint}s are uneven: {left} left, {right} right."
