"""The sections on an image classifier: metrics, robustness and class activations."""

from collections.abc import Iterator, Sequence

from laban.core.answers.image_metrics import ImageMetrics
from laban.core.answers.metrics import ConditionAnswer
from laban.render.report.bar_charts import bars
from laban.render.report.cards import card, tile
from laban.render.report.classes import subgroups_card
from laban.render.report.classifier import (
    ExampleImage,
    answer_words,
    class_cards,
    label_errors_card,
    score_tiles,
    settings_card,
)
from laban.render.report.embedded import gallery
from laban.render.report.exports import exports_card
from laban.render.report.markup import Markup, count, known, percent, table, tag
from laban.render.report.run import curve_parts
from laban.render.report.trust import robustness_parts


def image_summary(content: ImageMetrics) -> str:
    """The classifier in one line: architecture, classes, and how it was tested."""
    parts = content.split.parts
    counts = " / ".join(count(part.images) for part in (parts["train"], parts["validation"], parts["test"]))
    return (
        f"{content.model.architecture} · {len(content.labels)} classes · {counts} images to learn, "
        f"choose and test · tested by {content.split.by}"
    )


def image_sections(content: ImageMetrics, examples: Sequence[ExampleImage]) -> Iterator[Markup]:
    """All sections; ``examples`` are test images."""
    yield _tiles(content)
    yield from class_cards(content.images, content.calibration, content.labels, of="images")
    if content.shifts:
        yield card("Under corruptions", *_shifts(content.shifts), note=_SHIFTS)
    if examples:
        yield card("Evidence", *_class_activation(examples), wide=True)
    yield from _more(content)
    yield tag("h2", "The training", class_="task")
    yield card("Curves", *curve_parts(content.training, [content.task]), wide=True)
    yield card("Training and test data", _parts(content))
    yield exports_card(content.export, of="images")
    yield settings_card(run=content.run)


_SHIFTS = (
    "The same test images as another camera, time of day or room would show them. Another room: everything but the "
    "person is replaced, by the mask of BlazePose's landmark network."
)
_CLASS_ACTIVATION = (
    "Orange supports the answer, blue opposes it. The answer is the mean over all positions, so this is the answer "
    "itself, not an estimate of it. A classifier that looks past the person has learned the room."
)


def _tiles(content: ImageMetrics) -> Markup:
    held = score_tiles(content.images, content.calibration, of="images")
    if content.unanswered:
        held.append(tile("Not answered", count(content.unanswered), "nobody was found; counted as wrong"))
    attention = content.attention
    if attention:
        words = f"the person is {percent(attention.person_share, 0)} of what is shown"
        held.append(
            tile(
                "Evidence on the person",
                percent(attention.on_person, 0),
                words,
                bad=attention.on_person < attention.person_share,
            )
        )
    return tag("div", *held, class_="tiles")


def _shifts(rows: Sequence[ConditionAnswer]) -> Iterator[Markup]:
    yield robustness_parts(rows)
    drawn = [(one.name, [accuracy], percent(accuracy, 0)) for one in rows if known(accuracy := one.accuracy)]
    yield bars(drawn, label="accuracy under each corruption")


def _class_activation(examples: Sequence[ExampleImage]) -> Iterator[Markup]:
    maps = any(heat is not None for _, heat, *_ in examples)
    yield tag(
        "p",
        _CLASS_ACTIVATION if maps else "Test images, the worst answers first.",
        class_="note",
    )
    yield gallery(
        (image if heat is None else heat, answer_words(label, said, probability))
        for image, heat, label, said, probability in examples
    )


def _more(content: ImageMetrics) -> Iterator[Markup]:
    if content.subgroups:
        yield subgroups_card(content.subgroups, of="images")
    if content.label_errors:
        errors = [(one.name, one.label, one.likely, one.margin) for one in content.label_errors]
        yield label_errors_card(errors, what="image")


def _parts(content: ImageMetrics) -> Markup:
    split = content.split
    rows = [
        (name, count(one.images), count(one.groups), *(count(held) for held in one.classes))
        for name, one in split.parts.items()
    ]
    return table(("part", "images", "groups", *content.labels), rows)
