"""Several visits of one person: changes beyond the measurement error."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from laban.errors import InvalidValueError
from laban.tasks.posture.report import Interval, PostureReport


@dataclass(frozen=True)
class Change:
    """One measure at each visit, None where it could not be taken, and how it changed since the first.

    ``changes`` are the later values less the first, ``errors`` the half widths within which 95 of 100 such
    differences fall where nothing has changed. The error of estimated landmarks is the same at each visit and left
    out.
    """

    name: str
    values: tuple[float | None, ...]
    changes: tuple[float | None, ...]
    errors: tuple[float | None, ...]

    @property
    def sure(self) -> tuple[bool, ...]:
        """Whether each change exceeds the measurement error."""
        return tuple(
            change is not None and error is not None and abs(change) > error
            for change, error in zip(self.changes, self.errors, strict=True)
        )


def compare_visits(reports: Sequence[PostureReport]) -> tuple[Change, ...]:
    """What changed from the first visit to each later one, for every measure taken at two visits or more.

    Raises InvalidValueError for fewer than two reports.
    """
    if len(reports) < 2:
        raise InvalidValueError(f"a change needs two visits or more, got {len(reports)}")
    found = []
    for one in reports[0].values:
        intervals = [report[one.name].interval for report in reports]
        if sum(interval is not None for interval in intervals) >= 2:
            found.append(_change(one.name, intervals))
    return tuple(found)


def _change(name: str, intervals: Sequence[Interval | None]) -> Change:
    first = next(interval for interval in intervals if interval is not None)
    later = [interval if interval is not first else None for interval in intervals]
    return Change(
        name,
        tuple(None if one is None else one.value for one in intervals),
        tuple(None if one is None else one.value - first.value for one in later),
        tuple(None if one is None else _error(first, one) for one in later),
    )


def _error(first: Interval, second: Interval) -> float:
    parts = [getattr(one, name) for one in (first, second) for name in ("noise", "roll", "turn")]
    return float(np.sqrt(np.square(parts).sum()))
