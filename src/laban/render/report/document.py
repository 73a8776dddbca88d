"""The frame of every page that shows pictures: everything inside, nothing fetched, no script."""

import base64
import hashlib
import html
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np

from laban.core.arrays import ImageArray
from laban.render.files import written
from laban.render.report.markup import Markup, joined, tag

_QUALITY = 82
_STYLES = ("report.css", "pictures.css")
_FOOT = "Made with Laban. Everything is in this file; nothing is loaded from elsewhere."


def document(title: str, summary: str, sections: Iterable[Markup], *, foot: str = "") -> str:
    """A page as one string of HTML, light or dark as the reader's screen is, for phones and paper too.

    Its content security policy forbids every load and every script; pictures are inside, as ``picture`` puts them.
    """
    folder = files("laban.render.report")
    style = "\n".join((folder / name).read_text(encoding="utf-8").strip() for name in _STYLES)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src 'sha256-{digest}'"
    )
    words = [tag("p", one) for one in (foot, _FOOT) if one]
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{html.escape(title)}</title>",
            f"<style>{style}</style>",
            "</head>",
            "<body>",
            tag("header", tag("h1", title), tag("p", summary)),
            tag("main", joined(sections)),
            tag("footer", *words),
            "</body>",
            "</html>",
            "",
        ]
    )


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
