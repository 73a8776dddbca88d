"""The sections on the model and its training."""

from collections.abc import Iterator, Sequence

from laban.core.answers import Json, json_text
from laban.core.answers.clip_metrics import ClipEvaluation, ClipMetrics
from laban.core.answers.fusion_metrics import FusionMetrics
from laban.core.answers.image_metrics import ImageMetrics, ImageSplitAnswer
from laban.core.answers.metrics import (
    HistoryAnswer,
    LearnedFromAnswer,
    MetricsAnswer,
    PartCount,
    SplitAnswer,
    TrainingMetrics,
    WholeClipClock,
    WindowClock,
)
from laban.render.report.cards import card
from laban.render.report.charts import Series, curves
from laban.render.report.exports import exports_card
from laban.render.report.markup import Markup, count, joined, number, table, tag


def summary(metrics: MetricsAnswer) -> str:
    """The model in one line: architecture, input and frame rate."""
    model = metrics.model
    parts = [
        model.architecture,
        "" if model.features is None else f"{' + '.join(model.features.sets)} of {model.features.skeleton}",
        "" if model.clock is None else _clock(model.clock),
        _tested(metrics),
    ]
    return " · ".join(part for part in parts if part)


def notes(
    metrics: MetricsAnswer | ImageMetrics | ClipMetrics | ClipEvaluation | FusionMetrics,
    *,
    most: int | None = None,
) -> Markup | None:
    """Notes on what differed from the request; a limited number of sentences, and how many more there are."""
    split = None if isinstance(metrics, ClipEvaluation) else metrics.split
    held = [*metrics.notes, *(split.notes if split else ())]
    if most is not None and len(held) > most:
        held = [*held[:most], f"And {len(held) - most} more, in metrics.json."]
    return tag("section", tag("ul", *(tag("li", one) for one in held)), class_="card notes") if held else None


def run_sections(metrics: MetricsAnswer) -> Iterator[Markup]:
    """Training, the split, and the card itself."""
    yield tag("h2", "The training", class_="task")
    training = metrics.training
    if training and training.epochs:
        yield card("Curves", *curve_parts(training, [task.task for task in metrics.tasks]), wide=True)
    if metrics.split:
        yield card("Training and test data", _parts(metrics.split))
    shown: dict[str, Json] = {"card": metrics.model.to_json()}
    if isinstance(metrics, TrainingMetrics):
        yield exports_card(metrics.export, of="windows")
        shown["run"] = metrics.run.to_json()
    held = json_text(_brief(shown), indent=1)
    yield card("The model's card", tag("details", tag("summary", "Show all"), tag("pre", held)))


def curve_parts(training: HistoryAnswer, tasks: Sequence[str]) -> Iterator[Markup]:
    """Losses and accuracies over the epochs."""
    epochs, best = training.epochs, training.best_epoch
    numbers = [one.number for one in epochs]
    losses: list[Series] = [
        ("training", "first", [one.train_loss for one in epochs]),
        ("validation", "second", [one.loss for one in epochs]),
    ]
    drawn = [
        tag(
            "figure",
            tag("figcaption", "Loss", _legend(losses)),
            curves(losses, numbers, best=best, unit="loss"),
        )
    ]
    width = max((len(one.accuracy) for one in epochs), default=0)
    names = [*tasks, *(f"task {at + 1}" for at in range(len(tasks), width))]
    kinds = ("second", "third", "fourth", "first")
    right: list[Series] = [
        (names[at], kinds[at % len(kinds)], [_at(one.accuracy, at) for one in epochs]) for at in range(width)
    ]
    if right:
        drawn.append(
            tag(
                "figure",
                tag("figcaption", "Accuracy on the validation part", _legend(right)),
                curves(right, numbers, best=best, unit="share"),
            )
        )
    yield tag("div", *drawn, class_="pair")
    words = f"{len(epochs)} epochs" + (f" in {number(training.seconds, 0)} s" if training.seconds else "")
    yield tag(
        "p", f"{words}; the weights of epoch {best} were kept." if best else f"{words}.", class_="note after"
    )


def _legend(series: Sequence[Series]) -> Markup:
    return tag(
        "span", *(tag("span", name, class_=f"key {kind}") for name, kind, _ in series), class_="legend"
    )


def _at(values: Sequence[float | None], place: int) -> float | None:
    return values[place] if place < len(values) else None


def _parts(split: SplitAnswer) -> Markup:
    rows = [
        (name, count(one.clips), count(one.groups), count(one.windows)) for name, one in split.parts.items()
    ]
    by = tag("p", "By ", tag("b", split.by), ": ", _WHY.get(split.by.split(",")[0], ""), class_="note")
    return joined([by, table(("part", "clips", "groups", "windows"), rows)])


_WHY = {
    "group": "no person or scene is on both sides of the split.",
    "blocks": "no run of neighbouring clips is on both sides of the split.",
    "data": "as the data itself specifies.",
    "time": "later than the training data, in the same recordings; this says nothing about other people.",
    "random": "clips of one person or scene are on both sides, which inflates every metric.",
}


def protocol_words(
    split: SplitAnswer | ImageSplitAnswer | None, learned: LearnedFromAnswer | None = None
) -> str:
    """The kind of clips that the metrics are for: held out from training, and how, or new to the model.

    >>> protocol_words(SplitAnswer("group, 5 folds", {}, ())), protocol_words(None)
    ('held out by group, 5 folds', 'clips new to the model')
    """
    if split:
        return f"held out by {_apart(split)}"
    return new_words(learned)


def new_words(learned: LearnedFromAnswer | None) -> str:
    """Which clips a finished model was evaluated on.

    >>> new_words(LearnedFromAnswer(clips=3, of=3, left_out=False)), new_words(None)
    ('clips that the model was trained on', 'clips new to the model')
    """
    if learned and learned.clips and not learned.left_out:
        return "clips that the model was trained on"
    return "clips new to the model"


def _tested(metrics: MetricsAnswer) -> str:
    """The same for a line that begins with the model."""
    words = protocol_words(metrics.split, metrics.learned)
    return f"tested {'by' if metrics.split else 'on'} " + {"clips new to the model": "new data"}.get(
        words, words.removeprefix("held out by ")
    )


def _apart(split: SplitAnswer | ImageSplitAnswer) -> str:
    """If every clip is its own group, by group means by clip."""
    alone = bool(split.parts) and all(
        part.groups == (part.clips if isinstance(part, PartCount) else part.images)
        for part in split.parts.values()
    )
    if alone and split.by.startswith("group"):
        return f"{split.by.replace('group', 'clip', 1)}; no groups are named"
    return {"data": "the data's own split", "random": "clips at random"}.get(split.by, split.by)


def _clock(clock: WindowClock | WholeClipClock) -> str:
    if isinstance(clock, WholeClipClock):
        return f"whole clips at {clock.whole_clip} instants"
    return f"windows of {clock.length_s:g} s at {clock.fps:g} fps"


def _brief(value: Json) -> Json:
    """The card with long texts (packed numbers) shortened, so that it is readable."""
    if isinstance(value, dict):
        return {key: _brief(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_brief(one) for one in value]
    return f"{value[:60]}… ({len(value)} letters)" if isinstance(value, str) and len(value) > 240 else value
