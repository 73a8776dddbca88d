"""The sections about a recogniser from pixels: what it is worth on other sources, and what flatters."""

from collections.abc import Iterator

from laban.core.answers.clip_metrics import ClipEvaluation, ClipMetrics
from laban.render.report.cards import card, tile
from laban.render.report.classes import subgroups_card
from laban.render.report.classifier import class_cards, label_errors_card, score_tiles, settings_card
from laban.render.report.exports import exports_card
from laban.render.report.markup import Markup, count, percent, table, tag
from laban.render.report.run import curve_parts, new_words

ClipScores = ClipMetrics | ClipEvaluation

_OTHERS = (
    "The same clips, split and features, another network over time. `mean` averages what is seen in the frames and "
    "knows no order; where it is ahead, movement decides little."
)


def clip_summary(content: ClipScores) -> str:
    """The recogniser in a line: its networks, its classes, and how it was tested."""
    return (
        f"{content.model.network} on {content.model.backbone} · {content.model.frames} frames a clip · "
        f"{len(content.labels)} classes · {_tested(content)}"
    )


def _tested(content: ClipScores) -> str:
    if isinstance(content, ClipEvaluation):
        return f"tested on {count(content.clips.count)} {evaluated_words(content)}"
    parts = content.split.parts
    counts = " / ".join(count(part.clips) for part in (parts["train"], parts["validation"], parts["test"]))
    folds = f" in {content.split.folds} folds" if content.split.folds > 1 else ""
    return f"{counts} clips to learn, choose and test · tested by {content.split.by}{folds}"


def evaluated_words(content: ClipEvaluation) -> str:
    """Which clips a finished recogniser was evaluated on, as far as it says which it learned from."""
    return "clips" if content.learned is None else new_words(content.learned)


def clip_sections(content: ClipScores) -> Iterator[Markup]:
    """All sections; those on the training where there was one."""
    yield _tiles(content)
    yield from class_cards(content.clips, content.calibration, content.labels, of="clips")
    if isinstance(content, ClipMetrics) and content.others:
        yield card("Other networks", _others(content), note=_OTHERS)
    yield from _more(content)
    if isinstance(content, ClipEvaluation):
        yield settings_card(model=content.model)
        return
    yield tag("h2", "The training", class_="task")
    yield card("Curves", *curve_parts(content.training, [content.task]), wide=True)
    yield card("Training and test data", _parts(content))
    yield exports_card(content.export, of="clips")
    yield settings_card(model=content.model, run=content.run)


def _tiles(content: ClipScores) -> Markup:
    held = score_tiles(content.clips, content.calibration, of="clips")
    if isinstance(content, ClipMetrics) and content.random is not None:
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


def _more(content: ClipScores) -> Iterator[Markup]:
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
        errors = [(one.clip, one.label, one.likely, one.margin) for one in content.label_errors]
        yield label_errors_card(errors, what="clip")


def _parts(content: ClipMetrics) -> Markup:
    rows = [
        (name, count(one.clips), count(one.groups), *(count(held) for held in one.classes))
        for name, one in content.split.parts.items()
    ]
    return table(("part", "clips", "groups", *content.labels), rows)
