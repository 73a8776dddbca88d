"""Alarms against events, by hand."""

import numpy as np
import pytest

from laban.core.spans import Span
from laban.errors import InvalidValueError
from laban.models.evaluation.event_metrics import WatchedClip, evaluate_events


def fall(start_s: float, end_s: float, person: int | None = None) -> Span:
    return Span(start_s, end_s, "fall", person=person)


def test_found_missed_false_and_late_are_counted() -> None:
    first = WatchedClip((fall(2, 4), fall(20, 21)), (fall(3, 5), fall(10, 11), fall(20.5, 21)), 1800, "one")
    second = WatchedClip((fall(5, 6),), (), 1800, "two")
    found = evaluate_events([first, second])
    assert (found.events, found.found, found.false_alarms, found.repeats) == (3, 2, 1, 0)
    assert found.recall == pytest.approx(2 / 3)
    assert found.false_alarms_per_hour == 1.0
    assert found.delays_s == (1.0, 0.5)
    assert found.delay_s(0.5) == 0.75
    assert found.false_negatives == ("two fall at 5.0 s",)
    assert found.false_positives == ("one fall at 10.0 s",)
    # of three events and three alarms, only the last pair shares half of their union
    assert found.f1 == pytest.approx(2 * 1 / 6)


def test_a_second_alarm_for_one_event_is_a_repeat_and_a_label_of_its_own_is_not_mixed_up() -> None:
    twice = evaluate_events([WatchedClip((fall(2, 8),), (fall(2, 3), fall(5, 6)), 10)])
    assert (twice.found, twice.repeats, twice.false_alarms) == (1, 1, 0)
    other = evaluate_events([WatchedClip((fall(2, 8),), (Span(2, 8, "fight"),), 10)])
    assert (other.found, other.false_alarms) == (0, 1)


def test_two_events_need_two_alarms() -> None:
    found = evaluate_events([WatchedClip((fall(2, 3), fall(3.5, 4.5)), (fall(2.5, 4),), 10)])
    assert (found.found, len(found.false_negatives)) == (1, 1)


def test_an_alarm_counts_from_when_it_was_told() -> None:
    clip = WatchedClip((fall(2, 4),), (fall(2.5, 5),), 10, raised_s=(4.5,))
    assert evaluate_events([clip]).delays_s == (2.5,)
    with pytest.raises(InvalidValueError, match="0 times for 1 alarms"):
        WatchedClip((), (fall(1, 2),), 10, raised_s=())


def test_alarms_for_everybody_in_a_scene_are_one_where_events_name_nobody() -> None:
    both = (fall(2, 4, 0), fall(2.5, 5, 1))
    assert evaluate_events([WatchedClip((fall(2, 5),), both, 10)]).repeats == 0
    assert evaluate_events([WatchedClip((), both, 3600)]).false_alarms == 1
    named = evaluate_events([WatchedClip((fall(2, 5, 1),), both, 10)])
    assert (named.found, named.false_alarms, named.delays_s) == (1, 1, (0.5,))


def test_an_alarm_long_before_or_after_belongs_to_nothing() -> None:
    late = evaluate_events([WatchedClip((fall(2, 3),), (fall(5.1, 6),), 10)])
    assert (late.found, late.false_alarms) == (0, 1)
    early = evaluate_events([WatchedClip((fall(5, 6),), (fall(1, 2),), 10)])
    assert (early.found, early.false_alarms) == (0, 1)


def test_nothing_that_happens_has_no_recall() -> None:
    found = evaluate_events([WatchedClip((), (), 3600)])
    assert np.isnan([found.recall, found.delay_s(0.5), found.f1]).all()
    assert found.false_alarms_per_hour == 0
