"""A better look at somebody who had time to move between two frames."""

from dataclasses import dataclass

import numpy as np
import pytest

from laban.pose.blazepose.confirmation import ConfirmationSettings, find_again
from laban.pose.blazepose.landmarker import Body
from laban.pose.blazepose.regions import Region

SETTINGS = ConfirmationSettings()
HERE = Region(100.0, 100.0, 200.0)
THERE = Region(130.0, 100.0, 220.0)


def body(score: float, region: Region = HERE, *, following: Region = THERE, plausible: bool = True) -> Body:
    """A standing body; one that is not plausible has no trunk."""
    points = np.zeros((33, 2), np.float32)
    points[[11, 12], 1] = -40 if plausible else 0
    points[[25, 26], 1], points[[27, 28], 1] = 30, 60
    ones = np.ones(33, np.float32)
    return Body(
        *(region, following, points, 0 * ones, ones, ones),
        world_m=np.zeros((33, 3), np.float32),
        score=score,
        appearance=np.zeros(128, np.float32),
    )


@dataclass
class AppearanceFeatures:
    """Answers by region, and keeps what was asked; elsewhere there is a body of little score."""

    answers: dict[Region, Body]
    asked: list[Region]

    def __call__(self, region: Region) -> Body:
        self.asked.append(region)
        return self.answers.get(region, body(0.1, region))


def looking(*answers: tuple[Region, Body]) -> AppearanceFeatures:
    return AppearanceFeatures(dict(answers), [])


def test_a_second_look_where_the_network_said_is_taken() -> None:
    again = body(0.95, THERE)
    find = looking((THERE, again))
    assert find_again(body(0.9), find=find, settings=SETTINGS, searching=False) is again
    assert find.asked == [THERE]


@pytest.mark.parametrize(
    ("first", "second", "is_taken"),
    [
        (0.95, 0.7, True),  # sure enough, though less than the first
        (0.95, 0.69, False),
        (0.5, 0.5, True),  # no worse than the first
        (0.5, 0.49, False),
    ],
)
def test_a_second_look_that_is_less_sure_is_not_taken(first: float, second: float, is_taken: bool) -> None:
    one, again = body(first), body(second, THERE)
    find = looking((THERE, again))
    assert (find_again(one, find=find, settings=SETTINGS, searching=False) is again) is is_taken


def test_a_second_look_that_can_be_no_body_is_not_taken() -> None:
    one, again = body(0.8), body(0.99, THERE, plausible=False)
    assert find_again(one, find=looking((THERE, again)), settings=SETTINGS, searching=False) is one


def test_somebody_hardly_seen_is_searched_for_in_larger_and_turned_squares() -> None:
    find = looking()
    find_again(body(0.4), find=find, settings=SETTINGS, searching=True)
    sides = [round(region.side_px / HERE.side_px, 2) for region in find.asked[:-1]]
    turns = [round(region.turn_rad, 2) for region in find.asked[:-1]]
    assert sides == [1.15, 1.3, 1.5, 1.15, 1.15]
    assert turns == [0, 0, 0, 1.57, -1.57]
    assert find.asked[-1] == THERE


@pytest.mark.parametrize(("score", "looks"), [(0.89, 6), (0.9, 1)])
def test_somebody_surely_seen_is_not_searched_for(score: float, looks: int) -> None:
    find = looking()
    find_again(body(score), find=find, settings=SETTINGS, searching=True)
    assert len(find.asked) == looks


def test_the_surest_body_of_a_search_is_looked_at_once_more() -> None:
    elsewhere = Region(160.0, 100.0, 230.0)
    larger = HERE.scaled(1.3)
    found, again = body(0.85, larger, following=elsewhere), body(0.9, elsewhere)
    find = looking((larger, found), (elsewhere, again))
    assert find_again(body(0.4), find=find, settings=SETTINGS, searching=True) is again


def test_a_body_that_can_be_one_comes_before_a_surer_one_that_cannot() -> None:
    larger = HERE.scaled(1.15)
    odd = body(0.99, larger, plausible=False)
    one = body(0.4)
    assert find_again(one, find=looking((larger, odd)), settings=SETTINGS, searching=True) is one
