"""Sections that a classifier of images and a recogniser of clips have in common; ``of`` is what was counted."""

from collections.abc import Iterable, Iterator, Sequence

from laban.core.answers import json_text
from laban.core.answers.base import Answer
from laban.core.answers.metrics import CalibrationAnswer, ClassificationAnswer
from laban.core.arrays import ImageArray
from laban.render.report.cards import card, tile
from laban.render.report.classes import classes_table, interval_words
from laban.render.report.confusion import confusion
from laban.render.report.markup import Markup, percent, points, table, tag
from laban.render.report.trust import calibration_parts

_MANY = 6

LabelError = tuple[str, str, str, float]
"""A name, its label, the label that is more likely, and by how much."""

ExampleImage = tuple[ImageArray, ImageArray | None, str, str, float]
"""The image shown, the same with the evidence overlaid, its class, the answer, and its probability."""


def score_tiles(metrics: ClassificationAnswer, calibration: CalibrationAnswer, *, of: str) -> list[Markup]:
    """Accuracy, macro F1 and calibration error."""
    return [
        tile("Accuracy", percent(metrics.accuracy), interval_words(metrics, "accuracy", of=of)),
        tile("Macro F1", percent(metrics.macro_f1), interval_words(metrics, "macro_f1", of=of)),
        tile(
            "Calibration error",
            percent(calibration.after.ece),
            f"before: {percent(calibration.before.ece)}",
        ),
    ]


def class_cards(
    metrics: ClassificationAnswer, calibration: CalibrationAnswer, labels: Sequence[str], *, of: str
) -> Iterator[Markup]:
    """Each class, the confusion matrix and the calibration."""
    wide = len(labels) > _MANY
    yield card("Each class", classes_table(metrics, label="class", of=of), wide=wide)
    yield card(
        "Confusion matrix",
        confusion(labels, metrics.confusion),
        note="Rows: true classes. Columns: predictions. The shade is the share of the row.",
        wide=wide,
    )
    yield card("Calibration", *calibration_parts(calibration))


def label_errors_card(rows: Iterable[LabelError], *, what: str) -> Markup:
    """Labels that are probably wrong; ``what`` they are labels of."""
    shown = [(name, label, likely, points(margin)) for name, label, likely, margin in rows]
    return card("Possible label errors", table((what, "is called", "is probably", "more by"), shown, left=3))


def settings_card(**told: Answer) -> Markup:
    """What decided the run, folded away."""
    held = json_text(dict(told), indent=1)
    return card("Settings, data and versions", tag("details", tag("summary", "Show all"), tag("pre", held)))


def answer_words(label: str, said: str, probability: float) -> Markup:
    """What an example is, and what was answered."""
    kind = "pill right" if label == said else "pill wrong"
    words = tag("span", said, " ", tag("b", percent(probability, 0)), class_=kind)
    return tag("span", "is ", tag("b", label), ", said ", words)
