"""One hint at a time: when it comes, how long it stays, and what it says."""

import numpy as np
import pytest

from laban.tasks.coaching.feedback import Hint
from laban.tasks.coaching.hints import Candidate, HintBoard, joint_hint
from laban.tasks.coaching.smoothing import ConditionTimer, ExponentialMovingAverage

BEND = Candidate(Hint("bend", "left_knee", 20.0))
RAISE = Candidate(Hint("raise_arm", "right_shoulder", 30.0))
NOW = Candidate(Hint("deeper"), at_once=True)


def shown(board: HintBoard, candidates: list[Candidate], times_s: np.ndarray) -> list[str | None]:
    out = []
    for time_s in times_s:
        hint, _ = board.update(candidates, float(time_s))
        out.append(None if hint is None else hint.key)
    return out


def test_a_hint_comes_after_a_while_and_stays_for_a_while() -> None:
    board = HintBoard(after_s=0.5, least_s=1.0)
    assert shown(board, [BEND], np.arange(0.0, 0.5, 0.1)) == [None] * 5
    assert shown(board, [BEND], np.array([0.55])) == ["bend"]
    assert shown(board, [], np.arange(0.6, 1.5, 0.1)) == ["bend"] * 9
    assert shown(board, [], np.array([1.6])) == [None]


def test_a_better_reason_waits_for_its_turn() -> None:
    board = HintBoard(after_s=0.2, least_s=1.0)
    shown(board, [BEND], np.arange(0.0, 0.5, 0.1))
    assert shown(board, [RAISE, BEND], np.arange(0.5, 3.0, 0.1)) == ["bend"] * 25
    assert shown(board, [RAISE], np.arange(3.0, 3.5, 0.1))[-1] == "raise_arm"


def test_an_amount_changes_when_it_is_plainly_another() -> None:
    board = HintBoard(after_s=0.0, least_s=1.0)
    amounts = []
    for step, degrees in enumerate((20.0, 24.0, 17.0, 31.0, 33.0)):
        hint, _ = board.update([Candidate(Hint("bend", "left_knee", degrees))], step * 0.1)
        assert hint is not None
        amounts.append(hint.amount_deg)
    assert amounts == [20.0, 20.0, 20.0, 31.0, 31.0]


def test_what_has_happened_is_told_at_once_and_counted_once() -> None:
    board = HintBoard(after_s=5.0, least_s=1.0)
    assert board.update([NOW], 0.0) == (NOW.hint, True)
    assert board.update([NOW], 0.1) == (NOW.hint, False)


def test_a_reason_that_comes_and_goes_is_none() -> None:
    board = HintBoard(after_s=0.3, least_s=1.0)
    for step in range(40):
        hint, _ = board.update([BEND] if step % 3 else [], step * 0.1)
        assert hint is None


@pytest.mark.parametrize(
    ("joint", "difference_deg", "key"),
    [
        ("left_elbow", 20.0, "bend"),
        ("left_elbow", -20.0, "straighten"),
        ("right_knee", 15.0, "bend"),
        ("right_shoulder", -25.0, "raise_arm"),
        ("left_shoulder", 25.0, "lower_arm"),
        ("left_hip", -25.0, "straighten_hip"),
        ("left_hip", 25.0, "bend_hip"),
    ],
)
def test_the_direction_is_that_back_to_the_reference(joint: str, difference_deg: float, key: str) -> None:
    assert joint_hint(joint, difference_deg) == Hint(key, joint, abs(difference_deg))


def test_means_that_forget() -> None:
    lately = ExponentialMovingAverage(2, over_s=0.2)
    assert lately.update(np.array([10.0, np.nan]), 0.0).tolist()[0] == 10.0
    for step in range(1, 30):
        mean = lately.update(np.array([20.0, np.nan]), step / 30)
    assert mean[0] == pytest.approx(20.0, abs=0.1)
    assert np.isnan(mean[1])
    assert lately.update(np.array([np.nan, 1.0]), 1.5).tolist()[0] == pytest.approx(20.0, abs=0.1)
    assert np.isnan(lately.update(np.array([np.nan, 1.0]), 3.0)[0])


def test_conditions_that_last() -> None:
    lasting = ConditionTimer(1)
    assert lasting.update(np.array([True]), 1.0)[0] == 0.0
    assert lasting.update(np.array([True]), 1.5)[0] == 0.5
    assert np.isnan(lasting.update(np.array([False]), 2.0)[0])
    assert lasting.update(np.array([True]), 3.0)[0] == 0.0
