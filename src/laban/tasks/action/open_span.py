"""An open span, and the changes that are reported about it."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from laban.core.spans import Span


class Change(NamedTuple):
    """A span that begins (its end is the latest known time) or that has ended."""

    kind: Literal["begin", "end"]
    span: Span


@dataclass
class OpenSpan:
    """One label of one person from ``start_s`` on; ``told`` is true once its beginning has been reported."""

    label: str
    start_s: float
    end_s: float
    total: float
    steps: int = 1
    told: bool = False

    def extend(self, end_s: float, score: float) -> None:
        """Adds the next step, with its score."""
        self.end_s = end_s
        self.total += score
        self.steps += 1

    def span(self, *, person: int | None, task: str) -> Span:
        """The span so far; its score is the mean over its steps."""
        score = min(1.0, max(0.0, self.total / self.steps))
        return Span(self.start_s, self.end_s, self.label, score, person, task)
