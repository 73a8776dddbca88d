"""One HTML page that tells what a model is worth: everything inside, nothing fetched, no script."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from laban.core.answers.image_metrics import ImageMetrics
from laban.core.answers.metrics import MetricsAnswer
from laban.render.report.document import document, write_document
from laban.render.report.images import ExampleImage, image_sections, image_summary
from laban.render.report.markup import Markup
from laban.render.report.run import notes, protocol_words, run_sections, summary
from laban.render.report.tasks import scored_words, task_sections

__all__ = ["draw_report", "protocol_words", "scored_words", "write_report"]

_MOST_NOTES = 20  # every image that cannot be read is one
_FOOT = "Ranges are 95 % bootstrap intervals, drawn by group: what might have come out with other people or scenes."


def draw_report(metrics: MetricsAnswer | ImageMetrics, *, examples: Sequence[ExampleImage] = ()) -> str:
    """The report as one string of HTML, light or dark as the reader's screen is, for phones and paper too.

    ``examples`` are images of the test of a classifier of images, with what was said of them. The page carries a
    content security policy that forbids every load and every script, and no name in it becomes markup.
    """
    words = image_summary(metrics) if isinstance(metrics, ImageMetrics) else summary(metrics)
    return document(metrics.model.name, words, list(_sections(metrics, examples)), foot=_FOOT)


def write_report(
    path: Path | str, metrics: MetricsAnswer | ImageMetrics, *, examples: Sequence[ExampleImage] = ()
) -> Path:
    """Writes ``draw_report`` to ``path``, whole or not at all."""
    return write_document(Path(path), draw_report(metrics, examples=examples))


def _sections(metrics: MetricsAnswer | ImageMetrics, examples: Sequence[ExampleImage]) -> Iterator[Markup]:
    of_images = isinstance(metrics, ImageMetrics)
    told = notes(metrics, most=_MOST_NOTES if of_images else None)
    if told is not None:
        yield told
    if isinstance(metrics, ImageMetrics):
        yield from image_sections(metrics, examples)
        return
    for task in metrics.tasks:
        yield from task_sections(task)
    yield from run_sections(metrics)
