"""The sections about a recogniser from poses and pixels: what each sees, and what both together see."""

from collections.abc import Iterator, Sequence

from laban.core.answers.fusion_metrics import FusionMetrics, InputFigures, Inputs
from laban.render.report.cards import card
from laban.render.report.classifier import class_cards, score_tiles
from laban.render.report.clips import clip_split_words, random_tile
from laban.render.report.markup import Markup, count, number, percent, span, table, tag

INPUT_WORDS: dict[Inputs, str] = {"pose": "poses", "video": "pixels", "both": "both"}
"""What a recogniser answers from, for people."""

_EACH = (
    "The same clips, each tested by networks that learned from none of its group. The weights were chosen on the "
    "validation part of each fold."
)
_ALONE = "Each has a report of its own, with its baselines, its hardest clips and its training: "


def fusion_summary(content: FusionMetrics) -> str:
    """The recogniser in a line."""
    return f"poses and pixels · {len(content.labels)} classes · {clip_split_words(content.split)}"


def fusion_sections(content: FusionMetrics) -> Iterator[Markup]:
    """All sections."""
    yield _tiles(content)
    yield card("Poses, pixels and both", _compared(content.inputs, content.event), note=_EACH, wide=True)
    if content.random:
        words = "Clips of one group are on both sides of this split: what is often published."
        yield card("On a random split", _compared(content.random, content.event), note=words, wide=True)
    yield card("The share of each", _shares(content))
    yield from class_cards(content.clips, content.calibration, content.labels, of="clips")
    yield card("The two recognisers", _links())


def _tiles(content: FusionMetrics) -> Markup:
    held = score_tiles(content.clips, content.calibration, of="clips")
    held += [random_tile(one.accuracy) for one in content.random if one.inputs == "both"]
    return tag("div", *held, class_="tiles")


def _compared(rows: Sequence[InputFigures], event: str | None) -> Markup:
    head = ["answers from", "accuracy", "95 %", "macro F1", "answered"]
    if event is not None:
        head += [f"AUROC of {event}", "found at 5 % false alarms"]
    return table(head, [_row(one, of_event=event is not None) for one in rows])


def _row(one: InputFigures, *, of_event: bool) -> list[str]:
    cells = [
        INPUT_WORDS[one.inputs],
        percent(one.accuracy),
        span(one.interval),
        percent(one.macro_f1),
        count(one.answered),
    ]
    return [*cells, number(one.auroc), percent(one.recall_at_5)] if of_event else cells


def _shares(content: FusionMetrics) -> Markup:
    rows = [
        (
            INPUT_WORDS[one.inputs],
            number(one.weight),
            ", ".join(number(weight) for weight in one.weights),
            number(one.temperature),
        )
        for one in content.parts
    ]
    return table(("answers from", "weight", "in each fold", "temperature"), rows)


def _links() -> Markup:
    links = (
        tag("a", words, href=f"{name}/report.html")
        for name, words in (("pose", "poses"), ("video", "pixels"))
    )
    first, second = links
    return tag("p", _ALONE, first, ", ", second, ".")
