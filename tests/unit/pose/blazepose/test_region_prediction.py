"""Whom a slow stream goes on looking for, and where."""

import pytest

from laban.pose.blazepose.region_prediction import Followed, TrackedPeople, follow, still_missing
from laban.pose.blazepose.regions import Region


def followed(*, seen_s: float, since_s: float = 0.0) -> Followed:
    return Followed(((seen_s, Region(100.0, 100.0, 50.0)),), since_s)


@pytest.mark.parametrize(("gone_s", "is_looked_for"), [(0.5, True), (1.0, True), (1.1, False)])
def test_an_old_friend_is_looked_for_for_a_second(gone_s: float, is_looked_for: bool) -> None:
    before = TrackedPeople(people={3: followed(seen_s=5.0)})
    assert (3 in still_missing(before, {}, time_s=5.0 + gone_s)) is is_looked_for


@pytest.mark.parametrize(("followed_s", "is_looked_for"), [(1.8, False), (1.9, True), (3.0, True)])
def test_somebody_new_is_not_looked_for(followed_s: float, is_looked_for: bool) -> None:
    before = TrackedPeople(people={3: followed(seen_s=9.5, since_s=10.0 - followed_s)})
    assert (3 in still_missing(before, {}, time_s=10.0)) is is_looked_for


def test_whoever_is_found_is_not_missing_and_whoever_was_missing_stays_so() -> None:
    before = TrackedPeople(
        people={1: followed(seen_s=5.0)}, missing={2: followed(seen_s=4.6), 4: followed(seen_s=4.6)}
    )
    gone = still_missing(before, {1: followed(seen_s=5.2), 4: followed(seen_s=5.2)}, time_s=5.2)
    assert gone == {2: before.missing[2]}


def test_nobody_is_missing_where_nobody_was_known() -> None:
    assert still_missing(TrackedPeople(), {}, time_s=1.0) == {}


def test_the_time_since_somebody_was_first_found_is_kept() -> None:
    first = follow(None, Region(0.0, 0.0, 10.0), time_s=2.0)
    later = follow(first, Region(5.0, 0.0, 10.0), time_s=2.5)
    assert (first.since_s, later.since_s) == (2.0, 2.0)
    assert later.region == Region(5.0, 0.0, 10.0)
    assert [time_s for time_s, _ in later.track] == [2.5]  # what is older than a moment is forgotten
