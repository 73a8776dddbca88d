"""Who is coached: one person, whoever comes near, and the same one when they come back."""

import numpy as np
import pytest

from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33
from laban.errors import InvalidValueError
from laban.pipeline.recording.trainee import TraineeChoice

BODY = np.random.default_rng(0).uniform(0, 1, (33, 2)).astype(np.float32)
BIG, SMALL = 300.0, 100.0


def person(number: int, size_px: float = BIG) -> Pose:
    return Pose(BLAZEPOSE33, BODY * size_px, np.ones(33, np.float32), person=number)


def chosen(choice: TraineeChoice, *scenes: list[Pose], start_s: float = 0.0) -> list[int | None]:
    """Who is taken of each scene, ten of them a second."""
    found = [choice.update(scene, start_s + index / 10) for index, scene in enumerate(scenes)]
    return [None if one is None else one.person for one in found]


def test_the_biggest_is_taken_and_stays_whoever_comes_near() -> None:
    alone, both, nearer = [person(4)], [person(4), person(7, SMALL)], [person(4, SMALL), person(7, BIG)]
    choice = TraineeChoice()
    assert chosen(choice, both, alone, nearer, nearer) == [4, 4, 4, 4]
    assert choice.coached_s == {4: pytest.approx(0.3)}


def test_nobody_else_is_taken_for_a_while() -> None:
    choice = TraineeChoice(gone_s=1.0)
    assert chosen(choice, [person(1)], *[[person(2)]] * 9) == [1] + [None] * 9
    assert chosen(choice, [person(2)], [person(2)], start_s=1.0) == [2, 2]


def test_who_was_coached_longest_comes_first_when_they_are_back() -> None:
    choice = TraineeChoice(gone_s=0.5)
    first = chosen(choice, *[[person(1)]] * 20)
    away = chosen(choice, *[[person(2)]] * 8, start_s=2.0)
    back = chosen(choice, *[[person(1, SMALL), person(2)]] * 3, start_s=2.8)
    assert set(first) == {1}
    assert away == [None] * 4 + [2] * 4
    assert back == [None, 1, 1], "between two people nobody is, so that no repetition is of both"


def test_a_named_person_is_never_replaced() -> None:
    choice = TraineeChoice(person=2, gone_s=0.1)
    scenes = [[person(1)], [person(1), person(2, SMALL)], *[[person(1)]] * 20, [person(2, SMALL)]]
    assert chosen(choice, *scenes) == [None, 2, *[None] * 20, 2]


def test_nobody_and_people_without_identity_are_nobody() -> None:
    assert chosen(TraineeChoice(), [], [Pose(BLAZEPOSE33, BODY, np.ones(33, np.float32))]) == [None, None]


def test_a_time_to_wait_must_be_one() -> None:
    with pytest.raises(InvalidValueError, match="gone_s"):
        TraineeChoice(gone_s=0)
