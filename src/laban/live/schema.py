"""The JSON Schema of what live watchers tell."""

from functools import lru_cache

from laban.core.events import Event


@lru_cache(maxsize=1)
def event_schema() -> dict[str, object]:
    """The JSON Schema of an event, as ``Event.to_json`` writes it and ``Event.from_json`` takes it.

    >>> event_schema()["required"]
    ['id', 'kind', 'task', 'label', 'start_s', 'time_s']
    """
    from pydantic import TypeAdapter

    return {**TypeAdapter(Event).json_schema(), "additionalProperties": False}
