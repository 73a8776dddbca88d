"""The texts of a coach: every language says the same things, in sentences."""

import re

import pytest

from laban.errors import UnknownNameError
from laban.features.angles import JOINT_ANGLES
from laban.tasks.coaching.exercise import Fault
from laban.tasks.coaching.exercise_file import load_exercise, shipped_exercises
from laban.tasks.coaching.feedback import Feedback, Hint
from laban.tasks.coaching.hints import joint_hint
from laban.tasks.coaching.messages import Messages, language_of, languages, load_messages

HINTS = ("bend", "straighten", "raise_arm", "lower_arm", "bend_hip", "straighten_hip")
OTHERS = [one for one in languages() if one != "en"]


def places(text: str) -> tuple[list[str], list[str]]:
    """The places in a text, and those of them that may be left out."""
    left_out = [place for part in re.findall(r"\[(.*?)\]", text) for place in re.findall(r"\{(\w+)\}", part)]
    return sorted(re.findall(r"\{(\w+)\}", text)), sorted(left_out)


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_keys_and_places(language: str) -> None:
    english, other = load_messages("en").texts, load_messages(language).texts
    assert sorted(other) == sorted(english)
    assert {key: places(text) for key, text in other.items()} == {
        key: places(text) for key, text in english.items()
    }


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_was_left_in_english(language: str) -> None:
    english, other = load_messages("en").texts, load_messages(language).texts
    alike = {key for key in english if other[key] == english[key]}
    assert {key for key in alike if not key.startswith("exercises.")} <= {
        "amounts.degrees", "joints.named", "page.tempo",  # the same word in Indonesian
    }  # fmt: skip


@pytest.mark.parametrize("language", languages())
def test_every_hint_is_a_whole_sentence_with_and_without_its_amount(language: str) -> None:
    words = load_messages(language)
    keys = [key.split(".")[1:] for key in words.texts if key.startswith("hints.")]
    assert {key for key, *_ in keys} == {*HINTS, "slower", "faster", "deeper"}
    for key, *part in keys:
        joint = "" if not part else part[0] if part[0].endswith("s") else f"left_{part[0]}"
        with_amount = words.hint(Hint(key, joint or None, 23.0))
        without = words.hint(Hint(key, joint or None))
        assert not re.search(r"[\[\]{}]|  |None", with_amount + without)
        assert without == without.strip()
        assert "25°" not in without
        assert ("25°" in with_amount) == (key not in ("slower", "faster"))
    for fault in {key.split(".")[1] for key in words.texts if key.startswith("faults.")}:
        assert words.fault(fault)
        assert words.hint(Hint(f"fault:{fault}")) == words.fault_advice(fault)


def test_left_and_right_are_told_apart_in_every_language() -> None:
    for language in languages():
        words = load_messages(language)
        for joint in JOINT_ANGLES:
            assert words.joint(joint)
        assert words.joint("left_knee") != words.joint("right_knee")
        assert words.hint(Hint("bend", "left_knee")) != words.hint(Hint("bend", "right_knee"))


@pytest.mark.parametrize(("degrees", "said"), [(23.0, "25°"), (22.0, "20°"), (-41.0, "40°"), (1.0, "5°")])
def test_amounts_are_in_steps_of_five(degrees: float, said: str) -> None:
    assert load_messages("en").amount(degrees) == said


def test_the_hint_comes_before_the_state() -> None:
    words = load_messages("en")
    hint = Hint("raise_arm", "right_shoulder", 20.0)
    assert words.situation(Feedback(0.0, "moving", hint=hint)) == "Raise your right arm, about 20°"
    assert words.situation(Feedback(0.0, "absent")) == "Step into the image"
    assert (words.level(""), words.level("perfect"), words.level("fighting")) == ("", "PERFECT", "FIGHTING")


@pytest.mark.parametrize("language", languages())
def test_every_shipped_exercise_can_be_spoken_of(language: str) -> None:
    words = load_messages(language)
    for name in shipped_exercises():
        exercise = load_exercise(name)
        assert words.title(exercise) == words.texts[f"exercises.{name}"]
        own = words.with_advice(exercise.faults)
        assert all(own.fault(fault.name) and own.fault_advice(fault.name) for fault in exercise.faults)
        for joint in exercise.joints:
            for difference_deg in (-30.0, 30.0):
                assert words.hint(joint_hint(joint, difference_deg))


def test_advice_of_an_exercise_wins() -> None:
    own = Fault("hips_high", "hip_height", "here", above=0.2, advice="Flat as a table")
    new = Fault("ears_cold", "ear", "here", above=0.2, advice="Put on a hat")
    words = load_messages("ko").with_advice([own, new])
    assert words.hint(Hint("fault:hips_high")) == "Flat as a table"
    assert words.fault("hips_high") == load_messages("ko").fault("hips_high")
    assert words.hint(Hint("fault:ears_cold")) == "Put on a hat"
    assert words.fault("ears_cold") == "ears cold"


def test_a_fault_without_words_is_refused_beforehand() -> None:
    with pytest.raises(UnknownNameError, match="no text for the fault 'ears_cold' in language 'en'"):
        load_messages("en").with_advice([Fault("ears_cold", "ear", "here", above=0.2)])


def test_a_missing_key_is_named() -> None:
    words = Messages("en", {"states.ready": "Ready"})
    with pytest.raises(
        UnknownNameError, match=r"'en' have no 'states\.redy'; the nearest is 'states\.ready'"
    ):
        words.say("states.redy")
    with pytest.raises(UnknownNameError, match=r"no 'hints\.bend\.wrist'"):
        load_messages("en").hint(Hint("bend", "left_wrist", 20.0))


def test_an_unknown_language_lists_those_there_are() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown language 'de'.*Known: en, id, ko, vi"):
        load_messages("de")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "id_ID", "LANG": "ko_KR"}, "id"),
        ({"LC_ALL": "", "LANG": "ko"}, "ko"),
        ({}, "en"),
    ],
)
def test_the_systems_language(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language
