"""Exercises as files: what is written is read again, and what is wrong is refused with its place and its reason."""

from pathlib import Path

import numpy as np
import pytest

from laban.core.space import Space
from laban.errors import FormatError, InvalidValueError, UnknownNameError
from laban.features.angles import MAIN_ANGLES, compute_joint_angles
from laban.tasks.coaching.exercise_file import load_exercise, parse_exercise, save_exercise, shipped_exercises
from laban.tasks.coaching.exercise_parts import ExercisePart
from laban.tasks.coaching.exercise_text import exercise_text
from laban.tasks.coaching.feedback import Hint
from laban.tasks.coaching.form_measures import form_measure
from laban.tasks.coaching.learn_exercise import learn_exercise
from laban.tasks.coaching.messages import load_messages

SHIPPED = (
    "biceps_curl",
    "downward_dog",
    "lunge",
    "overhead_reach",
    "plank",
    "push_up",
    "squat",
    "tree",
    "warrior_two",
)


def text_of(name: str) -> str:
    from importlib import resources

    return resources.files("laban.tasks.coaching").joinpath("exercises", f"{name}.toml").read_text("utf-8")


def test_what_is_shipped() -> None:
    assert shipped_exercises() == SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_exercise_is_whole(name: str) -> None:
    exercise = load_exercise(name)
    assert exercise.name == name
    assert exercise.source
    assert exercise.joints.keys() <= set(MAIN_ANGLES)
    assert all(fault.source for fault in exercise.faults)
    angles = compute_joint_angles(exercise.reference, space=Space.BODY, names=MAIN_ANGLES)
    assert np.isfinite(angles.values).all()
    assert exercise.is_hold == (exercise.counting is None)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_reference_breaks_no_rule_and_passes_both_thresholds(name: str) -> None:
    exercise = load_exercise(name)
    for fault in exercise.faults:
        values = form_measure(fault.measure, exercise.reference, space=Space.BODY)
        assert fault.above is None or values.max() < fault.above
        assert fault.below is None or values.min() > fault.below
    if exercise.counting is not None:
        values = form_measure(exercise.counting.measure, exercise.reference, space=Space.BODY)
        low, high = sorted((exercise.counting.rest, exercise.counting.turn))
        assert values.min() < low < high < values.max()


@pytest.mark.parametrize("language", ["en", "id", "vi", "ko"])
@pytest.mark.parametrize("name", SHIPPED)
def test_every_fault_has_a_sentence_in_every_language(name: str, language: str) -> None:
    words = load_messages(language)
    assert all(words.hint(Hint(f"fault:{fault.name}")) for fault in load_exercise(name).faults)


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_written_is_read_again(name: str, tmp_path: Path) -> None:
    import tomllib

    part = ExercisePart.model_validate(tomllib.loads(text_of(name)))
    assert ExercisePart.model_validate(tomllib.loads(exercise_text(part))) == part
    again = load_exercise(save_exercise(part, tmp_path / "again.toml"))
    assert again.reference == load_exercise(name).reference
    assert dict(again.joints) == dict(load_exercise(name).joints)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('title = "Squat"', 'titel = "Squat"', r"unknown key 'titel'; did you mean 'title'\?"),
        ("left_hip = {", "left_hipp = {", r"unknown joint angle 'left_hipp'; did you mean 'left_hip'\?"),
        (
            "tolerance_deg = 20.0",
            "tolerance = 20.0",
            r"unknown key of joints\.left_hip 'tolerance'; did you mean 'tolerance_deg'",
        ),
        ("tolerance_deg = 20.0", "tolerance_deg = -1.0", "joints.left_hip.tolerance_deg: .*greater than 0"),
        (
            'measure = "mean_knee"',
            'measure = "mean_kne"',
            r"unknown measure 'mean_kne'; did you mean 'mean_knee'\?",
        ),
        ("rest = 150.0", "rest = nan", "count.rest: .*finite"),
        ("rest = 150.0", "rest = 112.0", "rest and turn must differ"),
        ("out_s = [0.6, 4.0]", "out_s = [4.0, 0.6]", "from the least to the most"),
        ("below = 0.65", "below = 0.65\nabove = 2.0", "one threshold"),
        ("time_s = 1.2", "time_s = 9.9", "in order of time"),
        ("nose = [0.0, -1.4, -0.3]", "nose = [0.0]", "nose"),
        ("nose = [0.0, -1.4, -0.3]", "nose = [0.0, -1.4]", "two coordinates, or all three"),
        ("left_hip = [0.19, 0.0, 0.0]", "", "main joints, left_hip not given"),
        ("left_hip = [0.19, 0.0, 0.0]", "left_hop = [0.19, 0.0, 0.0]", "did you mean 'left_hip'"),
        ('name = "squat"', 'name = "../squat"', "name: "),
        ('name = "feet_too_narrow"', 'name = "knees_inside_feet"', "two faults have one name"),
        ('name = "squat"', "name = ", "is not TOML"),
    ],
)
def test_what_is_wrong_is_refused_with_its_reason(old: str, new: str, reason: str) -> None:
    text = text_of("squat")
    assert old in text
    with pytest.raises(FormatError, match=reason) as caught:
        parse_exercise(text.replace(old, new, 1), where="squat.toml")
    assert str(caught.value).startswith("squat.toml ")
    assert "\n" not in str(caught.value)


def test_a_pose_has_no_count() -> None:
    text = text_of("plank").replace(
        "[joints]", '[count]\nmeasure = "mean_knee"\nrest = 1\nturn = 2\n[joints]', 1
    )
    with pytest.raises(FormatError, match="a pose that is held"):
        parse_exercise(text, where="plank.toml")


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown exercise 'squad'; did you mean 'squat'\?"):
        load_exercise("squad")
    binary = tmp_path / "a.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FormatError, match="as exercise"):
        load_exercise(binary)
    clip = tmp_path / "good.mp4"
    clip.write_bytes(b"\x00")
    with pytest.raises(FormatError, match=r"laban coach learn .*good\.mp4 -o good\.toml"):
        load_exercise(clip)
    empty = tmp_path / "b.toml"
    empty.write_text("")
    with pytest.raises(FormatError, match="name: "):
        load_exercise(empty)
    with pytest.raises(UnknownNameError):
        load_exercise(tmp_path)


def test_text_survives_quotes_and_lines(tmp_path: Path, trainee: object) -> None:
    reference = load_exercise("tree").reference
    part = learn_exercise(reference, name="tree_two", title='The "tree" \\ two', source="a\nb")
    again = load_exercise(save_exercise(part, tmp_path / "tree.toml"))
    assert again.title == 'The "tree" \\ two'
    assert again.source == "a\nb"


def test_an_exercise_needs_a_reference_in_torso_lengths(trainee: object) -> None:
    from dataclasses import replace

    exercise = load_exercise("tree")
    body = exercise.reference.body
    with pytest.raises(InvalidValueError, match="torso lengths"):
        replace(exercise, reference=exercise.reference.replace(world_m=body, body=None))
