"""A page on a classifier of pictures: what it is worth, when that changes, and what it looked at."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from laban.core.arrays import ImageArray
from laban.render.image.charts import bars
from laban.render.report.cards import card, tile
from laban.render.report.classes import classes_table, interval_words, subgroups_card
from laban.render.report.confusion import confusion
from laban.render.report.document import document, gallery
from laban.render.report.markup import Markup, count, known, number, percent, points, table, tag
from laban.render.report.run import curve_parts
from laban.render.report.trust import calibration_parts, robustness_parts

Content = Mapping[str, Any]
Seen = tuple[ImageArray, ImageArray | None, str, str, float]
"""What was shown, the same with the evidence laid over, its class, the answer, and its probability."""

_MANY = 6
_FOOT = (
    "Ranges are 95 % bootstrap intervals, drawn by group: what might have come out with other people and "
    "scenes."
)


def draw_classifier_page(content: Content, *, looked: Sequence[Seen]) -> str:
    """The page as one string of HTML. ``content`` is what metrics.json holds; ``looked`` pictures of the
    test."""
    return document(str(content["model"]["name"]), _summary(content), _sections(content, looked), foot=_FOOT)


def _summary(content: Content) -> str:
    parts = content["split"]["parts"]
    counts = " / ".join(count(parts[name]["pictures"]) for name in ("train", "validation", "test"))
    return (
        f"{content['model']['architecture']} · {len(content['labels'])} classes · {counts} pictures to learn, "
        f"choose and test · tested by {content['split']['by']}"
    )


def _sections(content: Content, looked: Sequence[Seen]) -> Iterator[Markup]:
    wide = len(content["labels"]) > _MANY
    notes = [*content["split"]["notes"], *content["notes"]]
    if notes:
        yield tag("section", tag("ul", *(tag("li", one) for one in notes[:20])), class_="card notes")
    yield _tiles(content)
    yield card("Each class", classes_table(content["pictures"], label="class", of="pictures"), wide=wide)
    yield card(
        "What was taken for what",
        confusion(content["labels"], content["pictures"]["confusion"]),
        note="Rows: what was so. Columns: what was said. The shade is the share of the row.",
        wide=wide,
    )
    yield card("How sure, and how right", *calibration_parts(dict(content["calibration"])))
    if content.get("shifts"):
        yield card("Under other conditions", *_shifts(content["shifts"]), note=_SHIFTS)
    if looked:
        yield card("What it looked at", *_looked(looked), wide=True)
    yield from _more(content)
    yield tag("h2", "The training", class_="task")
    yield card("Curves", *curve_parts(dict(content["training"]), [content["task"]]), wide=True)
    yield card("What was learned from and tested on", _parts(content))
    yield card("Exported", _exported(content["export"]), note=_EXPORTED, wide=True)
    held = json.dumps({"run": content["run"]}, indent=1, ensure_ascii=False)
    yield card("Settings, data and versions", tag("details", tag("summary", "Show all"), tag("pre", held)))


_SHIFTS = (
    "The same test pictures as another camera, hour or room would have shown them. Another room: all but the "
    "person is replaced, by the mask of BlazePose's landmark network."
)
_EXPORTED = (
    "Beside the network that was trained, on the test pictures: the largest difference of any probability, the "
    "share of equal answers, how much accuracy is gained or lost in points, and the median time of a picture on "
    "one core."
)
_LOOKED = (
    "Orange speaks for the answer, blue against it. The answer is the mean of what all places say, so this is the "
    "answer itself and no estimate of it. A classifier that looks past the person has learned the room."
)


def _tiles(content: Content) -> Markup:
    figures, calibration = content["pictures"], content["calibration"]
    held = [
        tile("Accuracy", percent(figures["accuracy"]), interval_words(figures, "accuracy", of="pictures")),
        tile("Macro F1", percent(figures["macro_f1"]), interval_words(figures, "macro_f1", of="pictures")),
        tile(
            "Calibration error",
            percent(calibration["after"]["ece"]),
            f"before: {percent(calibration['before']['ece'])}",
        ),
    ]
    if content["unanswered"]:
        held.append(tile("Not answered", count(content["unanswered"]), "nobody was found; counted as wrong"))
    attention = content.get("attention")
    if attention:
        words = f"the person is {percent(attention['person_share'], 0)} of what is shown"
        held.append(
            tile(
                "Evidence on the person",
                percent(attention["on_person"], 0),
                words,
                bad=attention["on_person"] < attention["person_share"],
            )
        )
    return tag("div", *held, class_="tiles")


def _shifts(rows: Sequence[Content]) -> Iterator[Markup]:
    yield robustness_parts([dict(one) for one in rows])
    drawn = [
        (one["name"], [one["accuracy"]], percent(one["accuracy"], 0))
        for one in rows
        if known(one["accuracy"])
    ]
    yield bars(drawn, label="accuracy under each condition")


def _looked(looked: Sequence[Seen]) -> Iterator[Markup]:
    maps = any(heat is not None for _, heat, *_ in looked)
    yield tag("p", _LOOKED if maps else "Test pictures, those it was least right about first.", class_="note")
    yield gallery(
        (image if heat is None else heat, _answer(label, said, probability))
        for image, heat, label, said, probability in looked
    )


def _answer(label: str, said: str, probability: float) -> Markup:
    kind = "pill right" if label == said else "pill wrong"
    words = tag("span", said, " ", tag("b", percent(probability, 0)), class_=kind)
    return tag("span", "is ", tag("b", label), ", said ", words)


def _more(content: Content) -> Iterator[Markup]:
    if content["subgroups"]:
        yield subgroups_card(content["subgroups"], of="pictures")
    if content["doubts"]:
        told = [
            (one["name"], one["label"], one["likely"], points(one["margin"])) for one in content["doubts"]
        ]
        yield card("Labels in doubt", table(("picture", "is called", "is probably", "more by"), told, left=3))


def _parts(content: Content) -> Markup:
    split = content["split"]
    rows = [
        (name, count(one["pictures"]), count(one["groups"]), *(count(held) for held in one["classes"]))
        for name, one in split["parts"].items()
    ]
    return table(("part", "pictures", "groups", *content["labels"]), rows)


def _exported(rows: Sequence[Content]) -> Markup:
    shown = [
        (
            one["path"],
            one["precision"],
            f"{one['size_bytes'] / 1e6:.2f} MB",
            f"{one['max_difference']:.1e}",
            percent(one["agreement"]),
            points(one["accuracy_change"]),
            f"{number(one['latency_ms'], 1)} ms" if known(one["latency_ms"]) else "–",
        )
        for one in rows
    ]
    return table(("file", "numbers", "size", "difference", "equal", "accuracy", "time"), shown, left=2)
