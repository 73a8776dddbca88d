"""The card that travels with a model, and the questions on it."""

import json

import pytest

from laban.core.clock import WholeClip, WindowSpec
from laban.errors import FormatError, InvalidValueError, LabanError, ModelError, UnknownNameError
from laban.features.spec import FeatureSpec
from laban.models.card import Head, ModelCard, Task
from laban.models.image.view import View
from laban.models.inputs import ClipInput, ImageInput, LandmarkInput, ModelInput

FALL = Task("fall", ("no_fall", "fall"), background="no_fall")
FIGHT = Task("fight", ("fight", "no_fight"))


def a_card(**changes: object) -> ModelCard:
    values = {
        "name": "safety",
        "architecture": "lstm",
        "input": LandmarkInput(FeatureSpec(("xy", "velocity")), WindowSpec(length_s=1.0)),
        "heads": (Head(FALL, temperature=1.5, ood_threshold=0.25), Head(FIGHT)),
        "about": {"seed": 3, "versions": {"laban": "1"}},
    }
    return ModelCard(**{**values, **changes})  # type: ignore[arg-type]


INPUTS = (
    LandmarkInput(FeatureSpec(), WindowSpec(length_s=1.0, hop_s=0.2, fps=25.0)),
    LandmarkInput(FeatureSpec(("xy", "world")), WholeClip(48)),
    LandmarkInput(FeatureSpec(), WindowSpec(length_s=1 / 30), still=True),
    ImageInput(View(side_px=96, whose="whole")),
    ClipInput(WindowSpec(length_s=2.0, fps=8.0), (64, 48)),
)


@pytest.mark.parametrize("given", INPUTS, ids=lambda one: one.kind)
def test_a_card_comes_back_from_what_it_writes(given: ModelInput) -> None:
    card = a_card(input=given)
    assert ModelCard.from_json(json.loads(json.dumps(card.to_json()))) == card
    assert card.to_json()["input"] == given.kind


def test_a_model_of_images_is_not_asked_for_landmarks() -> None:
    card = a_card(input=ImageInput())
    for name in ("landmarks", "spec", "clock"):
        with pytest.raises(ModelError, match="safety is a model of single images, expected one of landmarks"):
            getattr(card, name)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        '{"version": 2}',
        '{"version": 9}',
        '{"version": 2, "name": "x", "architecture": "y", "input": "sound", "heads": [], "about": {}}',
        '"card"',
        "null",
        json.dumps({"version": 1, "name": "x"}),
        json.dumps({"version": 2, "name": "x"}),
    ],
)
def test_what_is_no_card_is_refused_in_one_line(text: str) -> None:
    with pytest.raises((FormatError, UnknownNameError)) as caught:
        ModelCard.from_json(json.loads(text))
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
    card = json.loads(json.dumps(a_card().to_json()))
    place = card
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(LabanError):
        ModelCard.from_json(card)


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
