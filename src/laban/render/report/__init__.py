"""One HTML page that tells what a model is worth: everything inside, nothing fetched, no script."""

import base64
import hashlib
import html
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

from laban.errors import InvalidValueError
from laban.render.files import written
from laban.render.report.markup import Markup, joined
from laban.render.report.run import notes, protocol_words, run_sections, summary
from laban.render.report.tasks import scored_words, task_sections

__all__ = ["draw_report", "protocol_words", "scored_words", "write_report"]

_VERSION = 1


def draw_report(content: dict[str, Any]) -> str:
    """The report as one string of HTML, light or dark as the reader's screen is, for phones and paper too.

    ``content`` is what metrics.json holds: ``laban.models.evaluation``. The page carries a content security policy
    that forbids every load and every script, and no name in it becomes markup. Raises InvalidValueError where the
    content is of another version or lacks what every report has.
    """
    if content.get("version") != _VERSION:
        raise InvalidValueError(
            f"figures of version {content.get('version')!r}, expected {_VERSION}; evaluate again"
        )
    try:
        parts = _parts(content)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise InvalidValueError(f"these figures do not make a report: {error!r}; evaluate again") from error
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], _resource("report.html"))


def write_report(path: Path | str, content: dict[str, Any]) -> Path:
    """Writes ``draw_report`` to ``path``, whole or not at all."""
    target = Path(path)
    text = draw_report(content)
    with written(target) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return target


def _parts(content: dict[str, Any]) -> dict[str, str]:
    style = _resource("report.css")
    sections: list[Markup] = [one for one in (notes(content),) if one is not None]
    for task in content["tasks"]:
        sections += task_sections(task)
    sections += run_sections(content)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    return {
        "policy": f"default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-{digest}'",
        "title": html.escape(str(content["model"]["name"])),
        "summary": html.escape(summary(content)),
        "style": style,
        "sections": joined(sections),
    }


def _resource(name: str) -> str:
    return (files(__package__ or __name__) / name).read_text(encoding="utf-8").strip()
