"""What ``laban reps`` and ``laban coach`` say of a count that may be wrong."""

from typing import Any

import pytest
from rich.console import Console

from laban.cli.coach.text import workout_words
from laban.cli.comparison_text import repetitions_words
from laban.pipeline.comparison.schema import repetitions_answer
from laban.tasks.coaching.exercise_file import load_exercise
from laban.tasks.coaching.feedback import DoneRepetition, Workout
from laban.tasks.coaching.messages import load_messages
from laban.tasks.comparison.repetitions import Repetition, Repetitions

LOST = "frames are missing in 1 place, for up to 0.37 s"
ONE = Repetition(0.0, 0.5, 1.0, {"left_knee": 40.0}, float("nan"))


def printed(value: Any) -> str:
    console = Console(width=200, record=True)
    with console.capture() as said:
        console.print(value)
    return said.get()


@pytest.mark.parametrize("count", [0, 2])
def test_repetitions_tell_their_warnings(count: int) -> None:
    found = Repetitions((ONE,) * count, "left_knee", warnings=(LOST,))
    assert f"⚠ {LOST}" in printed(repetitions_words(found))
    assert repetitions_answer(found).warnings == (LOST,)
    sure = Repetitions((ONE,) * count, "left_knee")
    assert "⚠" not in printed(repetitions_words(sure))
    assert repetitions_answer(sure).warnings == ()


def test_a_workout_tells_which_frame_rate_it_needed() -> None:
    exercise, words = load_exercise("squat"), load_messages("en")
    done = (DoneRepetition(0.0, 0.2, 0.4, 80.0, 60.0),)
    told = printed(workout_words(Workout("squat", 4.0, done, needed_fps=20.0), exercise, words))
    assert "the count may be wrong. Film at 20 frames a second or more." in told
    assert "⚠" not in printed(workout_words(Workout("squat", 4.0, done), exercise, words))
    assert Workout("squat", 4.0, done, needed_fps=20.0).answer().needed_fps == 20.0
