"""Posture over time: bands, slumps, breaks and sides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from laban.core.spans import Span
from laban.tasks.posture.rules import Direction, Severity

Band = Literal["unknown", "within", "slight", "moderate", "marked"]
BANDS: tuple[Band, ...] = ("unknown", "within", "slight", "moderate", "marked")


@dataclass(frozen=True)
class BandTimes:
    """How long a measure was in each band of a rule, in seconds."""

    measure: str
    direction: Direction
    seconds: Mapping[Band, float]

    @property
    def known_s(self) -> float:
        """How long the band was known."""
        return sum(value for band, value in self.seconds.items() if band != "unknown")

    def share(self, *bands: Band) -> float:
        """The share of the known time in ``bands``; NaN where none is known."""
        return sum(self.seconds[band] for band in bands) / self.known_s if self.known_s > 0 else float("nan")

    @property
    def beyond(self) -> float:
        """The share of the known time beyond the first limit."""
        return self.share("slight", "moderate", "marked")


@dataclass(frozen=True)
class SideTimes:
    """How long a measure of left compared with right was clearly to either side, in seconds; the rest was in the
    middle."""

    measure: str
    left_s: float
    right_s: float
    known_s: float

    @property
    def habitual(self) -> Literal["left", "right", ""]:
        """The side of more than half of the time, if any."""
        if self.known_s <= 0 or max(self.left_s, self.right_s) <= self.known_s / 2:
            return ""
        return "left" if self.left_s > self.right_s else "right"


@dataclass(frozen=True)
class Holding:
    """A posture over time.

    ``slumps`` are the spans in which a rule of slumping was beyond its limit, ``breaks`` those in which the person
    was away or off the seat. ``watched_s`` is all of the time, ``seen_s`` that with the person in the image.
    """

    watched_s: float
    seen_s: float
    bands: tuple[BandTimes, ...]
    sides: tuple[SideTimes, ...]
    slumps: tuple[Span, ...]
    breaks: tuple[Span, ...]

    @property
    def longest_slump(self) -> Span | None:
        """The longest of the slumps without interruption."""
        return max(self.slumps, key=lambda span: span.duration_s, default=None)

    @property
    def slump_s(self) -> float:
        """The total duration of slumps."""
        return sum(span.duration_s for span in self.slumps)


@dataclass(frozen=True)
class PostureEvent:
    """A change, known at ``time_s``.

    ``band``: ``measure`` went from band ``before`` to ``band``. ``slump`` and ``slump_end``, ``break`` and
    ``break_end``: one began or ended; ``since_s`` is when it began. ``remind``: a slump has lasted long enough for
    a reminder.
    """

    kind: Literal["band", "slump", "slump_end", "break", "break_end", "remind"]
    time_s: float
    since_s: float
    measure: str = ""
    direction: Direction | Literal[""] = ""
    band: Band | Literal[""] = ""
    before: Band | Literal[""] = ""
    value: float = float("nan")
    words: str = ""
    severity: Severity | None = None
