"""The page around sections: self-contained, without loads or scripts."""

import base64
import hashlib
import html
from collections.abc import Iterable
from importlib.resources import files

from laban.render.report.markup import Markup, joined, tag


def framed_page(
    title: str,
    *,
    summary: str,
    sections: Iterable[Markup],
    footer: str,
    own_style: str = "",
    language: str = "en",
) -> str:
    """One string of HTML in the style of all reports, in a light or dark theme by the reader's settings.

    The page has a content security policy that forbids all loads and scripts except embedded images. ``own_style``
    is added to the style of reports; ``language`` is the language code of the text.
    """
    style = "\n".join(part for part in (_shared_style(), own_style) if part)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src 'sha256-{digest}'"
    )
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{html.escape(language)}">',
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
            tag("footer", tag("p", footer)),
            "</body>",
            "</html>",
            "",
        ]
    )


def _shared_style() -> str:
    return (files(__package__) / "report.css").read_text(encoding="utf-8").strip()
