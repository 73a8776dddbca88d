"""Something that a live watcher noticed: the same value for every kind of watcher."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from hashlib import blake2b
from typing import Literal, get_args

from laban.core.checks import in_range, unknown_message
from laban.errors import InvalidValueError

EventKind = Literal["begin", "update", "end"]
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)

_ID_BYTES = 8


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something began, changed or ended, as a live watcher noticed it. Times are seconds on the stream's clock.

    >>> fall = Event(id=event_id("fall", "fall", start_s=2.0), kind="begin", task="fall", label="fall",
    ...              start_s=2.0, time_s=2.5, probability=0.9)
    >>> Event.from_json(fall.to_json()) == fall
    True
    >>> fall.ended(4.0, time_s=4.5).kind, fall.ended(4.0, time_s=4.5).id == fall.id
    ('end', True)
    """

    id: str
    """The same for all events of one occurrence, from its beginning to its end."""
    kind: EventKind
    """Whether it began, continues with something new to report, or ended."""
    task: str
    """The question."""
    label: str
    """The answer to it."""
    person: int | None = None
    """The person it is about; null where that is unknown."""
    camera: str = ""
    """The camera that saw it; empty where the source has no name."""
    start_s: float
    """When it began, in seconds on the stream's clock."""
    end_s: float | None = None
    """When it ended, in seconds on the stream's clock; null as long as it goes on."""
    time_s: float
    """When this became known, in seconds on the stream's clock, which may be later."""
    probability: float | None = None
    """How sure a model is, 0 to 1; null where a rule decides."""
    reason: str = ""
    """Why, in words."""
    attachments: tuple[str, ...] = ()
    """Paths or addresses of files that belong to the event, such as an image or a clip."""

    def __post_init__(self) -> None:
        if self.kind not in EVENT_KINDS:
            raise InvalidValueError(
                f"the kind of an event must be one of {', '.join(EVENT_KINDS)}, got {self.kind!r}"
            )
        if not self.id or not self.task:
            raise InvalidValueError("an event needs an id and a task, got an empty one")
        in_range(self.start_s, name="start_s")
        in_range(self.time_s, name="time_s")
        if (self.end_s is not None) != (self.kind == "end"):
            raise InvalidValueError(
                f"end_s belongs to an event of kind 'end' and to no other, got {self.end_s!r} with {self.kind!r}"
            )
        if self.end_s is not None:
            in_range(self.end_s, name="end_s", low=self.start_s)
        if self.probability is not None:
            in_range(self.probability, name="probability", low=0.0, high=1.0)
        object.__setattr__(self, "attachments", tuple(self.attachments))

    def updated(self, *, time_s: float, reason: str | None = None, label: str | None = None) -> "Event":
        """The same occurrence still going on, with another reason or label where one is given."""
        return replace(
            self,
            kind="update",
            time_s=time_s,
            reason=self.reason if reason is None else reason,
            label=self.label if label is None else label,
        )

    def ended(self, end_s: float, *, time_s: float) -> "Event":
        """The end of the same occurrence. Raises InvalidValueError where that is before its beginning."""
        return replace(self, kind="end", end_s=end_s, time_s=time_s)

    def seen_by(self, camera: str) -> "Event":
        """The same event as one of ``camera``, with an id that no event of another camera has."""
        return replace(self, camera=camera, id=_digest(camera, self.id))

    def to_json(self) -> dict[str, object]:
        """The event as JSON holds it, all fields by name; ``from_json`` gives an equal event back."""
        return {**asdict(self), "attachments": list(self.attachments)}

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> "Event":
        """The event that ``to_json`` wrote.

        Raises InvalidValueError with the name of the field if one is unknown, missing or of the wrong type.
        """
        names = [one.name for one in fields(cls)]
        for name in value:
            if name not in names:
                raise InvalidValueError(unknown_message(name, names, what="field of an event"))
        lacking = [name for name in _NEEDED if name not in value]
        if lacking:
            raise InvalidValueError(f"an event needs {', '.join(_NEEDED)}; {', '.join(lacking)} is missing")
        return cls(**{name: _checked(name, one) for name, one in value.items()})  # type: ignore[arg-type]


_NEEDED = ("id", "kind", "task", "label", "start_s", "time_s")
_TYPES: Mapping[str, tuple[tuple[type, ...], str]] = {
    **dict.fromkeys(("id", "kind", "task", "label", "camera", "reason"), ((str,), "text")),
    **dict.fromkeys(("start_s", "time_s"), ((int, float), "a number of seconds")),
    "end_s": ((int, float, type(None)), "a number of seconds or null"),
    "probability": ((int, float, type(None)), "a number from 0 to 1 or null"),
    "person": ((int, type(None)), "a whole number or null"),
}


def event_id(task: str, label: str, *, start_s: float, person: int | None = None) -> str:
    """The id of what ``label`` answers to ``task`` of ``person`` from ``start_s`` on: the same every time.

    >>> event_id("fall", "fall", start_s=2.0) == event_id("fall", "fall", start_s=2.0)
    True
    >>> event_id("fall", "fall", start_s=2.0) == event_id("fall", "fall", start_s=2.0, person=1)
    False
    """
    return _digest(task, label, repr(person), f"{start_s:.6f}")


def _digest(*parts: str) -> str:
    text = "\x1f".join(parts)  # a separator that no name has, so that other parts never give the same text
    return blake2b(text.encode(), digest_size=_ID_BYTES).hexdigest()


def _checked(name: str, value: object) -> object:
    if name == "attachments":
        if (
            isinstance(value, Sequence)
            and not isinstance(value, str)
            and all(isinstance(one, str) for one in value)
        ):
            return tuple(value)
        raise InvalidValueError(f"attachments of an event must be a list of texts, got {value!r}")
    types, words = _TYPES[name]
    if not isinstance(value, types) or isinstance(value, bool) or _is_endless(value):
        raise InvalidValueError(f"{name} of an event must be {words}, got {value!r}")
    return value


def _is_endless(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
