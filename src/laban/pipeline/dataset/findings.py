"""Findings of an audit, and its limits."""

from dataclasses import dataclass
from typing import Literal

from laban.core.answers.audit import FindingAnswer
from laban.core.checks import in_range, positive

Severity = Literal["fault", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("fault", "warning", "note")


@dataclass(frozen=True)
class Finding:
    """A fault of a dataset: which clips, in a sentence, and what to do.

    A ``fault`` makes metrics wrong, a ``warning`` may, a ``note`` is for information.
    """

    kind: str
    severity: Severity
    items: tuple[str, ...]
    sentence: str
    advice: str

    def answer(self) -> FindingAnswer:
        """The answer that is printed and written."""
        return FindingAnswer(self.kind, self.severity, self.items, self.sentence, self.advice)


@dataclass(frozen=True)
class AuditSettings:
    """The limits of an audit. ``apart_torso`` and ``alike`` say when two movements are one: their joints lie that
    many torso lengths apart (root mean square) at most, and correlate that much at least. ``window_s`` is the
    window that clips should fill; ``seen_share`` the least share of frames that should show anybody;
    ``imbalance`` the largest class by the smallest; ``rates`` the fastest frame rate by the slowest; with
    ``doubts`` False no labels are questioned."""

    apart_torso: float = 0.08
    alike: float = 0.97
    window_s: float = 2.0
    seen_share: float = 0.3
    imbalance: float = 5.0
    rates: float = 1.2
    doubts: bool = True

    def __post_init__(self) -> None:
        for name in ("apart_torso", "window_s"):
            positive(getattr(self, name), name=name)
        for name in ("alike", "seen_share"):
            in_range(getattr(self, name), name=name, low=0.0, high=1.0)
        for name in ("imbalance", "rates"):
            in_range(getattr(self, name), name=name, low=1.0)
