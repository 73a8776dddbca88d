"""A posture report as JSON holds it, and as a table of values."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from laban.core.spans import Span
from laban.pipeline.posture.assess import Assessment
from laban.tasks.posture.catalogue import MEASURES, spoken
from laban.tasks.posture.holding import Holding, PostureEvent
from laban.tasks.posture.measure import sight_before, values_of
from laban.tasks.posture.report import Interval, MeasuredValue, PostureReport
from laban.tasks.posture.rules import Rule, Rules
from laban.tasks.posture.settings import PostureSettings
from laban.tasks.posture.visits import Change

VERSION = 1
MOST_POINTS = 600
_COLUMNS = (
    "source", "person", "time_s", "view", "measure", "unit", "value", "low", "high", "verdict", "severity",
    "finding", "value_cm", "reason", "limits_by",
)  # fmt: skip


def assessment_json(found: Assessment, *, rules: Rules) -> dict[str, Any]:
    """What ``--json`` prints, and what is written beside the pictures."""
    return {
        "version": VERSION,
        "source": found.side.name,
        "time_s": found.time_s,
        "other_people": found.others,
        **report_json(found.report, rules=rules),
    }


def series_json(found: Assessment, *, settings: PostureSettings, rules: Rules) -> dict[str, Any] | None:
    """The ruled measures over time, at most ``MOST_POINTS`` of them; None of a single picture."""
    sequence = found.side.sequence
    if len(sequence) < 2:
        return None
    judged = {rule.measure for rule in rules.rules}
    names = [one.name for one in found.report.measured if one.name in judged]
    measured = values_of(sight_before(sequence, settings=settings), names)
    rows = np.unique(np.linspace(0, len(sequence) - 1, min(len(sequence), MOST_POINTS)).astype(int))
    values = {
        name: [None if np.isnan(value) else float(value) for value in measured[name][rows]] for name in names
    }
    return {"times_s": np.round(sequence.times_s[rows], 3).tolist(), "values": values}


def report_json(report: PostureReport, *, rules: Rules) -> dict[str, Any]:
    """A report by itself. Intervals are of 95 %; ``parts`` are the half widths that each is made of."""
    return {
        "person": report.person,
        "view": {
            "name": report.view.name,
            "yaw_deg": report.view.yaw_deg,
            "words": report.view.words,
            "shares": dict(report.views),
        },
        "stance": report.stance,
        "level": {
            "roll_deg": report.level.roll_deg,
            "sd_deg": report.level.sd_deg,
            "origin": report.level.origin,
        },
        "body_height_cm": report.body_height_cm,
        "mirrored": report.mirrored,
        "findings": [one.name for one in report.findings],
        "measures": [_value_json(one, rules) for one in report.values],
        "unseen": report.unseen,
        "warnings": report.warnings,
        "noise": report.noise_origin,
        "rules": report.rules_origin,
        "over_time": None if report.holding is None else holding_json(report.holding),
        "repeated": [
            {
                "joint": one.joint,
                "left_deg": one.left_deg,
                "right_deg": one.right_deg,
                "left_count": one.left_count,
                "right_count": one.right_count,
                "index_percent": one.percent,
                "low": one.low,
                "high": one.high,
                "further": one.side or None,
                "space": one.space,
            }
            for one in report.repeated
        ],
    }


def change_json(change: Change) -> dict[str, Any]:
    """A measure over several visits."""
    measure = MEASURES[change.name]
    words = [
        "–" if value is None else MeasuredValue(change.name, "no rule", Interval(value)).meaning
        for value in change.values
    ]
    return {
        "name": change.name,
        "title": measure.title,
        "unit": measure.unit,
        "values": change.values,
        "changes": change.changes,
        "errors": change.errors,
        "sure": change.sure,
        "words": words,
        "change_words": [
            "" if one is None or error is None
            else f"{spoken(one, measure.unit, signed=True)} (±{spoken(error, measure.unit)})".replace(" torso", "")
            for one, error in zip(change.changes, change.errors, strict=True)
        ],
    }  # fmt: skip


def event_json(event: PostureEvent) -> dict[str, Any]:
    """A line of the live watch."""
    told = {
        "measure": event.measure,
        "direction": event.direction,
        "band": event.band,
        "before": event.before,
        "words": event.words,
    }
    value = {} if event.value != event.value else {"value": round(event.value, 3)}
    return {
        "kind": event.kind,
        "time_s": round(event.time_s, 3),
        "since_s": round(event.since_s, 3),
        **{key: part for key, part in told.items() if part},
        **value,
    }


def values_csv(contents: Sequence[dict[str, Any]]) -> str:
    """One row for each measure of each source, of what ``assessment_json`` made of them."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for content in contents:
        for one in content["measures"]:
            writer.writerow(
                {
                    "source": content["source"],
                    "person": content["person"],
                    "time_s": content["time_s"],
                    "view": content["view"]["name"],
                    "measure": one["name"],
                    "value_cm": (one["in_cm"] or {}).get("value"),
                    "limits_by": one["source"],
                    **{key: one[key] for key in _COLUMNS if key in one and key != "source"},
                }
            )
    return out.getvalue()


def _value_json(one: MeasuredValue, rules: Rules) -> dict[str, Any]:
    measure = one.measure
    return {
        "name": one.name,
        "title": measure.title,
        "about": measure.about,
        "unit": measure.unit,
        "verdict": one.verdict,
        **_interval_json(one.interval),
        "meaning": one.meaning,
        "range_words": one.range_words,
        "severity": one.severity,
        "finding": one.finding,
        "source": one.source,
        "reason": one.reason,
        "in_cm": None if one.in_cm is None else _interval_json(one.in_cm),
        "share_of_time": one.share,
        "spread": one.spread,
        "limits": [_rule_json(rule) for rule in rules.of(one.name)],
    }


def _interval_json(interval: Interval | None) -> dict[str, Any]:
    if interval is None:
        return {"value": None, "low": None, "high": None, "parts": None}
    parts = {name: getattr(interval, name) for name in ("noise", "roll", "proxy", "turn")}
    return {"value": interval.value, "low": interval.low, "high": interval.high, "parts": parts}


def _rule_json(rule: Rule) -> dict[str, Any]:
    return {
        "direction": rule.direction,
        "bands": dict(rule.limits),
        "finding": rule.finding,
        "source": rule.source,
    }


def holding_json(holding: Holding) -> dict[str, Any]:
    """How a posture was held over time."""
    return {
        "watched_s": holding.watched_s,
        "seen_s": holding.seen_s,
        "bands": [
            {
                "measure": one.measure,
                "direction": one.direction,
                "seconds": dict(one.seconds),
                "known_s": one.known_s,
                "share_beyond": one.beyond,
            }
            for one in holding.bands
            if one.known_s > 0
        ],
        "sides": [
            {
                "measure": one.measure,
                "left_s": one.left_s,
                "right_s": one.right_s,
                "known_s": one.known_s,
                "habitual": one.habitual or None,
            }
            for one in holding.sides
            if one.known_s > 0
        ],
        "slumps": [_span_json(one) for one in holding.slumps],
        "slump_s": holding.slump_s,
        "longest_slump": None if holding.longest_slump is None else _span_json(holding.longest_slump),
        "breaks": [_span_json(one) for one in holding.breaks],
    }


def _span_json(span: Span) -> dict[str, float]:
    return {"start_s": span.start_s, "end_s": span.end_s, "duration_s": span.duration_s}
