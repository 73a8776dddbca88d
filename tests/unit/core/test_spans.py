from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from laban.core.spans import Span, Timeline
from laban.errors import InvalidValueError


def test_a_span_has_its_start_and_not_its_end() -> None:
    span = Span(1.0, 2.0, "walk")
    assert [span.contains(time_s) for time_s in (0.999, 1.0, 1.999, 2.0)] == [False, True, True, False]


def test_spans_that_meet_share_no_instant() -> None:
    first, second = Span(0.0, 1.0), Span(1.0, 2.0)
    assert first.overlap_s(second) == 0
    assert not (first.contains(1.0) and second.contains(1.0))


def test_an_empty_span_holds_nowhere() -> None:
    empty = Span(1.0, 1.0)
    assert empty.duration_s == 0
    assert not empty.contains(1.0)


@pytest.mark.parametrize(
    ("one", "other", "shared_s"),
    [((0, 4), (1, 2), 1), ((0, 2), (1, 4), 1), ((0, 1), (3, 4), 0), ((-2, 1), (-1, 5), 2)],
)
def test_the_overlap_is_what_both_share(
    one: tuple[float, float], other: tuple[float, float], shared_s: float
) -> None:
    assert Span(*one).overlap_s(Span(*other)) == shared_s
    assert Span(*other).overlap_s(Span(*one)) == shared_s


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((2.0, 1.0), r"must not end \(1.0\) before it starts \(2.0\)"),
        ((float("nan"), 1.0), "start_s must be a finite number"),
        ((0.0, float("inf")), "end_s must be a finite number"),
        ((0.0, None), "end_s must be a finite number"),
        ((0.0, 1.0, "walk", 1.1), "score must be a finite number from 0 to 1"),
        ((0.0, 1.0, "walk", -0.1), "score must be a finite number from 0 to 1"),
    ],
)
def test_what_is_no_span_is_refused(values: Any, words: str) -> None:
    with pytest.raises(InvalidValueError, match=words):
        Span(*values)


def test_a_span_cannot_be_changed_and_can_be_a_key() -> None:
    with pytest.raises(FrozenInstanceError):
        Span(0.0, 1.0).end_s = 2.0  # type: ignore[misc]
    assert len({Span(0.0, 1.0, "walk"), Span(0.0, 1.0, "walk"), Span(0.0, 1.0, "run")}) == 2


def test_a_timeline_is_in_order_of_time() -> None:
    late, early = Span(2.0, 3.0, "run", person=1), Span(0.0, 3.0, "walk")
    short, other = Span(2.0, 2.5, "turn"), Span(2.0, 3.0, "jump", person=None)
    timeline = Timeline((late, early, other, short))
    assert list(timeline) == [early, short, other, late]
    assert len(timeline) == 4
    assert timeline == Timeline((short, other, late, early))


def test_what_holds_at_an_instant() -> None:
    walk, turn = Span(0.0, 2.0, "walk"), Span(1.0, 3.0, "turn")
    timeline = Timeline((walk, turn))
    assert timeline.at(1.5) == (walk, turn)
    assert timeline.at(2.0) == (turn,)
    assert timeline.at(3.0) == ()


def test_the_spans_of_one_person() -> None:
    mine, theirs, nobodys = Span(0, 1, "walk", person=0), Span(0, 1, "run", person=1), Span(0, 1)
    assert Timeline((mine, theirs, nobodys)).of(0) == Timeline((mine,))
    assert len(Timeline((nobodys,)).of(0)) == 0


def test_of_spans_alike_nobodys_comes_before_anybodys() -> None:
    second, first, nobodys = Span(0, 1, person=1), Span(0, 1, person=0), Span(0, 1)
    assert list(Timeline((second, first, nobodys))) == [nobodys, first, second]
