"""A self-contained HTML page with a model's metrics; it loads nothing and has no script."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from laban.core.answers.clip_metrics import ClipEvaluation, ClipMetrics
from laban.core.answers.fusion_metrics import FusionMetrics
from laban.core.answers.image_metrics import ImageMetrics
from laban.core.answers.metrics import MetricsAnswer
from laban.render.report.classifier import ExampleImage
from laban.render.report.clips import clip_sections, clip_summary
from laban.render.report.document import document, write_document
from laban.render.report.fusion import fusion_sections, fusion_summary
from laban.render.report.images import image_sections, image_summary
from laban.render.report.markup import Markup
from laban.render.report.run import notes, protocol_words, run_sections, summary
from laban.render.report.tasks import scored_words, task_sections

__all__ = ["draw_report", "protocol_words", "scored_words", "write_report"]

AnyMetrics = MetricsAnswer | ImageMetrics | ClipMetrics | ClipEvaluation | FusionMetrics
"""What a report is about: a recogniser of movements, a classifier of images, a recogniser from pixels, or one from
poses and pixels."""

_MOST_NOTES = 20  # every unreadable image has one
_FOOT = "Ranges are 95 % bootstrap intervals, resampled by group: what to expect with other people or scenes."


def draw_report(metrics: AnyMetrics, *, examples: Sequence[ExampleImage] = ()) -> str:
    """The report as one string of HTML, in a light or dark theme by the reader's settings, for phones and paper
    too.

    ``examples`` are test images of an image classifier with its answers, or strips of test clips with the evidence
    of a recogniser from pixels. The page has a content security policy that forbids all loads and scripts, and
    names in it never become markup.
    """
    name = metrics.name if isinstance(metrics, FusionMetrics) else metrics.model.name
    return document(name, _summary(metrics), list(_sections(metrics, examples)), foot=_FOOT)


def write_report(
    path: Path | str,
    metrics: AnyMetrics,
    *,
    examples: Sequence[ExampleImage] = (),
) -> Path:
    """Writes ``draw_report`` to ``path``, completely or not at all."""
    return write_document(Path(path), draw_report(metrics, examples=examples))


def _summary(metrics: AnyMetrics) -> str:
    if isinstance(metrics, FusionMetrics):
        return fusion_summary(metrics)
    if isinstance(metrics, ClipMetrics | ClipEvaluation):
        return clip_summary(metrics)
    return image_summary(metrics) if isinstance(metrics, ImageMetrics) else summary(metrics)


def _sections(metrics: AnyMetrics, examples: Sequence[ExampleImage]) -> Iterator[Markup]:
    of_pixels = isinstance(metrics, ImageMetrics | ClipMetrics | ClipEvaluation | FusionMetrics)
    told = notes(metrics, most=_MOST_NOTES if of_pixels else None)
    if told is not None:
        yield told
    if isinstance(metrics, ImageMetrics):
        yield from image_sections(metrics, examples)
        return
    if isinstance(metrics, ClipMetrics | ClipEvaluation):
        yield from clip_sections(metrics, examples)
        return
    if isinstance(metrics, FusionMetrics):
        yield from fusion_sections(metrics)
        return
    for task in metrics.tasks:
        yield from task_sections(task)
    yield from run_sections(metrics)
