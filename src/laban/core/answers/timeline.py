"""Labelled spans of time, as JSON holds them."""

from dataclasses import dataclass

from laban.core.answers.base import Answer
from laban.core.events import Event, EventKind
from laban.core.spans import Span, Timeline


@dataclass(frozen=True)
class SpanAnswer(Answer):
    """A label that holds from one time to another."""

    task: str
    """The question that the label answers."""
    person: int | None
    """The person; null where it is about no particular person."""
    label: str
    """The label."""
    start_s: float
    """When it begins, in seconds of the source."""
    end_s: float
    """When it ends, in seconds of the source."""
    score: float
    """Probability of the label, 0 to 1."""


@dataclass(frozen=True)
class TimelineAnswer(Answer):
    """One source with its spans in order of time."""

    source: str
    """The source, as it was given."""
    spans: tuple[SpanAnswer, ...]
    """The labelled spans."""


@dataclass(frozen=True, kw_only=True)
class WatchLine(Answer):
    """A line of ``laban watch``: something began or ended. Fields that do not apply are omitted."""

    kind: EventKind
    """Whether it began, continues with something new to report, or ended."""
    task: str
    """The question that the label answers."""
    label: str
    """The label."""
    person: int | None
    """The person; null where it is about no particular person."""
    start_s: float
    """When it began, in seconds of the stream."""
    end_s: float | None = None
    """When it ended, in seconds of the stream."""
    score: float | None
    """Probability of the label, 0 to 1; null where a rule decides."""
    time_s: float
    """When this became known, in seconds of the stream."""
    id: str
    """The same for all lines about one occurrence."""
    at: str | None = None
    """Date and time of the line, ISO 8601 in UTC, where that was asked for."""


def watch_line(event: Event, *, at: str | None = None) -> WatchLine:
    """An event as ``laban watch`` tells it."""
    return WatchLine(
        kind=event.kind,
        task=event.task,
        label=event.label,
        person=event.person,
        start_s=round(event.start_s, 6),
        end_s=None if event.end_s is None else round(event.end_s, 6),
        score=None if event.probability is None else round(event.probability, 4),
        time_s=round(event.time_s, 6),
        id=event.id,
        at=at,
    )


def span_answer(span: Span) -> SpanAnswer:
    """A span as an answer.

    >>> span_answer(Span(1.0, 2.5, "fall", 0.91, 3, "fall")).to_json()
    {'task': 'fall', 'person': 3, 'label': 'fall', 'start_s': 1.0, 'end_s': 2.5, 'score': 0.91}
    """
    return SpanAnswer(
        task=span.task,
        person=span.person,
        label=span.label,
        start_s=round(span.start_s, 6),
        end_s=round(span.end_s, 6),
        score=round(span.score, 4),
    )


def timeline_answer(source: str, timeline: Timeline) -> TimelineAnswer:
    """A source's timeline as an answer."""
    return TimelineAnswer(source, tuple(map(span_answer, timeline)))
