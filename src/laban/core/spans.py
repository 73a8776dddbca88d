"""Labelled spans of time."""

from collections.abc import Iterator
from dataclasses import dataclass

from laban.core.checks import in_range
from laban.errors import InvalidValueError


@dataclass(frozen=True, order=True)
class Span:
    """``label`` holds from ``start_s`` up to, but not including, ``end_s``, with probability ``score``.

    ``person`` is the person it is about, ``task`` the question that ``label`` answers, where there are several.
    """

    start_s: float
    end_s: float
    label: str = ""
    score: float = 1.0
    person: int | None = None
    task: str = ""

    def __post_init__(self) -> None:
        in_range(self.start_s, name="start_s")
        in_range(self.end_s, name="end_s")
        if self.end_s < self.start_s:
            raise InvalidValueError(f"a span must not end ({self.end_s}) before it starts ({self.start_s})")
        in_range(self.score, name="score", low=0.0, high=1.0)

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s

    def overlap_s(self, other: "Span") -> float:
        """Seconds that both spans share.

        >>> Span(0, 2).overlap_s(Span(1.5, 4))
        0.5
        """
        return max(0.0, min(self.end_s, other.end_s) - max(self.start_s, other.start_s))

    def contains(self, time_s: float) -> bool:
        return self.start_s <= time_s < self.end_s


@dataclass(frozen=True)
class Timeline:
    """Spans in order of time."""

    spans: tuple[Span, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "spans", tuple(sorted(self.spans, key=_order)))

    def __len__(self) -> int:
        return len(self.spans)

    def __iter__(self) -> Iterator[Span]:
        return iter(self.spans)

    def at(self, time_s: float) -> tuple[Span, ...]:
        """The spans that hold at ``time_s``."""
        return tuple(span for span in self.spans if span.contains(time_s))

    def of(self, person: int) -> "Timeline":
        """The spans of one person."""
        return Timeline(tuple(span for span in self.spans if span.person == person))


def _order(span: Span) -> tuple[float, float, str, str, int]:
    return span.start_s, span.end_s, span.label, span.task, -1 if span.person is None else span.person
