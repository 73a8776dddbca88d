"""The schema of events says what ``to_json`` writes."""

import json

from pydantic import TypeAdapter

from laban.core.events import EVENT_KINDS, Event
from laban.live.schema import event_schema

EVENT = Event(
    id="a", kind="end", task="fall", label="fall", start_s=1.0, end_s=2.0, time_s=2.5, probability=0.5
)


def test_it_names_every_field_and_no_other() -> None:
    schema = event_schema()
    assert list(schema["properties"]) == list(EVENT.to_json())
    assert schema["additionalProperties"] is False
    assert schema["properties"]["kind"]["enum"] == list(EVENT_KINDS)
    assert json.loads(json.dumps(schema)) == schema


def test_what_is_written_is_what_it_describes() -> None:
    adapter = TypeAdapter(Event)
    assert adapter.dump_python(EVENT, mode="json") == EVENT.to_json()
    assert adapter.validate_python(EVENT.to_json()) == EVENT
