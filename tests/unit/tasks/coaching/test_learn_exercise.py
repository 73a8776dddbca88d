"""Exercises learnt from somebody whose movement is known."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from laban.core.sequence import PoseSequence
from laban.errors import InvalidValueError
from laban.tasks.coaching.coach import coach_through
from laban.tasks.coaching.exercise import Exercise
from laban.tasks.coaching.exercise_file import load_exercise, parse_exercise
from laban.tasks.coaching.exercise_text import exercise_text
from laban.tasks.coaching.learn_exercise import learn_exercise

Trainee = Callable[..., PoseSequence]


def learnt(sequence: PoseSequence) -> Exercise:
    part = learn_exercise(sequence, name="learnt")
    return parse_exercise(exercise_text(part), where="learnt")


@pytest.mark.parametrize("name", ["squat", "biceps_curl", "overhead_reach", "push_up", "lunge"])
def test_an_exercise_is_learnt_from_its_repetitions(trainee: Trainee, name: str) -> None:
    known = load_exercise(name)
    exercise = learnt(trainee(known, repetitions=4, noise=0.01))
    assert not exercise.is_hold
    assert exercise.duration_s == pytest.approx(known.duration_s, rel=0.3)
    assert exercise.counting is not None
    _, workout = coach_through(exercise, trainee(known, repetitions=5, noise=0.01, seed=9, turn_deg=15))
    assert workout.count == 5
    assert workout.score_percent > 85
    assert not workout.hints


@pytest.mark.parametrize("name", ["squat", "overhead_reach"])
def test_keyframes_are_few(trainee: Trainee, name: str) -> None:
    part = learn_exercise(trainee(load_exercise(name), noise=0.01), name="learnt")
    assert 3 <= len(part.keyframes) <= 12
    assert len(exercise_text(part).splitlines()) < 300


def test_the_joint_that_moves_most_is_counted(trainee: Trainee) -> None:
    part = learn_exercise(trainee(load_exercise("biceps_curl")), name="curl")
    assert part.count is not None
    assert part.count.measure == "mean_elbow"
    assert part.count.turn < 100 < part.count.rest
    assert part.joints["left_elbow"].weight == 1.0
    assert part.joints["left_knee"].weight < 1.0


@pytest.mark.parametrize(("turn_deg", "view"), [(0.0, "front"), (85.0, "side"), (45.0, "any")])
def test_the_view_is_told(trainee: Trainee, turn_deg: float, view: str) -> None:
    assert learn_exercise(trainee(load_exercise("squat"), turn_deg=turn_deg), name="squat").view == view


def test_who_holds_still_makes_a_pose(trainee: Trainee) -> None:
    tree = load_exercise("tree")
    exercise = learnt(trainee(tree, noise=0.01))
    assert exercise.is_hold
    assert exercise.either_side
    assert exercise.counting is None
    for mirrored in (False, True):
        _, workout = coach_through(exercise, trainee(tree, mirrored=mirrored, seed=4, noise=0.01))
        assert workout.held_s == pytest.approx(4.0, abs=0.2)


def test_a_single_image_makes_a_pose(trainee: Trainee) -> None:
    still = trainee(load_exercise("warrior_two")).take(slice(0, 1))
    assert learnt(still).is_hold


def test_pixels_alone_are_enough(trainee: Trainee) -> None:
    squats = trainee(load_exercise("squat"), turn_deg=80.0, repetitions=4).replace(world_m=None)
    exercise = learnt(squats)
    assert exercise.reference.body is not None
    assert exercise.reference.body.shape[2] == 2
    assert coach_through(exercise, squats)[1].count == 4


def test_a_movement_that_never_comes_back_is_taken_whole(trainee: Trainee) -> None:
    reach = load_exercise("overhead_reach")
    up = trainee(reach, repetitions=1, rest_s=0.1).between(0.0, 2.1)
    exercise = learnt(up)
    assert exercise.duration_s == pytest.approx(2.0, abs=0.3)
    said, _ = coach_through(exercise, up)
    phases = np.array([one.phase for one in said])
    assert phases[-1] > 0.9
    assert (np.diff(phases[5:]) > -0.2).all()


def test_nobody_is_refused(trainee: Trainee) -> None:
    squats = trainee(load_exercise("squat"))
    assert squats.image_px is not None
    nobody = squats.replace(
        image_px=np.full_like(squats.image_px, np.nan),
        world_m=None,
        visibility=np.zeros_like(squats.visibility),
    )
    with pytest.raises(InvalidValueError, match="nobody is seen in the reference"):
        learn_exercise(nobody, name="none")
    with pytest.raises(InvalidValueError, match="nobody is seen in the reference"):
        learn_exercise(nobody.take(slice(0, 1)), name="none")


def test_spread_between_repetitions_makes_tolerance(trainee: Trainee) -> None:
    squat = load_exercise("squat")
    steady = learn_exercise(trainee(squat, repetitions=4), name="steady")
    parts = [trainee(squat, repetitions=2, depth=depth) for depth in (1.0, 0.7, 0.95, 0.75)]
    joined = replace(
        parts[0],
        times_s=np.arange(sum(map(len, parts))) / 30.0,
        visibility=np.concatenate([one.visibility for one in parts]),
        image_px=np.concatenate([one.image_px for one in parts]),
        world_m=np.concatenate([one.world_m for one in parts]),
    )
    varied = learn_exercise(joined, name="varied")
    assert varied.joints["left_knee"].tolerance_deg > steady.joints["left_knee"].tolerance_deg
