"""The parts of a track: bands with hysteresis, sides, and spans of time."""

import math
from bisect import bisect_left, insort
from collections import deque

from laban.core.spans import Span
from laban.tasks.posture.holding import BANDS, Band, BandTimes, PostureEvent, SideTimes
from laban.tasks.posture.rules import Rule, Rules
from laban.tasks.posture.settings import HoldingSettings

_NAN = float("nan")


class Stretch:
    """The spans in which something holds."""

    def __init__(self) -> None:
        self.since_s: float | None = None
        self._ended: list[Span] = []

    def step(self, time_s: float, *, on: bool) -> Span | None:
        """The span that begins or ended by this."""
        if on and self.since_s is None:
            self.since_s = time_s
            return Span(time_s, time_s)
        if not on and self.since_s is not None:
            self._ended.append(Span(self.since_s, time_s))
            self.since_s = None
            return self._ended[-1]
        return None

    def spans(self, end_s: float) -> list[Span]:
        return [*self._ended, *([Span(self.since_s, end_s)] if self.since_s is not None else [])]


class BandTrack:
    """The band of one rule: entered after a while beyond a limit, left after a while well inside it."""

    def __init__(self, rule: Rule, settings: HoldingSettings) -> None:
        self.rule, self._settings = rule, settings
        self._names: tuple[Band, ...] = ("unknown", "within", *rule.limits)
        self._limits, self._sign = tuple(rule.limits.values()), rule.sign
        self._state = 0  # of _names
        self._wish, self._since_s = 0, float("nan")
        self._seconds = dict.fromkeys(BANDS, 0.0)

    @property
    def band(self) -> int:
        """How severe the band is, by its place in ``BANDS``."""
        return BANDS.index(self._names[self._state])

    @property
    def slumping(self) -> bool:
        return self.rule.slump and self._state > 1

    @property
    def times(self) -> BandTimes:
        return BandTimes(self.rule.measure, self.rule.direction, dict(self._seconds))

    def step(self, time_s: float, value: float, *, lasted_s: float) -> PostureEvent | None:
        """The change from ``value``; the band before it lasted for ``lasted_s``. Called for every rule in every
        live frame."""
        self._seconds[self._names[self._state]] += lasted_s
        target = 0 if math.isnan(value) else self._target(value)
        if target == self._state:
            self._wish, self._since_s = 0, _NAN
            return None
        wish = 1 if target > max(self._state, 1) else -1
        if wish != self._wish:
            self._wish, self._since_s = wish, time_s
        patience_s = self._settings.enter_s if wish > 0 else self._settings.leave_s
        at_once = self._state == 0 and target == 1
        if at_once or time_s - self._since_s >= patience_s:
            before, self._state = self._names[self._state], target
            since_s, self._wish, self._since_s = self._since_s, 0, _NAN
            if {before, self._names[self._state]} != {"unknown", "within"}:
                return self._changed(time_s, since_s, value, before)
        return None

    def _changed(self, time_s: float, since_s: float, value: float, before: Band) -> PostureEvent:
        band = self._names[self._state]
        words = self.rule.finding if self._state > 1 else ""
        return PostureEvent(
            "band", time_s, since_s, self.rule.measure, self.rule.direction, band, before, value, words
        )

    def _target(self, value: float) -> int:
        entered = kept = 1
        for limit in self._limits:
            beyond = (value - limit) * self._sign
            entered += beyond > 0
            kept += beyond > -self.rule.hysteresis
        return max(entered, min(self._state, kept))


class RecentMedian:
    """The median of the values of the last ``over_s``, kept in order as they come and go."""

    def __init__(self, *, over_s: float) -> None:
        self._over_s = over_s
        self._values: deque[tuple[float, float]] = deque()
        self._ordered: list[float] = []

    def update(self, time_s: float, value: float) -> float:
        """The median at ``time_s``; NaN is no value, and the median of none."""
        values, ordered = self._values, self._ordered
        if not math.isnan(value):
            values.append((time_s, value))
            insort(ordered, value)
        while values and values[0][0] < time_s - self._over_s:
            del ordered[bisect_left(ordered, values.popleft()[1])]
        if not ordered:
            return _NAN
        half = len(ordered) // 2
        return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


class SideTrack:
    """How long a measure is on either side, by more than half of the way to its limit."""

    def __init__(self, measure: str, rules: Rules) -> None:
        self.measure = measure
        self._dead = min(abs(rule.first_limit) for rule in rules.of(measure)) / 2
        self._left_s = self._right_s = self._known_s = 0.0

    @property
    def times(self) -> SideTimes:
        return SideTimes(self.measure, self._left_s, self._right_s, self._known_s)

    def step(self, lasted_s: float, value: float) -> None:
        self._known_s += 0.0 if math.isnan(value) else lasted_s
        self._left_s += lasted_s if value > self._dead else 0.0
        self._right_s += lasted_s if value < -self._dead else 0.0
