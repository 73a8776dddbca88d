"""A self-contained HTML page on the repetitions in a clip; it loads nothing and has no script."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from laban.core.answers.comparison import JointAmountAnswer, RepetitionsAnswer
from laban.render.files import written
from laban.render.report.cards import card
from laban.render.report.embedded import FIGURE_STYLE, photograph_figure, png_figure
from laban.render.report.frame import framed_page
from laban.render.report.markup import Markup, number, table, tag
from laban.render.words import degrees_words, format_time, percent_words

_WAYS = {"sideways": "to the side", "height": "up and down"}


def write_repetition_page(
    path: Path, content: RepetitionsAnswer, *, title: str, images: Sequence[Path]
) -> Path:
    """Writes the page to ``path``, completely or not at all.

    ``content`` is what ``repetitions.json`` holds; ``images`` are those of the curve and, if there are repetitions,
    of the turning points.
    """
    text = framed_page(
        title,
        summary=_summary(content),
        sections=_sections(content, images),
        footer="Made with Laban. Everything is in this file; nothing is loaded from elsewhere.",
        own_style=FIGURE_STYLE,
    )
    with written(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return path


def _summary(content: RepetitionsAnswer) -> str:
    count = content.count
    words = "1 repetition" if count == 1 else f"{count or 'no'} repetitions"
    if not count:
        return words
    lasting = f"{words} · {number(content.median_duration_s, 1)} s each"
    if content.place is not None:
        return f"{lasting}, seen in the body's way {_WAYS[content.place]}"
    joint = content.joint
    return lasting if joint is None else f"{lasting}, seen best at the {joint.replace('_', ' ')}"


def _sections(content: RepetitionsAnswer, images: Sequence[Path]) -> Iterator[Markup]:
    curve, *turns = images
    if content.warnings:
        yield tag("section", tag("ul", *(tag("li", one) for one in content.warnings)), class_="notes")
    yield card("The movement", png_figure(curve, "curve of the movement, repetitions marked"), wide=True)
    for one in turns:
        yield card("Each where it turns", photograph_figure(one, "an image of each repetition"), wide=True)
    if content.count:
        yield card("Each repetition", _table(content), wide=True)


def _table(content: RepetitionsAnswer) -> Markup:
    joint = content.joint
    rows = [
        (
            str(place),
            format_time(one.start_s),
            *(f"{number(value, 1)} s" for value in (one.duration_s, one.out_s, one.back_s)),
            degrees_words(one.ranges_deg[joint] if joint else None),
            percent_words(one.score_percent),
            _worst(one.worst),
        )
        for place, one in enumerate(content.repetitions, start=1)
    ]
    heads = ("", "from", "lasts", "out", "back", "range", "alike", "differs most")
    return table(heads, rows, caption="Alike: similarity to the median repetition.")


def _worst(value: JointAmountAnswer | None) -> str:
    if value is None or value.difference_deg is None:
        return "–"
    return f"{value.joint.replace('_', ' ')} {value.difference_deg:+.0f}°".replace("-", "−")
