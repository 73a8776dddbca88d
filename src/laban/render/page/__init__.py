"""A self-contained HTML page that shows a recording in 3D; it loads nothing, and works from a local file."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from laban.core.checks import in_range
from laban.core.features import Features
from laban.core.sequence import Recording
from laban.render.files import written
from laban.render.page.payload import Payload, payload_of
from laban.render.words import short_name, summary_line

_SCRIPTS = ("data.js", "camera.js", "body.js", "scene.js", "charts.js", "input.js", "player.js")


@dataclass(frozen=True)
class PageSettings:
    """``max_frames``: of a longer recording only every n-th frame is kept, so that the page opens quickly."""

    max_frames: int = 20_000

    def __post_init__(self) -> None:
        in_range(self.max_frames, name="max_frames", low=2)


def draw_page(
    recording: Recording,
    *,
    angles: Mapping[int, Features] | None = None,
    settings: PageSettings | None = None,
) -> str:
    """The page as one string of HTML.

    ``angles`` maps person id to columns over that person's rows; without them the page has no curves. The page has
    a content security policy that forbids all loads, and names in it never become markup.
    """
    settings = settings or PageSettings()
    payload = payload_of(recording, angles=angles or {}, max_frames=settings.max_frames)
    script = "(() => {\n" + "\n".join(_resource(name) for name in _SCRIPTS) + "\n})();"
    style = _resource("style.css")
    parts = {
        "policy": _policy(script, style),
        "title": html.escape(short_name(recording.source)),
        "summary": html.escape(summary_line(recording)),
        "notes": _notes(payload),
        "style": style,
        "payload": _safe_json(payload),
        "script": script,
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], _resource("page.html"))


def write_page(
    path: Path | str,
    recording: Recording,
    *,
    angles: Mapping[int, Features] | None = None,
    settings: PageSettings | None = None,
) -> Path:
    """Writes ``draw_page`` to ``path``, completely or not at all."""
    target = Path(path)
    text = draw_page(recording, angles=angles, settings=settings)
    with written(target) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return target


def _resource(name: str) -> str:
    return (files(__package__ or __name__) / name).read_text(encoding="utf-8").strip()


def _policy(script: str, style: str) -> str:
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"script-src '{_hash(script)}'; style-src '{_hash(style)}'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _safe_json(payload: Payload) -> str:
    # "</script>" inside a string would end the element.
    return json.dumps(payload, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def _notes(payload: Payload) -> str:
    notes = []
    if len(payload["people"]) > 1:
        notes.append(
            "People are placed by their position and size in the image, so the distances between them "
            "are approximate."
        )
    if any(person["flat"] for person in payload["people"]):
        notes.append("This recording has no depth, so figures are flat.")
    if payload["thin"] > 1:
        notes.append(f"Every {payload['thin']}th frame is shown.")
    if payload["people"]:
        notes.append(
            "Left limbs are lighter, right limbs darker. Faint limbs were barely visible to the camera."
        )
    return html.escape(" ".join(notes))
