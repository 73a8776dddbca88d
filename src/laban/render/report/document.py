"""Pages that show pictures, with everything inside them."""

import base64
import html
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np

from laban.core.arrays import ImageArray
from laban.render.files import written
from laban.render.report.frame import framed_page
from laban.render.report.markup import Markup, tag

_QUALITY = 82
_FOOT = "Made with Laban. Everything is in this file; nothing is loaded from elsewhere."


def document(title: str, summary: str, sections: Iterable[Markup], *, foot: str = "") -> str:
    """A page as one string of HTML with the styles that pictures need; see ``framed_page``."""
    style = (files("laban.render.report") / "pictures.css").read_text(encoding="utf-8").strip()
    footer = " ".join(one for one in (foot, _FOOT) if one)
    return framed_page(title, summary=summary, sections=sections, footer=footer, own_style=style)


def write_document(path: Path, text: str) -> Path:
    """Writes a page to ``path``, whole or not at all."""
    with written(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return path


def picture(image_rgb: ImageArray, words: str) -> Markup:
    """A picture (H, W, 3) as an element with everything in it; ``words`` say what it shows to who cannot see it."""
    bgr = np.ascontiguousarray(image_rgb[..., ::-1])
    _, encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    inside = base64.b64encode(encoded.tobytes()).decode("ascii")
    return Markup(f'<img alt="{html.escape(words)}" src="data:image/jpeg;base64,{inside}">')


def gallery(pictures: Iterable[tuple[ImageArray, Markup]]) -> Markup:
    """Pictures side by side as there is room, each with words below."""
    shown = [tag("figure", picture(image, "picture"), tag("figcaption", words)) for image, words in pictures]
    return tag("div", *shown, class_="gallery")
