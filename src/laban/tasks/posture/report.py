"""The posture report: values with their intervals, and findings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from laban.tasks.posture.camera_roll import Level
from laban.tasks.posture.catalogue import MEASURES, Measure, spoken
from laban.tasks.posture.holding import Holding
from laban.tasks.posture.rules import Severity
from laban.tasks.posture.symmetry import SideIndex
from laban.tasks.posture.views import View

Verdict = Literal["within", "finding", "unsure", "no rule", "withheld"]
Stance = Literal["standing", "sitting", "lying", "unclear"]


@dataclass(frozen=True)
class Interval:
    """A value and its 95 % interval, as half widths of its components.

    ``noise`` is from the landmarks, ``roll`` from the uncertain vertical, ``proxy`` from estimated landmarks. They
    add up as squares.
    """

    value: float
    noise: float = 0.0
    roll: float = 0.0
    proxy: float = 0.0
    turn: float = 0.0

    @property
    def half(self) -> float:
        return float(np.sqrt(self.noise**2 + self.roll**2 + self.proxy**2 + self.turn**2))

    @property
    def low(self) -> float:
        return self.value - self.half

    @property
    def high(self) -> float:
        return self.value + self.half

    def scaled(self, factor: float, *, sd: float = 0.0) -> "Interval":
        """In another unit; ``sd`` is the factor's own uncertainty as a share of it, which adds to the proxy's."""
        proxy = float(np.hypot(self.proxy, 1.96 * sd * self.value))
        halves = (self.noise, self.roll, proxy, self.turn)
        return Interval(self.value * factor, *(half * factor for half in halves))


@dataclass(frozen=True)
class MeasuredValue:
    """One measure of one person: a value, or the ``reason`` why there is none, or why it is not a finding.

    Over time ``interval`` is of the median, ``spread`` from the 5th to the 95th percentile, and ``share`` the share
    of instants at which it could be measured. ``finding`` says in words what was found, with its ``severity``; with
    the verdict ``unsure`` the value lies beyond a limit, but not all of its interval does, or slightly changed
    images do not agree that it can be measured at all (``reason``). ``in_cm`` is given with
    the body's height.
    """

    name: str
    verdict: Verdict
    interval: Interval | None = None
    severity: Severity | None = None
    finding: str = ""
    source: str = ""
    reason: str = ""
    in_cm: Interval | None = None
    share: float = 1.0
    spread: tuple[float, float] | None = None

    @property
    def measure(self) -> Measure:
        return MEASURES[self.name]

    @property
    def meaning(self) -> str:
        """The value in words: how much, and which way.

        >>> MeasuredValue("trunk_shift", "within", Interval(-0.1)).meaning
        '0.10 torso right'
        """
        if self.interval is None:
            return ""
        measure, value = self.measure, self.interval.value
        way = self._ways[0]
        shown = spoken(abs(value) if way else value, measure.unit)
        none = float(shown.split()[0].strip("°−")) == 0
        return shown if none or not way else f"{shown} {way}"

    @property
    def range_words(self) -> str:
        """Its interval in words, counted the way that ``meaning`` names; the other way is named where it reaches
        there.

        >>> MeasuredValue("shoulder_tilt", "within", Interval(-20.0, 15.0)).range_words
        '5° to 35°'
        >>> MeasuredValue("shoulder_tilt", "within", Interval(-2.0, 5.0)).range_words
        '3° left higher to 7° right higher'
        """
        if self.interval is None:
            return ""
        ends = [self.interval.low, self.interval.high]
        way, other = self._ways
        if way and self.interval.value < 0:
            ends = [-ends[1], -ends[0]]
        least, most = (spoken(end, self.measure.unit).replace(" torso", "") for end in ends)
        if not (way and other) or not least.startswith("−"):
            return f"{least} to {most}"
        return f"{least[1:]} {other} to {most} {way}"

    @property
    def _ways(self) -> tuple[str, str]:
        """The meaning of the value's sign, and of the opposite one."""
        signs = self.measure.positive, self.measure.negative
        return signs if self.interval is not None and self.interval.value > 0 else (signs[1], signs[0])


@dataclass(frozen=True)
class PostureReport:
    """The posture of one person in one source.

    ``stance`` is what they mostly do, ``values`` holds every measure, withheld ones with their reason; ``unseen``
    says what cannot be seen from this view at all; ``holding`` is the posture over time, None for a single
    image; ``repeated`` compares left and right in repeated movement.
    """

    person: int
    view: View
    views: Mapping[str, float]
    stance: Stance
    level: Level
    values: tuple[MeasuredValue, ...]
    noise_origin: str
    rules_origin: str
    body_height_cm: float | None = None
    mirrored: bool = False
    unseen: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    holding: Holding | None = None
    repeated: tuple[SideIndex, ...] = field(default=())

    def __getitem__(self, name: str) -> MeasuredValue:
        """The measure called ``name``."""
        return next(one for one in self.values if one.name == name)

    @property
    def measured(self) -> tuple[MeasuredValue, ...]:
        """The measures that have a value."""
        return tuple(one for one in self.values if one.interval is not None)

    @property
    def findings(self) -> tuple[MeasuredValue, ...]:
        """The findings that are certainly beyond a limit, the most severe first."""
        order: Mapping[Severity | None, int] = {"marked": 0, "moderate": 1, "slight": 2}
        found = (one for one in self.values if one.verdict == "finding")
        return tuple(sorted(found, key=lambda one: order.get(one.severity, 3)))
