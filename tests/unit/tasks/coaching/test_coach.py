"""A coach and trainees who do what is known beforehand."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from benchmarks.calls import calls_of

from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33
from laban.errors import InvalidValueError
from laban.tasks.coaching.coach import Coach, coach_through
from laban.tasks.coaching.exercise_file import load_exercise, shipped_exercises
from laban.tasks.coaching.feedback import Feedback
from laban.tasks.comparison.settings import CoachSettings

Trainee = Callable[..., PoseSequence]
MOVING = tuple(name for name in shipped_exercises() if not load_exercise(name).is_hold)
HELD = tuple(name for name in shipped_exercises() if load_exercise(name).is_hold)


def coached(name: str, trainee: Trainee, **how: Any) -> tuple[list[Feedback], Any]:
    exercise = load_exercise(name)
    return coach_through(exercise, trainee(exercise, **how))


@pytest.mark.parametrize("name", MOVING)
@pytest.mark.parametrize("fps", [5.0, 30.0, 120.0])
def test_repetitions_are_counted_at_any_frame_rate(trainee: Trainee, name: str, fps: float) -> None:
    said, workout = coached(name, trainee, fps=fps, noise=0.02, repetitions=4)
    assert workout.count == 4
    assert [one.count for one in said if one.done] == [1, 2, 3, 4]
    assert workout.score_percent > 80
    assert not workout.faults


@pytest.mark.parametrize("name", MOVING)
@pytest.mark.parametrize("fps", [2.0, 3.0, 7.5])
def test_slow_cameras_count_all_and_blame_nobody(trainee: Trainee, name: str, fps: float) -> None:
    _, workout = coached(name, trainee, fps=fps, noise=0.01, repetitions=4)
    assert workout.count == 4
    assert not workout.faults


@pytest.mark.parametrize("name", MOVING)
def test_an_uneven_clock_counts_all(trainee: Trainee, name: str) -> None:
    exercise = load_exercise(name)
    sequence = trainee(exercise, fps=40.0, noise=0.01, repetitions=4)
    rows = np.arange(1, len(sequence) - 1, 4)
    rows = rows + np.random.default_rng(0).integers(-1, 2, len(rows))
    _, workout = coach_through(exercise, sequence.take(np.isin(np.arange(len(sequence)), rows)))
    assert workout.count == 4


@pytest.mark.parametrize("fps", [2.0, 5.0, 60.0])
def test_a_pose_is_held_as_long_at_any_frame_rate(trainee: Trainee, fps: float) -> None:
    _, workout = coached("plank", trainee, fps=fps, hold_s=6.0, noise=0.01)
    assert workout.held_s == pytest.approx(6.0, abs=1 / fps + 0.05)


@pytest.mark.parametrize("name", MOVING)
def test_a_workout_without_a_repetition_has_no_score(trainee: Trainee, name: str) -> None:
    """Half a repetition: the trainee goes out, stays there, and the film ends."""
    exercise = load_exercise(name)
    sequence = trainee(exercise, repetitions=1, rest_s=0.5)
    half = sequence.take(sequence.times_s < 0.5 + exercise.duration_s * 0.45)
    said, workout = coach_through(exercise, half)
    assert any(np.isfinite(one.score_percent) for one in said)
    assert workout.count == 0
    assert np.isnan(workout.score_percent)
    assert workout.answer().score_percent is None


@pytest.mark.parametrize("name", MOVING)
@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0])
def test_the_phase_is_right_at_any_pace(trainee: Trainee, name: str, speed: float) -> None:
    exercise = load_exercise(name)
    rest_s = 0.6
    sequence = trainee(exercise, speed=speed, noise=0.01, rest_s=rest_s)
    said, _ = coach_through(exercise, sequence)
    lasting_s = exercise.duration_s / speed
    true = (sequence.times_s - rest_s) % (lasting_s + rest_s) / lasting_s
    moving = (sequence.times_s > rest_s) & (true > 0.02) & (true < 0.98)
    phases = np.array([one.phase for one in said])[moving]
    apart = np.abs((phases - true[moving] + 0.5) % 1 - 0.5)
    assert np.nanmedian(apart) <= 0.03


@pytest.mark.parametrize("name", HELD)
def test_a_pose_is_held_for_as_long_as_it_is(trainee: Trainee, name: str) -> None:
    said, workout = coached(name, trainee, hold_s=3.0, noise=0.01)
    assert workout.held_s == pytest.approx(3.0, abs=0.15)
    assert said[-1].level == "perfect"
    assert said[0].level != "perfect"  # it must be held for a moment
    assert workout.count == 0


def test_nobody_is_told_perfect_and_what_to_change_at_once(trainee: Trainee) -> None:
    said, _ = coached("warrior_two", trainee, bent={"left_knee": 35.0})
    hinted = [one for one in said if one.hint is not None]
    assert hinted
    assert max(one.score_percent for one in hinted) > CoachSettings().perfect_percent
    assert "perfect" not in {one.level for one in hinted}


@pytest.mark.parametrize("name", ["lunge", "tree", "warrior_two"])
def test_the_other_side_is_as_good_and_named(trainee: Trainee, name: str) -> None:
    own, workout = coached(name, trainee, noise=0.01)
    other, mirrored = coached(name, trainee, noise=0.01, mirrored=True)
    assert not own[-1].mirrored
    assert other[-1].mirrored
    assert mirrored.score_percent == pytest.approx(workout.score_percent, abs=2)


@pytest.mark.parametrize(("name", "joint"), [("tree", "left_knee"), ("warrior_two", "left_knee")])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_bent_joint_is_named_on_the_trainees_own_side(
    trainee: Trainee, name: str, joint: str, mirrored: bool
) -> None:
    said, _ = coached(name, trainee, bent={joint: 35.0}, mirrored=mirrored)
    own = joint.replace("left", "right") if mirrored else joint
    told = [one.hint for one in said[30:] if one.hint is not None and one.hint.joint is not None]
    assert told
    assert {(one.key, one.joint) for one in told} == {("straighten", own)}
    assert told[0].amount_deg == pytest.approx(35.0, abs=6)
    assert {one.joint for one in said[-1].joints if one.verdict == "differs"} == {own}


@pytest.mark.parametrize(("visibility", "told"), [(0.4, False), (0.6, True)])
def test_nothing_is_said_of_a_joint_that_is_hidden(trainee: Trainee, visibility: float, told: bool) -> None:
    exercise = load_exercise("tree")
    sequence = trainee(exercise, bent={"left_knee": 35.0})
    seen = sequence.visibility.copy()
    seen[:, BLAZEPOSE33.index("left_knee")] = visibility
    said, _ = coach_through(exercise, sequence.replace(visibility=seen))
    assert any(one.hint is not None and one.hint.joint == "left_knee" for one in said) == told
    verdicts = {one.joint: one.verdict for one in said[-1].joints}
    assert verdicts["left_knee"] == ("differs" if told else "unknown")


@pytest.mark.parametrize("name", shipped_exercises())
@pytest.mark.parametrize("seed", range(3))
def test_who_does_it_right_hears_nothing(trainee: Trainee, name: str, seed: int) -> None:
    said, workout = coached(name, trainee, noise=0.02, seed=seed, turn_deg=20.0)
    assert not workout.hints
    assert {one.hint for one in said} == {None}


def test_half_a_squat_is_none_and_is_told_so(trainee: Trainee) -> None:
    said, workout = coached("squat", trainee, depth=0.5)
    assert workout.count == 0
    assert workout.hints == {"deeper": 3}
    assert any(one.hint is not None and one.hint.key == "deeper" for one in said)


def test_haste_is_told_after_the_repetition(trainee: Trainee) -> None:
    _, workout = coached("squat", trainee, speed=3.5)
    assert workout.count == 3
    assert set(workout.hints) == {"slower"}


def test_hints_do_not_flicker(trainee: Trainee) -> None:
    said, _ = coached("plank", trainee, noise=0.04, bent={"left_knee": 25.0}, hold_s=10.0)
    settings = CoachSettings()
    changes = [after.time_s for before, after in pairwise(said) if repr(before.hint) != repr(after.hint)]
    assert (np.diff(changes) >= min(settings.hint_after_s, settings.hint_least_s) - 1e-9).all()
    assert len(changes) <= 6


def test_something_else_is_neither_counted_nor_scored(trainee: Trainee) -> None:
    squats = trainee(load_exercise("squat"), repetitions=3)
    said, workout = coach_through(load_exercise("plank"), squats)
    assert workout.held_s < 0.5
    assert {one.state for one in said[15:]} <= {"away", "hidden"}
    assert coach_through(load_exercise("push_up"), squats)[1].count == 0


def test_nobody_half_a_body_and_a_return(trainee: Trainee) -> None:
    exercise = load_exercise("squat")
    sequence = trainee(exercise, repetitions=1)
    coach = Coach(exercise)
    assert sequence.image_px is not None
    assert sequence.world_m is not None

    def pose(row: int, *, legs: bool = True) -> Pose:
        lost = np.array(
            [not legs and ("knee" in name or "ankle" in name or "hip" in name) for name in BLAZEPOSE33.names]
        )
        return Pose(
            BLAZEPOSE33,
            np.where(lost[:, None], np.nan, sequence.image_px[row]),
            np.where(lost, 0.0, sequence.visibility[row]),
            world_m=np.where(lost[:, None], np.nan, sequence.world_m[row]),
        )

    assert coach.update(None, 0.0).state == "absent"
    assert coach.update(pose(0, legs=False), 0.1).state == "hidden"
    start = 1.0
    for row in range(len(sequence)):
        last = coach.update(pose(row), start + float(sequence.times_s[row]))
    assert last.count == 1
    assert coach.update(None, 20.0).count == 1
    again = [coach.update(pose(row), 60.0 + float(sequence.times_s[row])) for row in range(len(sequence))]
    assert again[-1].count == 2
    assert coach.finish().seconds == pytest.approx(60.0 + sequence.times_s[-1])


def test_time_goes_forward(trainee: Trainee) -> None:
    coach = Coach(load_exercise("squat"))
    coach.update(None, 1.0)
    with pytest.raises(InvalidValueError, match=r"order of time, got 1\.000 s after 1\.000 s"):
        coach.update(None, 1.0)


def test_levels_follow_the_thresholds(trainee: Trainee) -> None:
    exercise = load_exercise("plank")
    sequence = trainee(exercise, bent={"left_knee": 60.0, "right_knee": 60.0, "left_elbow": 40.0})
    strict = CoachSettings(perfect_percent=100.0, fighting_percent=99.0, away=5.0)
    easy = CoachSettings(perfect_percent=10.0, fighting_percent=5.0, away=5.0, hint_after_s=60.0)
    assert coach_through(exercise, sequence, settings=strict)[0][-1].level == "fighting"
    assert coach_through(exercise, sequence, settings=easy)[0][-1].level == "perfect"


@pytest.mark.parametrize("wrong", [{"perfect_percent": 101.0}, {"hint_after_s": -1.0}, {"away": 0.0}])
def test_settings_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidValueError, match=next(iter(wrong))):
        CoachSettings(**wrong)


@pytest.mark.parametrize("name", ["squat", "biceps_curl", "lunge"])
@pytest.mark.parametrize("fps", [7.5, 10.0, 12.0, 15.0, 30.0])
def test_quick_repetitions_are_counted_at_any_rate_that_shows_them(
    trainee: Trainee, name: str, fps: float
) -> None:
    _, workout = coached(name, trainee, repetitions=6, speed=4.0, fps=fps, noise=0.01, rest_s=0.3)
    assert workout.count == 6
    assert workout.needed_fps is None or fps < 12.0  # of 0.6 s: at 10 frames a second it is hardly sure


@pytest.mark.parametrize(("name", "speed"), [("squat", 6.0), ("lunge", 4.0), ("push_up", 4.0)])
@pytest.mark.parametrize("fps", [3.0, 5.0])
def test_a_count_of_what_was_too_quick_for_the_frames_says_so(
    trainee: Trainee, name: str, speed: float, fps: float
) -> None:
    _, workout = coached(name, trainee, repetitions=6, speed=speed, fps=fps, rest_s=0.3)
    assert workout.needed_fps is not None
    assert fps < workout.needed_fps <= 20
    assert workout.answer().needed_fps == workout.needed_fps


@pytest.mark.parametrize("fps", [2.0, 3.0, 5.0, 30.0])
def test_a_usual_pace_needs_no_more_frames(trainee: Trainee, fps: float) -> None:
    _, workout = coached("squat", trainee, repetitions=3, fps=fps, noise=0.004, rest_s=1.0)
    assert (workout.count, workout.needed_fps) == (3, None)


def test_a_live_frame_costs_few_calls_and_one_sequence(
    trainee: Trainee, monkeypatch: pytest.MonkeyPatch
) -> None:
    exercise, built = load_exercise("squat"), []
    sequence = trainee(exercise, repetitions=1)
    poses = [
        Pose(
            sequence.skeleton, sequence.image_px[row], sequence.visibility[row], world_m=sequence.world_m[row]
        )
        for row in range(60)
    ]
    coach, check = Coach(exercise), PoseSequence.__post_init__
    calls = calls_of(lambda index: coach.update(poses[index], index / 30), frames=len(poses))
    assert np.median(calls[10:]) <= 698 / 4  # the first version made 698, and four sequences
    monkeypatch.setattr(PoseSequence, "__post_init__", lambda self: (built.append(1), check(self))[1])
    coach.update(poses[0], 10.0)
    assert len(built) == 1
