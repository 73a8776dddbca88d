"""Self-contained pages that show images."""

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from laban.render.files import written
from laban.render.report.frame import framed_page
from laban.render.report.markup import Markup

_FOOT = "Made with Laban. Everything is in this file; nothing is loaded from elsewhere."


def document(title: str, summary: str, sections: Iterable[Markup], *, foot: str = "") -> str:
    """A page as one string of HTML with the styles that images need; see ``framed_page``."""
    style = (files("laban.render.report") / "images.css").read_text(encoding="utf-8").strip()
    footer = " ".join(one for one in (foot, _FOOT) if one)
    return framed_page(title, summary=summary, sections=sections, footer=footer, own_style=style)


def write_document(path: Path, text: str) -> Path:
    """Writes a page to ``path``, completely or not at all."""
    with written(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return path
