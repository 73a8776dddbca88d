"""The sections about a recogniser from pixels: what it is worth on other sources, and what flatters."""

from collections.abc import Iterator, Sequence

from laban.core.answers.clip_metrics import ClipEvaluation, ClipMetrics, ClipSplitAnswer, MaskedAnswer
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
from laban.render.report.embedded import image_element
from laban.render.report.exports import exports_card
from laban.render.report.markup import Markup, count, known, percent, points, table, tag
from laban.render.report.run import curve_parts, new_words

ClipScores = ClipMetrics | ClipEvaluation

_OTHERS = (
    "The same clips, split and features, another network over time. `mean` averages what is seen in the frames and "
    "knows no order; where it is ahead, movement decides little."
)

_MASKED = (
    "The same test clips without their people (what is behind them is shown in their place), and with the people "
    "alone before one grey. Where people are is told by the pose engine: boxes, a little larger than they are."
)
_DECIDED = (
    "Test clips: the answers that were most wrong, then the surest. Orange supports the answer, blue opposes it. "
    "First what each place tells all the time, then the frames, below them what the whole frame tells, and over "
    "the six of the most weight what moves in each place. All is measured by hiding it."
)
_MOSTLY, _HARDLY = 2 / 3, 1 / 3
_LEAST_GAIN = 0.02
_LEAST_CLIPS = 20


def masked_words(held: MaskedAnswer) -> str:
    """What masking tells of a recogniser, in a sentence or two."""
    plain, scene = held.unmasked.accuracy, held.people_masked.accuracy
    if not held.clips or not known(plain) or not known(scene) or not known(held.most_frequent):
        return "People were found in none of the test clips, so that nothing could be masked."
    alone = percent(held.background_masked.accuracy)
    figures = (
        f"{percent(plain)} with nothing masked, {alone} with the background masked, "
        f"on {held.clips} test clips"
    )
    if held.clips < _LEAST_CLIPS:
        return (
            f"With people masked, accuracy is {percent(scene)} ({figures}: too few to say what it looks at)."
        )
    gain = plain - held.most_frequent
    if gain < _LEAST_GAIN:
        return (
            "It is hardly better than the most frequent class, so that masking tells little: with people masked, "
            f"accuracy is {percent(scene)} ({figures})."
        )
    kept = (scene - held.most_frequent) / gain
    if kept >= _MOSTLY:
        return (
            f"It answers from the scene: with people masked, accuracy stays at {percent(scene)} ({figures})."
        )
    if kept <= _HARDLY:
        return f"It answers from the people: without them, accuracy falls to {percent(scene)} ({figures})."
    return f"It answers from people and scene: with people masked, accuracy falls to {percent(scene)} ({figures})."


def clip_summary(content: ClipScores) -> str:
    """The recogniser in a line: its networks, its classes, and how it was tested."""
    return (
        f"{content.model.network} on {content.model.backbone} · {content.model.frames} frames a clip · "
        f"{len(content.labels)} classes · {_tested(content)}"
    )


def _tested(content: ClipScores) -> str:
    if isinstance(content, ClipEvaluation):
        return f"tested on {count(content.clips.count)} {evaluated_words(content)}"
    return clip_split_words(content.split)


def clip_split_words(split: ClipSplitAnswer) -> str:
    """How many clips each part of a split has, and what it was made by."""
    parts = (split.parts["train"], split.parts["validation"], split.parts["test"])
    counts = " / ".join(count(part.clips) for part in parts)
    folds = f" in {split.folds} folds" if split.folds > 1 else ""
    return f"{counts} clips to learn, choose and test · tested by {split.by}{folds}"


def evaluated_words(content: ClipEvaluation) -> str:
    """Which clips a finished recogniser was evaluated on, as far as it says which it learned from."""
    return "clips" if content.learned is None else new_words(content.learned)


def clip_sections(content: ClipScores, examples: Sequence[ExampleImage] = ()) -> Iterator[Markup]:
    """All sections; those on the training where there was one. ``examples`` are strips of test clips."""
    yield _tiles(content)
    yield from class_cards(content.clips, content.calibration, content.labels, of="clips")
    if isinstance(content, ClipMetrics) and content.others:
        yield card("Other networks", _others(content), note=_OTHERS)
    if isinstance(content, ClipMetrics) and content.masked is not None:
        yield card("People or scene", *_masked(content.masked), note=_MASKED)
    if examples:
        yield card("What decided", *map(_strip, examples), note=_DECIDED, wide=True)
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
        held.append(random_tile(content.random.accuracy))
    return tag("div", *held, class_="tiles")


def random_tile(accuracy: float | None) -> Markup:
    """What a split that ignores groups would have promised."""
    words = "clips of one source on both sides of the split: what is often published"
    return tile("On a random split", percent(accuracy), words)


def _masked(held: MaskedAnswer) -> Iterator[Markup]:
    rows = (
        ("nothing", held.unmasked),
        ("people", held.people_masked),
        ("background", held.background_masked),
    )
    base = held.unmasked.accuracy
    shown = [
        (
            name,
            percent(one.accuracy),
            points(one.accuracy - base)
            if one is not held.unmasked and known(one.accuracy) and known(base)
            else "",
            percent(one.macro_f1),
        )
        for name, one in rows
    ]
    yield table(("masked", "accuracy", "points", "macro F1"), shown)
    parts = [
        f"People are {percent(held.people_share, 0)} of the image.",
        f"Nobody was found in {held.nobody} more test clips." if held.nobody else "",
        f"{held.failed} could not be masked." if held.failed else "",
    ]
    yield tag("p", masked_words(held), " ", " ".join(filter(None, parts)), class_="note after")


def _strip(example: ExampleImage) -> Markup:
    image, _, label, said, probability = example
    words = tag("figcaption", answer_words(label, said, probability))
    return tag("figure", image_element(image, "frames of a clip and the evidence in them"), words)


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
