"""Labelled spans of time, as JSON holds them."""

from dataclasses import dataclass

from laban.core.answers.base import Answer
from laban.core.spans import Span, Timeline


@dataclass(frozen=True)
class SpanAnswer(Answer):
    """Somebody does something from one time to another."""

    task: str
    """The question that the label answers."""
    person: int | None
    """Who; null where it is said of nobody in particular."""
    label: str
    """What is being done."""
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
    """Who does what and when."""


def span_answer(span: Span) -> SpanAnswer:
    """A span as it is told.

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
    """A source's timeline as it is told."""
    return TimelineAnswer(source, tuple(map(span_answer, timeline)))
