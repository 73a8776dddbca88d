"""Parts of pages about movements: cards, and pictures that lie in the page."""

import base64
import html
from pathlib import Path

import cv2
import numpy as np

from laban.render.report.markup import Markup, known, tag

PICTURE_STYLE = "img { display: block; width: 100%; height: auto; border-radius: 10px; }"
"""Pictures as wide as their card, whole on a phone too, where two fingers bring them nearer."""

_QUALITY = 88


def card(head: str, body: Markup, *, wide: bool = False) -> Markup:
    """A part of a page under a heading; ``wide`` takes its whole width."""
    return tag("section", tag("h3", head), body, class_="card wide" if wide else "card")


def picture(path: Path, words: str) -> Markup:
    """The PNG at ``path``; ``words`` are for whoever does not see it."""
    return _image("png", path.read_bytes(), words)


def photograph(path: Path, words: str) -> Markup:
    """The same, a fifth as large: photographs need not be kept to the last bit."""
    picture = np.asarray(cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR))
    _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return _image("jpeg", encoded.tobytes(), words)


def _image(kind: str, data: bytes, words: str) -> Markup:
    inside = base64.b64encode(data).decode("ascii")
    return tag("figure", Markup(f'<img alt="{html.escape(words)}" src="data:image/{kind};base64,{inside}">'))


def percent_words(value: float | None) -> str:
    """A share of a hundred for people, a dash where it is not known."""
    return f"{value:.0f} %" if known(value) else "–"


def degrees_words(value: float | None) -> str:
    """An angle for people, a dash where it is not known."""
    return f"{value:.0f}°" if known(value) else "–"
