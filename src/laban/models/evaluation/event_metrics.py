"""Alarms compared with annotated events: found, missed and false, and with what delay."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from laban.core.answers import known
from laban.core.answers.metrics import EventsAnswer
from laban.core.arrays import Float64Array
from laban.core.checks import in_range, positive
from laban.core.spans import Span
from laban.errors import InvalidValueError


@dataclass(frozen=True)
class EventSettings:
    """An alarm belongs to an event of its label if it is raised no sooner than ``early_s`` before the event and
    its span begins no later than ``late_s`` after its end. ``iou`` is the intersection over union that an
    alarm's span and an event need to count towards F1."""

    early_s: float = 0.5
    late_s: float = 2.0
    iou: float = 0.5

    def __post_init__(self) -> None:
        in_range(self.early_s, name="early_s", low=0.0)
        in_range(self.late_s, name="late_s", low=0.0)
        in_range(self.iou, name="iou", low=0.01, high=1.0)


@dataclass(frozen=True)
class WatchedClip:
    """The events in a clip of ``duration_s`` and the alarms raised on it.

    Events that name no person may be anyone's: alarms for several people at once are then one alarm.
    ``raised_s`` is when each alarm was raised, where that is later than its span begins.
    """

    events: tuple[Span, ...]
    alarms: tuple[Span, ...]
    duration_s: float
    name: str = ""
    raised_s: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        positive(self.duration_s, name="duration_s")
        if self.raised_s is not None and len(self.raised_s) != len(self.alarms):
            raise InvalidValueError(
                f"raised_s holds {len(self.raised_s)} times for {len(self.alarms)} alarms"
            )


@dataclass(frozen=True)
class EventMetrics:
    """``found`` of ``events`` events; ``false_alarms`` in ``hours``; ``repeats`` are further alarms for an event
    that was already found; ``delays_s`` from an event's onset to its alarm, for those found (negative: sooner)."""

    events: int
    found: int
    false_alarms: int
    repeats: int
    hours: float
    delays_s: tuple[float, ...]
    f1: float
    false_negatives: tuple[str, ...] = ()
    false_positives: tuple[str, ...] = ()

    @property
    def recall(self) -> float:
        """The share of events that were found; NaN where there were none."""
        return self.found / self.events if self.events else float("nan")

    @property
    def false_alarms_per_hour(self) -> float:
        """Alarms that belong to no event, per hour of video."""
        return self.false_alarms / self.hours if self.hours else float("nan")

    def delay_s(self, quantile: float) -> float:
        """The delay that a share of the found events does not exceed; NaN where none was found."""
        return float(np.quantile(self.delays_s, quantile)) if self.delays_s else float("nan")

    def answer(self) -> EventsAnswer:
        """The answer that is printed and written."""
        return EventsAnswer(
            events=self.events,
            found=self.found,
            recall=known(self.recall),
            false_alarms=self.false_alarms,
            false_alarms_per_hour=known(self.false_alarms_per_hour),
            repeats=self.repeats,
            hours=self.hours,
            delay_median_s=known(self.delay_s(0.5)),
            delay_p95_s=known(self.delay_s(0.95)),
            f1_at_iou=known(self.f1),
            false_negatives=self.false_negatives,
            false_positives=self.false_positives,
        )


def evaluate_events(clips: Sequence[WatchedClip], *, settings: EventSettings | None = None) -> EventMetrics:
    """The metrics over all clips. Events and alarms of one label are matched one to one in order of time: each
    event takes the first alarm that belongs to it and is not taken.

    >>> evaluate_events([WatchedClip((Span(2, 3, "fall"),), (Span(2.5, 4, "fall"),), 10.0)]).delays_s
    (0.5,)
    """
    settings = settings or EventSettings()
    parts = [_evaluated(clip, settings) for clip in clips]
    hits = sum(part[1] for part in parts)
    said = sum(part[2] for part in parts)
    events = sum(part[0].events for part in parts)
    return EventMetrics(
        events=events,
        found=sum(part[0].found for part in parts),
        false_alarms=sum(part[0].false_alarms for part in parts),
        repeats=sum(part[0].repeats for part in parts),
        hours=sum(part[0].hours for part in parts),
        delays_s=tuple(delay for part in parts for delay in part[0].delays_s),
        f1=2 * hits / (events + said) if events + said else float("nan"),
        false_negatives=tuple(name for part in parts for name in part[0].false_negatives),
        false_positives=tuple(name for part in parts for name in part[0].false_positives),
    )


@dataclass(frozen=True)
class _Alarm:
    span: Span
    raised_s: float


def _evaluated(clip: WatchedClip, settings: EventSettings) -> tuple[EventMetrics, int, int]:
    """The clip's metrics (F1 left open), the alarms that match by overlap, and all alarms, as counts."""
    events = sorted(clip.events)
    alarms = _merged(_alarms(clip), events)
    delays, taken, false_negatives = [], set(), []
    for event in events:
        at = next(
            (i for i, one in enumerate(alarms) if i not in taken and _belongs(one, event, settings)), None
        )
        if at is None:
            false_negatives.append(f"{clip.name} {event.label} at {event.start_s:.1f} s".strip())
        else:
            taken.add(at)
            delays.append(alarms[at].raised_s - event.start_s)
    rest = [one for i, one in enumerate(alarms) if i not in taken]
    false = [one for one in rest if not any(_belongs(one, event, settings) for event in events)]
    figures = EventMetrics(
        events=len(events),
        found=len(delays),
        false_alarms=len(false),
        repeats=len(rest) - len(false),
        hours=clip.duration_s / 3600,
        delays_s=tuple(delays),
        f1=float("nan"),
        false_negatives=tuple(false_negatives),
        false_positives=tuple(
            f"{clip.name} {one.span.label} at {one.span.start_s:.1f} s".strip() for one in false
        ),
    )
    return figures, _overlapping(events, [one.span for one in alarms], settings.iou), len(alarms)


def _alarms(clip: WatchedClip) -> list[_Alarm]:
    told = clip.raised_s if clip.raised_s is not None else tuple(span.start_s for span in clip.alarms)
    both = [_Alarm(span, time_s) for span, time_s in zip(clip.alarms, told, strict=True)]
    return sorted(both, key=lambda one: (one.raised_s, one.span.start_s, one.span.end_s, one.span.label))


def _merged(alarms: list[_Alarm], events: list[Span]) -> list[_Alarm]:
    """Where events name no person, alarms of one label whose spans touch become one."""
    if any(event.person is not None for event in events):
        return alarms
    out: list[_Alarm] = []
    for one in sorted(alarms, key=lambda alarm: alarm.span.start_s):
        at = next((i for i, held in enumerate(out) if _touch(held.span, one.span)), None)
        if at is None:
            out.append(one)
            continue
        held = out[at]
        end_s, score = max(held.span.end_s, one.span.end_s), max(held.span.score, one.span.score)
        span = Span(held.span.start_s, end_s, held.span.label, score, None, held.span.task)
        out[at] = _Alarm(span, min(held.raised_s, one.raised_s))
    return sorted(out, key=lambda alarm: alarm.raised_s)


def _touch(held: Span, other: Span) -> bool:
    return held.label == other.label and held.person != other.person and other.start_s <= held.end_s


def _belongs(alarm: _Alarm, event: Span, settings: EventSettings) -> bool:
    same = alarm.span.label == event.label and event.person in (None, alarm.span.person)
    in_time = alarm.span.start_s <= event.end_s + settings.late_s and (
        alarm.raised_s >= event.start_s - settings.early_s or alarm.span.overlap_s(event) > 0
    )
    ends_in_time = max(alarm.span.end_s, alarm.raised_s) >= event.start_s - settings.early_s
    return same and in_time and ends_in_time


def _overlapping(events: list[Span], alarms: list[Span], iou: float) -> int:
    """The number of pairs with enough overlap, each event and alarm in one pair, the best pairs first."""
    shares = _shares(events, alarms)
    count = 0
    while shares.size and shares.max() >= iou:
        event, alarm = np.unravel_index(shares.argmax(), shares.shape)
        shares[event, :] = shares[:, alarm] = -1.0
        count += 1
    return count


def _shares(events: list[Span], alarms: list[Span]) -> Float64Array:
    out = np.zeros((len(events), len(alarms)))
    for i, event in enumerate(events):
        for j, alarm in enumerate(alarms):
            if alarm.label == event.label and event.person in (None, alarm.person):
                shared = event.overlap_s(alarm)
                union = event.duration_s + alarm.duration_s - shared
                out[i, j] = shared / union if union > 0 else 0.0
    return out
