"""One person's posture from instant to instant: the state, and its changes."""

from collections.abc import Mapping

import numpy as np

from laban.tasks.posture.catalogue import MEASURES
from laban.tasks.posture.holding import Holding, PostureEvent
from laban.tasks.posture.observation import Stance
from laban.tasks.posture.rules import Rules
from laban.tasks.posture.settings import HoldingSettings
from laban.tasks.posture.track_parts import BandTrack, RecentMedian, SideTrack, Stretch

_LONGEST_STEP_S = 2.0
"""The time between two frames further apart than this was not watched."""


class Track:
    """Takes values instant by instant; the same values give the same events and summary, streamed or not."""

    def __init__(self, rules: Rules, settings: HoldingSettings) -> None:
        self._settings = settings
        self._bands = [BandTrack(rule, settings) for rule in rules.rules]
        self._sides = [SideTrack(name, rules) for name in _lateral(rules)]
        self._slumping = [one for one in self._bands if one.rule.slump]
        self._recent = {rule.measure: RecentMedian(over_s=settings.smooth_s) for rule in rules.rules}
        self.measures = tuple(self._recent)
        """The measures whose values are needed."""
        self._slump = Stretch()
        self._off = Stretch()
        self._first_s = self._last_s = float("nan")
        self._seen = False
        self._seen_s = self._sat_s = 0.0
        self._reminded_s = -np.inf

    def step(
        self, time_s: float, values: Mapping[str, float], *, seen: bool, stance: Stance
    ) -> list[PostureEvent]:
        """The next instant: ``values`` of ``measures``, NaN where there is none. Returns the changes."""
        lasted_s = self._lasted(time_s)
        self._count(lasted_s, stance)
        smooth = {}
        for name, recent in self._recent.items():
            smooth[name] = recent.update(time_s, values[name])
        changes = []
        for one in self._bands:
            event = one.step(time_s, smooth[one.rule.measure], lasted_s=lasted_s)
            if event is not None:
                changes.append(event)
        for side in self._sides:
            side.step(lasted_s, smooth[side.measure])
        changes += self._broken(time_s, off=not seen or (stance == "standing" and self._sat))
        changes += self._slumped(time_s)
        self._seen, self._last_s = seen, time_s
        return changes

    def holding(self) -> Holding:
        """The summary so far, with open spans ending now."""
        watched_s = 0.0 if np.isnan(self._first_s) else self._last_s - self._first_s
        least_s = self._settings.break_s
        breaks = [span for span in self._off.spans(self._last_s) if span.duration_s >= least_s]
        return Holding(
            watched_s,
            self._seen_s,
            tuple(one.times for one in self._bands),
            tuple(one.times for one in self._sides),
            tuple(self._slump.spans(self._last_s)),
            tuple(breaks),
        )

    @property
    def _sat(self) -> bool:
        return self._sat_s >= self._settings.break_s

    def _lasted(self, time_s: float) -> float:
        """Seconds since the previous instant; 0 at the first, and after an unwatched gap."""
        if np.isnan(self._first_s):
            self._first_s = time_s
            return 0.0
        step_s = time_s - self._last_s
        return step_s if step_s <= _LONGEST_STEP_S else 0.0

    def _count(self, lasted_s: float, stance: Stance) -> None:
        self._seen_s += lasted_s if self._seen else 0.0
        self._sat_s += lasted_s if stance == "sitting" else 0.0

    def _slumped(self, time_s: float) -> list[PostureEvent]:
        worst = max([one for one in self._slumping if one.slumping], key=lambda one: one.band, default=None)
        settings, change = self._settings, self._slump.step(time_s, on=worst is not None)
        events = []
        if change:
            events.append(PostureEvent("slump" if worst else "slump_end", time_s, change.start_s))
        since_s = self._slump.since_s
        if worst is None or since_s is None or time_s - since_s < settings.remind_after_s:
            return events
        if time_s - self._reminded_s >= settings.remind_every_s:
            self._reminded_s = time_s
            events.append(
                PostureEvent("remind", time_s, since_s, worst.rule.measure, words=worst.rule.finding)
            )
        return events

    def _broken(self, time_s: float, *, off: bool) -> list[PostureEvent]:
        """A break is known once it has lasted long enough; then all open spans end."""
        before = self._off.since_s
        self._off.step(time_s, on=off)
        since_s, least_s = self._off.since_s, self._settings.break_s
        events = []
        if since_s is not None and time_s - since_s >= least_s > self._last_s - since_s:
            events.append(PostureEvent("break", time_s, since_s))
        if since_s is None and before is not None and time_s - before >= least_s:
            events.append(PostureEvent("break_end", time_s, before))
        return events


def _lateral(rules: Rules) -> list[str]:
    """The measures with rules whose sign distinguishes left from right."""
    ruled = dict.fromkeys(rule.measure for rule in rules.rules)
    return [name for name in ruled if "left" in MEASURES[name].positive]
