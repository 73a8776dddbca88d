"""A page on a set of labelled images: contents, faults and samples."""

from collections.abc import Iterator, Mapping, Sequence

from laban.core.answers.audit import FindingAnswer, ImageAuditAnswer, ImageClassAnswer
from laban.core.arrays import ImageArray
from laban.render.report.bar_charts import bars, histogram, legend
from laban.render.report.cards import card, tile
from laban.render.report.document import document
from laban.render.report.embedded import gallery
from laban.render.report.markup import Markup, count, percent, tag

Shown = tuple[ImageArray, str]
"""A drawn image and its name."""

_MANY_JOINTS = 40


def draw_audit_page(
    content: ImageAuditAnswer,
    *,
    findings: Mapping[str, Sequence[Shown]],
    samples: Sequence[Shown],
    places: ImageArray | None,
) -> str:
    """The page as one string of HTML.

    ``findings`` holds example images of each kind of finding, ``samples`` images with their labels, and ``places``
    a map of where people are in the images.
    """
    sections = _sections(content, findings, samples, places)
    return document(f"{content.dataset}: contents", _summary(content), sections)


def _summary(content: ImageAuditAnswer) -> str:
    people = [f"{count(content.people)} people"] if content.people else []
    classes = len(content.coverage)
    words = [content.form, f"{count(content.images)} images", *people]
    return " · ".join([*words, "1 class" if classes == 1 else f"{classes} classes"])


def _sections(
    content: ImageAuditAnswer,
    findings: Mapping[str, Sequence[Shown]],
    samples: Sequence[Shown],
    places: ImageArray | None,
) -> Iterator[Markup]:
    yield _tiles(content)
    yield card("Faults", *_findings(content.findings, findings), wide=True)
    yield card("Classes", *_classes(content.coverage))
    if content.sizes:
        heights = [size[1] for size in content.sizes]
        yield card("Images, height", histogram(heights, unit="px", label="heights of the images"))
    if content.heights_px:
        yield card("People, height", histogram(content.heights_px, unit="px", label="heights of people"))
    if content.joints:
        yield card("Joints", *_joints(content.joints[:_MANY_JOINTS]))
    if places is not None:
        shown = gallery([(places, Markup("from pale (nobody) to blue (most)"))])
        yield card("Where people are", shown, note="All boxes overlaid, each image stretched to a square.")
    if samples:
        yield card("Samples", _gallery(samples), note=_SAMPLES, wide=True)


_SAMPLES = "Images from the whole set with their labels. Left limbs are lighter, right ones darker."


def _tiles(content: ImageAuditAnswer) -> Markup:
    severities = [one.severity for one in content.findings]
    held = [
        tile("Images", count(content.images), f"{count(content.unreadable)} cannot be read"),
        tile("People", count(content.people), content.form),
        tile(
            "Kinds of fault",
            str(severities.count("fault")),
            "metrics will be wrong",
            bad="fault" in severities,
        ),
        tile("Kinds of warning", str(severities.count("warning")), "metrics may be wrong"),
    ]
    return tag("div", *held, class_="tiles")


def _findings(rows: Sequence[FindingAnswer], shown: Mapping[str, Sequence[Shown]]) -> Iterator[Markup]:
    if not rows:
        yield tag("p", "Nothing was found.")
    for one in rows:
        head = tag(
            "h4",
            tag("span", one.severity, class_=f"pill {one.severity}"),
            " ",
            one.kind.replace("-", " "),
        )
        words = tag("p", one.sentence, ". What to do: ", one.advice, ".")
        images = shown.get(one.kind)
        yield tag("div", head, words, _gallery(images) if images else None, class_="finding")


def _classes(rows: Sequence[ImageClassAnswer]) -> Iterator[Markup]:
    splits = list(dict.fromkeys(name for one in rows for name, _ in one.splits))
    drawn = []
    for one in rows:
        held = dict(one.splits)
        parts = [held.get(name, 0) for name in splits] if splits else [one.images]
        people = f", {count(one.people)} people" if one.people else ""
        drawn.append((one.label, parts, f"{count(one.images)}{people}"))
    yield bars(drawn, label="images of each class")
    if len(splits) > 1:
        yield legend(splits)


def _joints(rows: Sequence[tuple[str, float, float, float]]) -> Iterator[Markup]:
    drawn = [(name.replace("_", " "), shares, percent(shares[0], 0)) for name, *shares in rows]
    yield bars(drawn, label="share of people with each joint")
    yield tag(
        "p",
        tag("span", "seen", class_="key second"),
        tag("span", "hidden", class_="key third"),
        tag("span", "missing", class_="key fourth"),
        class_="note after",
    )


def _gallery(shown: Sequence[Shown]) -> Markup:
    return gallery([(image, tag("span", name)) for image, name in shown])
