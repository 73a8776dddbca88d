"""The card that travels with a model, and the questions on it."""

import json

import pytest

from laban.core.clock import WholeClip, WindowSpec
from laban.errors import FormatError, InvalidValueError, LabanError, UnknownNameError
from laban.features.spec import FeatureSpec
from laban.models.card import Head, ModelCard, Task

FALL = Task("fall", ("no_fall", "fall"), background="no_fall")
FIGHT = Task("fight", ("fight", "no_fight"))


def a_card(**changes: object) -> ModelCard:
    values = {
        "name": "safety",
        "architecture": "lstm",
        "spec": FeatureSpec(("xy", "velocity")),
        "clock": WindowSpec(length_s=1.0),
        "heads": (Head(FALL, temperature=1.5, unknown_below=0.25), Head(FIGHT)),
        "about": {"seed": 3, "versions": {"laban": "1"}},
    }
    return ModelCard(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("clock", [WindowSpec(length_s=1.0, hop_s=0.2, fps=25.0), WholeClip(48)])
def test_a_card_comes_back_from_its_text(clock: WindowSpec | WholeClip) -> None:
    card = a_card(clock=clock)
    assert ModelCard.from_json(card.to_json()) == card


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"version": 1}',
        '{"version": 9}',
        '"card"',
        "null",
        json.dumps({"version": 1, "name": "x"}),
    ],
)
def test_what_is_no_card_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        ModelCard.from_json(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("features", "sets"), ["nonsense"]),
        (("features", "skeleton"), "martian"),
        (("clock",), {"length_s": -1}),
        (("clock",), {"whole_clip": 0}),
        (("clock",), {"length_s": 1, "other": 2}),
        (("heads",), []),
        (("heads",), [{"task": "a"}]),
        (("about",), 5),
    ],
)
def test_a_card_with_a_wrong_part_is_refused(path: tuple[str, ...], value: object) -> None:
    card = json.loads(a_card().to_json())
    place = card
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(LabanError):
        ModelCard.from_json(json.dumps(card))


def test_a_head_is_found_by_its_task() -> None:
    assert a_card().head("fight").task == FIGHT
    with pytest.raises(UnknownNameError, match="did you mean 'fight'"):
        a_card().head("figth")


def test_tasks_are_named_once_and_labels_too() -> None:
    with pytest.raises(InvalidValueError, match="named once"):
        a_card(heads=(Head(FALL), Head(FALL)))
    with pytest.raises(InvalidValueError, match="each once"):
        Task("fall", ("fall", "fall"))
    with pytest.raises(UnknownNameError, match="fall label"):
        Task("fall", ("fall", "other"), background="nothing")
