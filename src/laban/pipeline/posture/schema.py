"""The answer of a posture report, and its table of values."""

import csv
import io
from collections.abc import Iterator, Sequence

import numpy as np

from laban.core.answers import known, known_each
from laban.core.answers.posture import (
    BandTimesAnswer,
    ChangeAnswer,
    HoldingAnswer,
    IntervalAnswer,
    LevelAnswer,
    MeasureAnswer,
    PartsAnswer,
    PostureAnswer,
    PostureEventLine,
    PostureFile,
    PostureSeries,
    ReportAnswer,
    RuleAnswer,
    SideIndexAnswer,
    SideTimesAnswer,
    StretchAnswer,
    ViewAnswer,
)
from laban.core.spans import Span
from laban.pipeline.posture.assess import Assessment
from laban.tasks.posture.catalogue import MEASURES, spoken
from laban.tasks.posture.holding import Holding, PostureEvent
from laban.tasks.posture.measure import sight_before, values_of
from laban.tasks.posture.report import Interval, MeasuredValue, PostureReport
from laban.tasks.posture.rules import Rule, Rules
from laban.tasks.posture.settings import PostureSettings
from laban.tasks.posture.symmetry import SideIndex
from laban.tasks.posture.visits import Change

MOST_POINTS = 600
_COLUMNS = (
    "source", "person", "time_s", "view", "measure", "unit", "value", "low", "high", "verdict", "severity",
    "finding", "value_cm", "reason", "limits_by",
)  # fmt: skip


def posture_answer(found: Assessment, *, rules: Rules) -> PostureAnswer:
    """The posture of one person in one source."""
    return PostureAnswer.extending(
        report_answer(found.report, rules=rules),
        version=1,
        source=found.side.name,
        time_s=found.time_s,
        other_people=found.others,
    )


def posture_file(answer: PostureAnswer, series: PostureSeries | None) -> PostureFile:
    """The same with the measures over time, as posture.json holds it."""
    return PostureFile.extending(answer, series=series)


def posture_series(found: Assessment, *, settings: PostureSettings, rules: Rules) -> PostureSeries | None:
    """The ruled measures over time, at most ``MOST_POINTS`` of them; None for a single image."""
    sequence = found.side.sequence
    if len(sequence) < 2:
        return None
    with_rules = {rule.measure for rule in rules.rules}
    names = [one.name for one in found.report.measured if one.name in with_rules]
    measured = values_of(sight_before(sequence, settings=settings), names)
    rows = np.unique(np.linspace(0, len(sequence) - 1, min(len(sequence), MOST_POINTS)).astype(int))
    return PostureSeries(
        times_s=tuple(np.round(sequence.times_s[rows], 3).tolist()),
        values={name: known_each(measured[name][rows]) for name in names},
    )


def report_answer(report: PostureReport, *, rules: Rules) -> ReportAnswer:
    """The report alone. Intervals are of 95 %; ``parts`` are the half widths of their components."""
    return ReportAnswer(
        person=report.person,
        view=ViewAnswer(report.view.name, known(report.view.yaw_deg), report.view.words, dict(report.views)),
        stance=report.stance,
        level=LevelAnswer(report.level.roll_deg, report.level.sd_deg, report.level.origin),
        body_height_cm=report.body_height_cm,
        mirrored=report.mirrored,
        findings=tuple(one.name for one in report.findings),
        measures=tuple(_measure(one, rules) for one in report.values),
        unseen=report.unseen,
        warnings=report.warnings,
        noise=report.noise_origin,
        rules=report.rules_origin,
        over_time=None if report.holding is None else holding_answer(report.holding),
        repeated=tuple(map(_side_index, report.repeated)),
    )


def change_answer(change: Change) -> ChangeAnswer:
    """A measure over several visits."""
    measure = MEASURES[change.name]
    return ChangeAnswer(
        name=change.name,
        title=measure.title,
        unit=measure.unit,
        values=change.values,
        changes=change.changes,
        errors=change.errors,
        sure=change.sure,
        words=tuple(
            "–" if value is None else MeasuredValue(change.name, "no rule", Interval(value)).meaning
            for value in change.values
        ),
        change_words=tuple(_change_words(change)),
    )


def event_answer(event: PostureEvent) -> PostureEventLine:
    """A line of the live watch."""
    value = known(event.value)
    return PostureEventLine(
        kind=event.kind,
        time_s=round(event.time_s, 3),
        since_s=round(event.since_s, 3),
        measure=event.measure or None,
        direction=event.direction or None,
        band=event.band or None,
        before=event.before or None,
        words=event.words or None,
        value=None if value is None else round(value, 3),
    )


def holding_answer(holding: Holding) -> HoldingAnswer:
    """Posture over time, without measures that were never known."""
    longest = holding.longest_slump
    return HoldingAnswer(
        watched_s=holding.watched_s,
        seen_s=holding.seen_s,
        bands=tuple(
            BandTimesAnswer(one.measure, one.direction, dict(one.seconds), one.known_s, known(one.beyond))
            for one in holding.bands
            if one.known_s > 0
        ),
        sides=tuple(
            SideTimesAnswer(one.measure, one.left_s, one.right_s, one.known_s, one.habitual or None)
            for one in holding.sides
            if one.known_s > 0
        ),
        slumps=tuple(map(_stretch, holding.slumps)),
        slump_s=holding.slump_s,
        longest_slump=None if longest is None else _stretch(longest),
        breaks=tuple(map(_stretch, holding.breaks)),
    )


def values_csv(answers: Sequence[PostureAnswer]) -> str:
    """One row for each measure of each source."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for answer in answers:
        writer.writerows(_row(answer, one) for one in answer.measures)
    return out.getvalue()


def _row(answer: PostureAnswer, one: MeasureAnswer) -> dict[str, str | float | None]:
    return {
        "source": answer.source,
        "person": answer.person,
        "time_s": answer.time_s,
        "view": answer.view.name,
        "measure": one.name,
        "unit": one.unit,
        "value": one.value,
        "low": one.low,
        "high": one.high,
        "verdict": one.verdict,
        "severity": one.severity,
        "finding": one.finding,
        "value_cm": None if one.in_cm is None else one.in_cm.value,
        "reason": one.reason,
        "limits_by": one.source,
    }


def _measure(one: MeasuredValue, rules: Rules) -> MeasureAnswer:
    measure, interval = one.measure, _interval(one.interval)
    return MeasureAnswer(
        name=one.name,
        title=measure.title,
        about=measure.about,
        unit=measure.unit,
        verdict=one.verdict,
        value=interval.value,
        low=interval.low,
        high=interval.high,
        parts=interval.parts,
        meaning=one.meaning,
        range_words=one.range_words,
        severity=one.severity,
        finding=one.finding,
        source=one.source,
        reason=one.reason,
        in_cm=None if one.in_cm is None else _interval(one.in_cm),
        share_of_time=one.share,
        spread=one.spread,
        limits=tuple(map(_rule, rules.of(one.name))),
    )


def _interval(interval: Interval | None) -> IntervalAnswer:
    if interval is None:
        return IntervalAnswer(None, None, None, None)
    parts = PartsAnswer(interval.noise, interval.roll, interval.proxy, interval.turn)
    return IntervalAnswer(known(interval.value), known(interval.low), known(interval.high), parts)


def _rule(rule: Rule) -> RuleAnswer:
    return RuleAnswer(rule.direction, dict(rule.limits), rule.finding, rule.source)


def _side_index(one: SideIndex) -> SideIndexAnswer:
    return SideIndexAnswer(
        joint=one.joint,
        left_deg=one.left_deg,
        right_deg=one.right_deg,
        left_count=one.left_count,
        right_count=one.right_count,
        index_percent=one.percent,
        low=one.low,
        high=one.high,
        further=one.side or None,
        space=one.space,
    )


def _change_words(change: Change) -> Iterator[str]:
    unit = MEASURES[change.name].unit
    for moved, error in zip(change.changes, change.errors, strict=True):
        if moved is None or error is None:
            yield ""
        else:
            yield f"{spoken(moved, unit, signed=True)} (±{spoken(error, unit)})".replace(" torso", "")


def _stretch(span: Span) -> StretchAnswer:
    return StretchAnswer(span.start_s, span.end_s, span.duration_s)
