"""One HTML page on two movements: everything inside, nothing fetched, no script."""

import base64
import html
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from laban.render.files import written
from laban.render.report.frame import framed_page
from laban.render.report.markup import Markup, known, number, table, tag
from laban.render.words import format_time

_QUALITY = 88
_OWN_STYLE = "img { display: block; width: 100%; height: auto; border-radius: 10px; }"


def draw_comparison_page(
    content: Mapping[str, Any], *, title: str, moments: Sequence[Path], curves: Path, heat_map: Path
) -> str:
    """The page as one string of HTML, the pictures inside.

    ``content`` is what ``comparison.json`` holds of two movements. The page carries a content security policy that
    forbids every load and every script, and no name in it becomes markup.
    """
    return framed_page(
        title,
        summary=_summary(content),
        sections=_sections(content, moments, curves, heat_map),
        footer="Made with Laban. Everything is in this file; nothing is loaded from elsewhere.",
        own_style=_OWN_STYLE,
    )


def write_comparison_page(
    path: Path,
    content: Mapping[str, Any],
    *,
    title: str,
    moments: Sequence[Path],
    curves: Path,
    heat_map: Path,
) -> Path:
    """Writes ``draw_comparison_page`` to ``path``, whole or not at all."""
    text = draw_comparison_page(content, title=title, moments=moments, curves=curves, heat_map=heat_map)
    with written(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return path


def _summary(content: Mapping[str, Any]) -> str:
    tempo = content["tempo"]
    side = ", other side" if content["mirrored"] else ""
    score = _percent(content["score_percent"])
    return f"{score} like the reference{side} · tempo {tempo['pace']} ({number(tempo['ratio'])}×)"


def _sections(
    content: Mapping[str, Any], moments: Sequence[Path], curves: Path, heat_map: Path
) -> Iterator[Markup]:
    if content["warnings"]:
        yield tag("section", tag("ul", *(tag("li", words) for words in content["warnings"])), class_="notes")
    for moment, path in zip(content["moments"], moments, strict=True):
        head = f"Differs most at {format_time(moment['time_s'])} of the reference"
        yield _card(head, _photograph(path, head), wide=True)
    yield _card("Joints", _joints(content))
    yield _card("Phases", _phases(content))
    yield _card("When, and which joint", _picture(heat_map, "heat map of joints over time"), wide=True)
    yield _card("Angles", _picture(curves, "curves of the angles of both"), wide=True)
    remarks = list(_remarks(content))
    if remarks:
        yield _card("Tempo and symmetry", tag("ul", *(tag("li", words) for words in remarks)), wide=True)


def _joints(content: Mapping[str, Any]) -> Markup:
    rows = [
        (
            one["joint"].replace("_", " "),
            _percent(one["score_percent"]),
            _degrees(one["excess_deg"]),
            _degrees(one["range_deg"]),
            _degrees(one["reference_range_deg"]),
            number(one["smoothness"], 1),
            number(one["reference_smoothness"], 1),
        )
        for one in content["joints"]
    ]
    heads = ("joint", "score", "beyond noise", "range", "reference", "jerk", "reference")
    return table(heads, rows, caption="")


def _phases(content: Mapping[str, Any]) -> Markup:
    rows = [
        (
            f"{format_time(one['start_s'])} – {format_time(one['end_s'])}",
            f"{format_time(one['attempt_start_s'])} – {format_time(one['attempt_end_s'])}",
            (one["worst_joint"] or "–").replace("_", " "),
            _percent(one["score_percent"]),
            f"{number(one['tempo']['ratio'])}×",
        )
        for one in content["phases"]
    ]
    return table(("reference", "attempt", "worst joint", "score", "tempo"), rows, left=3)


def _remarks(content: Mapping[str, Any]) -> Iterator[str]:
    for one in content["hesitations"]:
        yield f"The attempt hesitates from {format_time(one['start_s'])} to {format_time(one['end_s'])}."
    for one in content["symmetry"]:
        if one["uneven"]:
            left, right = _degrees(one["left_deg"]), _degrees(one["right_deg"])
            yield f"The attempt's {one['joint']}s are uneven: {left} left, {right} right."


def _card(head: str, body: Markup, *, wide: bool = False) -> Markup:
    return tag("section", tag("h3", head), body, class_="card wide" if wide else "card")


def _picture(path: Path, words: str) -> Markup:
    return _image("png", path.read_bytes(), words)


def _photograph(path: Path, words: str) -> Markup:
    """The same, a fifth as large: photographs need not be kept to the last bit."""
    picture = np.asarray(cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR))
    _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return _image("jpeg", encoded.tobytes(), words)


def _image(kind: str, data: bytes, words: str) -> Markup:
    inside = base64.b64encode(data).decode("ascii")
    return tag("figure", Markup(f'<img alt="{html.escape(words)}" src="data:image/{kind};base64,{inside}">'))


def _percent(value: Any) -> str:
    return f"{value:.0f} %" if known(value) else "–"


def _degrees(value: Any) -> str:
    return f"{value:.0f}°" if known(value) else "–"
