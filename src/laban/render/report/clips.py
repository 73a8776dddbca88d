"""The sections about a recogniser from pixels: what it is worth on other sources, and what flatters."""

from collections.abc import Iterator

from laban.core.answers import json_text
from laban.core.answers.clip_metrics import ClipMetrics
from laban.render.report.cards import card, tile
from laban.render.report.classes import classes_table, interval_words, subgroups_card
from laban.render.report.confusion import confusion
from laban.render.report.exports import exports_card
from laban.render.report.markup import Markup, count, percent, points, table, tag
from laban.render.report.run import curve_parts
from laban.render.report.trust import calibration_parts

_MANY = 6
_OTHERS = (
    "The same clips, split and features, another network over time. `mean` averages what is seen in the frames and "
    "knows no order; where it is ahead, movement decides little."
)


def clip_summary(content: ClipMetrics) -> str:
    """The recogniser in a line: its networks, its classes, and how it was tested."""
    parts = content.split.parts
    counts = " / ".join(count(part.clips) for part in (parts["train"], parts["validation"], parts["test"]))
    folds = f" in {content.split.folds} folds" if content.split.folds > 1 else ""
    return (
        f"{content.model.network} on {content.model.backbone} · {content.model.frames} frames a clip · "
        f"{len(content.labels)} classes · {counts} clips to learn, choose and test · tested by "
        f"{content.split.by}{folds}"
    )


def clip_sections(content: ClipMetrics) -> Iterator[Markup]:
    """Everything about it."""
    wide = len(content.labels) > _MANY
    yield _tiles(content)
    yield card("Each class", classes_table(content.clips, label="class", of="clips"), wide=wide)
    yield card(
        "What was taken for what",
        confusion(content.labels, content.clips.confusion),
        note="Rows: what was so. Columns: what was said. The shade is the share of the row.",
        wide=wide,
    )
    yield card("How sure, and how right", *calibration_parts(content.calibration))
    if content.others:
        yield card("Other networks", _others(content), note=_OTHERS)
    yield from _more(content)
    yield tag("h2", "The training", class_="task")
    yield card("Curves", *curve_parts(content.training, [content.task]), wide=True)
    yield card("What was learned from and tested on", _parts(content))
    yield exports_card(content.export, of="clips")
    held = json_text({"model": content.model, "run": content.run}, indent=1)
    yield card("Settings, data and versions", tag("details", tag("summary", "Show all"), tag("pre", held)))


def _tiles(content: ClipMetrics) -> Markup:
    figures, calibration = content.clips, content.calibration
    held = [
        tile("Accuracy", percent(figures.accuracy), interval_words(figures, "accuracy", of="clips")),
        tile("Macro F1", percent(figures.macro_f1), interval_words(figures, "macro_f1", of="clips")),
        tile(
            "Calibration error",
            percent(calibration.after.ece),
            f"before: {percent(calibration.before.ece)}",
        ),
    ]
    if content.random is not None:
        words = "clips of one source on both sides of the split: what is often published"
        held.append(tile("On a random split", percent(content.random.accuracy), words))
    return tag("div", *held, class_="tiles")


def _others(content: ClipMetrics) -> Markup:
    own = (
        f"{content.model.network} (this)",
        percent(content.clips.accuracy),
        percent(content.clips.macro_f1),
    )
    rows = [(one.network, percent(one.accuracy), percent(one.macro_f1)) for one in content.others]
    return table(("network", "accuracy", "macro F1"), [own, *rows], left=1)


def _more(content: ClipMetrics) -> Iterator[Markup]:
    if content.subgroups:
        yield subgroups_card(content.subgroups, of="clips")
    if content.hardest:
        rows = [
            (one.clip, one.group, one.label, one.predicted, percent(one.probability, 0))
            for one in content.hardest
        ]
        head = ("clip", "group", "is", "answer", "how sure")
        yield card("The hardest clips", table(head, rows, left=4), wide=True)
    if content.label_errors:
        doubted = [(one.clip, one.label, one.likely, points(one.margin)) for one in content.label_errors]
        yield card("Labels in doubt", table(("clip", "is called", "is probably", "more by"), doubted, left=3))


def _parts(content: ClipMetrics) -> Markup:
    rows = [
        (name, count(one.clips), count(one.groups), *(count(held) for held in one.classes))
        for name, one in content.split.parts.items()
    ]
    return table(("part", "clips", "groups", *content.labels), rows)
