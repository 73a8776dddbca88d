"""One HTML page that tells what a model is worth: everything inside, nothing fetched, no script."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from laban.errors import InvalidValueError
from laban.render.report.document import document, write_document
from laban.render.report.images import Seen, image_sections, image_summary
from laban.render.report.markup import Markup
from laban.render.report.run import notes, protocol_words, run_sections, summary
from laban.render.report.tasks import scored_words, task_sections

__all__ = ["draw_report", "protocol_words", "scored_words", "write_report"]

_VERSION = 1
_OF_IMAGES = "pictures"
_MOST_NOTES = 20  # every picture that cannot be read is one
_FOOT = "Ranges are 95 % bootstrap intervals, drawn by group: what might have come out with other people or scenes."


def draw_report(content: dict[str, Any], *, looked: Sequence[Seen] = ()) -> str:
    """The report as one string of HTML, light or dark as the reader's screen is, for phones and paper too.

    ``content`` is what metrics.json holds, of a model of movements (``laban.models.evaluation.evaluate``) or of
    images (``laban.models.evaluation.image_metrics``); ``looked`` are pictures of the test, with what was said of
    them. The page carries a content security policy that forbids every load and every script, and no name in it
    becomes markup. Raises InvalidValueError where the content is of another version or lacks what every report has.
    """
    if content.get("version") != _VERSION:
        raise InvalidValueError(
            f"figures of version {content.get('version')!r}, expected {_VERSION}; evaluate again"
        )
    of_images = content.get("kind") == _OF_IMAGES
    try:
        words = image_summary(content) if of_images else summary(content)
        sections = list(_sections(content, looked, of_images=of_images))
        return document(str(content["model"]["name"]), words, sections, foot=_FOOT)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise InvalidValueError(f"these figures do not make a report: {error!r}; evaluate again") from error


def write_report(path: Path | str, content: dict[str, Any], *, looked: Sequence[Seen] = ()) -> Path:
    """Writes ``draw_report`` to ``path``, whole or not at all."""
    return write_document(Path(path), draw_report(content, looked=looked))


def _sections(content: dict[str, Any], looked: Sequence[Seen], *, of_images: bool) -> Iterator[Markup]:
    told = notes(content, most=_MOST_NOTES if of_images else None)
    if told is not None:
        yield told
    if of_images:
        yield from image_sections(content, looked)
        return
    for task in content["tasks"]:
        yield from task_sections(task)
    yield from run_sections(content)
