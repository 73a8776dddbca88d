"""The sections about the model and its training as a whole."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from laban.render.report.cards import Content, card
from laban.render.report.charts import curves
from laban.render.report.exports import exports_card
from laban.render.report.markup import Markup, count, joined, number, table, tag


def summary(content: Content) -> str:
    """The model in a line: its architecture, what it is shown, and at what pace."""
    model = content["model"]
    features = model.get("features", {})
    parts = [
        str(model.get("architecture", "")),
        f"{' + '.join(features.get('sets', []))} of {features.get('skeleton', '')}",
        _clock(model.get("clock", {})),
        _tested(content),
    ]
    return " · ".join(part for part in parts if part)


def notes(content: Content, *, most: int | None = None) -> Markup | None:
    """What had to be done otherwise than asked; at most so many sentences, and how many more there are."""
    held = [*content.get("notes", []), *(content.get("split") or {}).get("notes", [])]
    if most is not None and len(held) > most:
        held = [*held[:most], f"And {len(held) - most} more, in metrics.json."]
    return tag("section", tag("ul", *(tag("li", one) for one in held)), class_="card notes") if held else None


def run_sections(content: Content) -> Iterator[Markup]:
    """Training, the split, and the card itself."""
    yield tag("h2", "The training", class_="task")
    training = content.get("training") or {}
    if training.get("epochs"):
        yield card("Curves", *curve_parts(training, [task["task"] for task in content["tasks"]]), wide=True)
    if content.get("split"):
        yield card("What was learned from and tested on", _parts(content["split"]))
    if content.get("export"):
        yield exports_card(content["export"], of="windows")
    told = {"card": content["model"]} | ({"run": content["run"]} if content.get("run") else {})
    held = json.dumps(_brief(told), indent=1, ensure_ascii=False)
    yield card("The model's card", tag("details", tag("summary", "Show all"), tag("pre", held)))


def curve_parts(training: Content, tasks: list[str]) -> Iterator[Markup]:
    """Losses and accuracies over the epochs."""
    epochs, best = training["epochs"], training.get("best_epoch")
    numbers = [int(one["number"]) for one in epochs]
    losses = [
        ("training", "first", [one.get("train_loss") for one in epochs]),
        ("validation", "second", [one.get("loss") for one in epochs]),
    ]
    drawn = [
        tag(
            "figure",
            tag("figcaption", "Loss", _legend(losses)),
            curves(losses, numbers, best=best, unit="loss"),
        )
    ]
    width = max((len(one.get("accuracy") or ()) for one in epochs), default=0)
    names = [*tasks, *(f"task {at + 1}" for at in range(len(tasks), width))]
    kinds = ("second", "third", "fourth", "first")
    right = [
        (names[at], kinds[at % len(kinds)], [_at(one.get("accuracy"), at) for one in epochs])
        for at in range(width)
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
    seconds = training.get("seconds")
    words = f"{len(epochs)} epochs" + (f" in {number(seconds, 0)} s" if seconds else "")
    yield tag(
        "p", f"{words}; the weights of epoch {best} were kept." if best else f"{words}.", class_="note after"
    )


def _legend(series: list[tuple[str, str, Any]]) -> Markup:
    return tag(
        "span", *(tag("span", name, class_=f"key {kind}") for name, kind, _ in series), class_="legend"
    )


def _at(values: Any, place: int) -> Any:
    return values[place] if values and place < len(values) else None


def _parts(split: Content) -> Markup:
    rows = [
        (name, count(one["clips"]), count(one["groups"]), count(one["windows"]))
        for name, one in split["parts"].items()
    ]
    by = tag("p", "By ", tag("b", split["by"]), ": ", _WHY.get(split["by"].split(",")[0], ""), class_="note")
    return joined([by, table(("part", "clips", "groups", "windows"), rows)])


_WHY = {
    "group": "no person or scene is on two sides.",
    "blocks": "no run of neighbouring clips is on two sides.",
    "data": "as the data itself says.",
    "time": "later than what was learned from, in the same recordings; nothing is known of other people.",
    "random": "clips of one person or scene are on both sides, which flatters every figure.",
}


def protocol_words(content: Mapping[str, Any]) -> str:
    """What kind of clips the figures are of: held out from training, and by what, or new to the model.

    >>> protocol_words({"split": {"by": "group, 5 folds"}}), protocol_words({"split": None})
    ('held out by group, 5 folds', 'clips new to the model')
    """
    split, learned = content.get("split"), content.get("learned") or {}
    if split:
        return f"held out by {_apart(split)}"
    if learned.get("clips") and not learned.get("left_out"):
        return "clips that the model learned from"
    return "clips new to the model"


def _tested(content: Content) -> str:
    """The same for a line that begins with the model."""
    words = protocol_words(content)
    return f"tested {'by' if content.get('split') else 'on'} " + {"clips new to the model": "new data"}.get(
        words, words.removeprefix("held out by ")
    )


def _apart(split: Content) -> str:
    """By group is by clip where every clip is a group of its own."""
    parts = split.get("parts", {}).values()
    alone = parts and all(part.get("groups") == part.get("clips", part.get("pictures")) for part in parts)
    if alone and split["by"].startswith("group"):
        return f"{split['by'].replace('group', 'clip', 1)}; no groups are named"
    return {"data": "the data's own split", "random": "clips at random"}.get(split["by"], str(split["by"]))


def _clock(clock: Content) -> str:
    if "whole_clip" in clock:
        return f"whole clips at {clock['whole_clip']} instants"
    if not clock:
        return ""
    return f"windows of {clock['length_s']:g} s at {clock['fps']:g} fps"


def _brief(value: Any) -> Any:
    """The card with long texts (packed numbers) cut, so that it can be read."""
    if isinstance(value, dict):
        return {key: _brief(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_brief(one) for one in value]
    return f"{value[:60]}… ({len(value)} letters)" if isinstance(value, str) and len(value) > 240 else value
