"""Events: what one may hold, and that JSON gives it back."""

import json

import pytest
from tests.answers import check_schema

from laban.core.events import Event, event_id
from laban.errors import InvalidValueError

FALL = Event(
    id="a1",
    kind="begin",
    task="fall",
    label="fall",
    person=3,
    camera="hall",
    start_s=2.0,
    time_s=2.5,
    probability=0.875,
    reason="lies on the floor",
    attachments=("fall.jpg", "fall.mp4"),
)


@pytest.mark.parametrize(
    "event",
    [
        FALL,
        FALL.updated(time_s=3.0, reason="still lies there"),
        FALL.ended(4.25, time_s=4.5),
        Event(id="b", kind="begin", task="posture", label="", start_s=0, time_s=0),
    ],
)
def test_json_gives_the_same_event_back(event: Event) -> None:
    text = json.dumps(event.to_json(), allow_nan=False)
    assert Event.from_json(check_schema("event", text)) == event


def test_all_events_of_one_occurrence_share_its_id() -> None:
    later, last = FALL.updated(time_s=3.0), FALL.ended(4.0, time_s=4.5)
    assert {FALL.id, later.id, last.id} == {"a1"}
    assert (later.kind, later.reason, later.end_s) == ("update", FALL.reason, None)
    assert (last.kind, last.start_s, last.end_s, last.time_s) == ("end", 2.0, 4.0, 4.5)


def test_an_id_is_told_by_what_happened_to_whom_and_when_and_by_which_camera() -> None:
    one = event_id("fall", "fall", start_s=1.5, person=1)
    assert one == event_id("fall", "fall", start_s=1.5, person=1)
    others = {
        event_id("fall", "fall", start_s=1.5, person=2),
        event_id("fall", "fall", start_s=1.6, person=1),
        event_id("fight", "fall", start_s=1.5, person=1),
        event_id("fallf", "all", start_s=1.5, person=1),
        event_id("fall", "fall", start_s=1.5),
    }
    assert len(others | {one}) == 6
    hall, door = FALL.seen_by("hall"), FALL.seen_by("door")
    assert hall.camera == "hall"
    assert len({FALL.id, hall.id, door.id}) == 3
    assert hall.ended(4.0, time_s=4.0).id == FALL.ended(4.0, time_s=4.0).seen_by("hall").id


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "over"}, "must be one of begin, update, end, got 'over'"),
        ({"kind": 1}, "kind of an event must be text, got 1"),
        ({"id": ""}, "needs an id"),
        ({"task": ""}, "needs an id and a task"),
        ({"end_s": 3.0}, "kind 'end' and to no other"),
        ({"kind": "end"}, "kind 'end' and to no other"),
        ({"kind": "end", "end_s": 1.0}, "end_s must be a finite number from 2"),
        ({"start_s": "2"}, "start_s of an event must be a number of seconds, got '2'"),
        ({"start_s": True}, "start_s of an event must be a number of seconds"),
        ({"time_s": float("nan")}, "time_s of an event must be a number of seconds"),
        ({"probability": 1.5}, "probability must be a finite number from 0 to 1"),
        ({"person": 1.5}, "person of an event must be a whole number or null"),
        ({"attachments": "clip.mp4"}, "attachments of an event must be a list of texts"),
        ({"attachments": [1]}, "attachments of an event must be a list of texts"),
        ({"probabilty": 0.5}, "unknown field of an event 'probabilty'; did you mean 'probability'"),
    ],
)
def test_what_is_no_event_is_told_by_its_field(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        Event.from_json(FALL.to_json() | changes)


def test_what_is_missing_is_told() -> None:
    value = FALL.to_json()
    del value["time_s"]
    with pytest.raises(InvalidValueError, match="time_s is missing"):
        Event.from_json(value)


def test_numbers_that_are_no_numbers_are_refused_when_an_event_is_built() -> None:
    with pytest.raises(InvalidValueError, match="start_s"):
        Event(id="a", kind="begin", task="t", label="", start_s=float("nan"), time_s=0.0)
