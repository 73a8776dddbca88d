"""A coach who sees a trainee pose by pose says what one says who is given the recording, and looks at no future."""

from collections.abc import Callable

import numpy as np
import pytest

from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.tasks.coaching.coach import Coach, coach_through
from laban.tasks.coaching.exercise_file import load_exercise, shipped_exercises
from laban.tasks.coaching.feedback import Feedback

Trainee = Callable[..., PoseSequence]
CASES = {
    "plain": {},
    "uneven and noisy": {"noise": 0.03, "fps": 17.0, "turn_deg": 40.0},
    "fast camera": {"fps": 120.0, "repetitions": 1, "hold_s": 1.0},
    "slow camera": {"fps": 5.0},
    "other side": {"mirrored": True},
}


def pose_at(sequence: PoseSequence, row: int) -> Pose:
    assert sequence.image_px is not None
    return Pose(
        sequence.skeleton,
        sequence.image_px[row],
        sequence.visibility[row],
        world_m=None if sequence.world_m is None else sequence.world_m[row],
    )


def streamed(coach: Coach, sequence: PoseSequence) -> list[Feedback]:
    return [
        coach.update(pose_at(sequence, row) if seen else None, float(time_s))
        for row, (time_s, seen) in enumerate(zip(sequence.times_s, sequence.seen, strict=True))
    ]


def same(first: Feedback, second: Feedback) -> bool:
    return repr(first) == repr(second)  # NaN is told as nan in both


def with_gaps(sequence: PoseSequence, seed: int = 3) -> PoseSequence:
    """Without the person now and then, once for three seconds, and with joints that come and go."""
    rng = np.random.default_rng(seed)
    assert sequence.image_px is not None
    assert sequence.world_m is not None
    gone = rng.random(len(sequence)) < 0.05
    gone[(sequence.times_s > 1.0) & (sequence.times_s < 4.0)] = True
    lost = (rng.random(sequence.visibility.shape) < 0.03) | gone[:, None]
    return sequence.replace(
        image_px=np.where(lost[..., None], np.nan, sequence.image_px),
        world_m=np.where(lost[..., None], np.nan, sequence.world_m),
        visibility=np.where(lost, 0.0, sequence.visibility),
    )


@pytest.mark.parametrize("name", shipped_exercises())
@pytest.mark.parametrize("case", CASES)
def test_streaming_equals_offline(trainee: Trainee, name: str, case: str) -> None:
    exercise = load_exercise(name)
    sequence = with_gaps(trainee(exercise, **CASES[case]))
    coach = Coach(exercise)
    said, workout = coach_through(exercise, sequence)
    live = streamed(coach, sequence)
    assert len(live) == len(said)
    assert all(same(one, other) for one, other in zip(live, said, strict=True))
    assert repr(coach.finish()) == repr(workout)


@pytest.mark.parametrize("name", ["squat", "tree"])
def test_nothing_of_the_future_is_used(trainee: Trainee, name: str) -> None:
    exercise = load_exercise(name)
    sequence = trainee(exercise, noise=0.02)
    cut = len(sequence) // 2
    assert sequence.image_px is not None
    assert sequence.world_m is not None
    rng = np.random.default_rng(1)
    changed = sequence.replace(
        image_px=np.concatenate([sequence.image_px[:cut], rng.permutation(sequence.image_px[cut:])]),
        world_m=np.concatenate([sequence.world_m[:cut], rng.permutation(sequence.world_m[cut:])]),
    )
    before, after = (coach_through(exercise, one)[0][:cut] for one in (sequence, changed))
    assert all(same(one, other) for one, other in zip(before, after, strict=True))


def test_pixels_alone_give_the_same_twice(trainee: Trainee) -> None:
    exercise = load_exercise("squat")
    sequence = with_gaps(trainee(exercise)).replace(world_m=None)
    said, _ = coach_through(exercise, sequence)
    assert all(same(one, other) for one, other in zip(streamed(Coach(exercise), sequence), said, strict=True))
