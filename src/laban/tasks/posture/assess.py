"""The posture of one person: measures, findings by rules, and what cannot be seen."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from laban.core.facing import mean_yaw_deg
from laban.core.sequence import PoseSequence
from laban.errors import InvalidValueError
from laban.tasks.posture.catalogue import Measure
from laban.tasks.posture.holding import Holding
from laban.tasks.posture.landmark_geometry import TORSO_SHARE, TORSO_SHARE_SD
from laban.tasks.posture.measure import Measured, read_posture
from laban.tasks.posture.observation import STANCES, Observation, Stance
from laban.tasks.posture.report import Interval, MeasuredValue, PostureReport, Verdict
from laban.tasks.posture.rules import Rule, Rules, default_rules
from laban.tasks.posture.settings import HoldingSettings, PostureSettings
from laban.tasks.posture.symmetry import compare_sides
from laban.tasks.posture.uncertainty import LandmarkNoise, assumed_noise
from laban.tasks.posture.views import VIEW_NAMES, View
from laban.tasks.posture.watch import hold_posture
from laban.tasks.posture.withheld import doubts, unseen_from, why_not

MOST_INSTANTS = 1500

LEAST_AGREEMENT = 0.9
"""The share of test-time augmented samples in which a measure must be possible to be a finding: of 43 pairs of
formats on one half of 17 photos 42 then agree on the findings (40 without), on the other half 34 of 40 (31)."""

_LEAST_SHARE = 0.05
"""A measure known for less of the time in the image than this is withheld."""


def assess_sequence(
    sequence: PoseSequence,
    *,
    person: int = 0,
    settings: PostureSettings | None = None,
    holding: HoldingSettings | None = None,
    rules: Rules | None = None,
    noise: LandmarkNoise | None = None,
    agreement: Mapping[str, float] | None = None,
) -> PostureReport:
    """The posture of one person, at one instant or over time.

    Of a long sequence the values are those of ``MOST_INSTANTS`` spread over the time in the image; how it is held
    is followed at every instant. ``noise`` is the error of the landmarks; without it typical values are assumed.
    ``agreement`` is the share of augmented samples of a single image in which each measure can be taken (see
    ``agreement_of``; empty for a body that was not found again): with less than ``LEAST_AGREEMENT`` nothing is a
    finding. It is None where there are no samples.

    Raises InvalidValueError where nobody is seen, there are no pixels, or the skeleton has no shoulders and hips.
    """
    chosen, rules_used = settings or PostureSettings(), rules or default_rules()
    if not sequence.seen.any():
        raise InvalidValueError("nobody is seen in this sequence; choose another person or clip")
    known_noise = noise or assumed_noise(sequence.skeleton)
    looked_at = _some_instants(sequence)
    readings = read_posture(looked_at, settings=chosen, noise=known_noise)
    sight, moving = readings.sight, len(sequence) > 1
    return PostureReport(
        person=person,
        view=_view(sight),
        views=_views(sight),
        stance=_stance(sight),
        level=chosen.level,
        values=tuple(
            _doubted(_value(one, sight, rules_used, chosen), agreement) for one in readings.measures.values()
        ),
        noise_origin=known_noise.origin,
        rules_origin=rules_used.origin,
        body_height_cm=chosen.body_height_cm,
        mirrored=chosen.mirrored,
        unseen=tuple(unseen_from(_views(sight))),
        warnings=tuple(doubts(looked_at, sight)),
        holding=_holding(sequence, chosen, holding or HoldingSettings(), rules_used) if moving else None,
        repeated=compare_sides(sequence, min_visibility=chosen.min_visibility) if moving else (),
    )


def _some_instants(sequence: PoseSequence) -> PoseSequence:
    """The whole sequence, or a number of instants with the person in the image."""
    if len(sequence) <= MOST_INSTANTS:
        return sequence
    seen = np.flatnonzero(sequence.seen)
    mask = np.zeros(len(sequence), dtype=bool)
    mask[seen[np.unique(np.linspace(0, len(seen) - 1, MOST_INSTANTS).astype(int))]] = True
    return sequence.take(mask)


def _holding(
    sequence: PoseSequence, settings: PostureSettings, holding: HoldingSettings, rules: Rules
) -> Holding:
    return hold_posture(sequence, settings=settings, holding=holding, rules=rules).holding


def _view(sight: Observation) -> View:
    """The view of most instants, at their mean turn."""
    here = ~sight.away
    names = Counter(sight.views[here].tolist())
    name = VIEW_NAMES[names.most_common(1)[0][0]]
    at = here & (sight.views == VIEW_NAMES.index(name))
    yaw_deg = sight.yaw_deg[at]
    if name == "oblique":  # only those between the same two views, or the mean may be neither
        quarters = np.floor_divide(yaw_deg, 90.0)
        values, counts = np.unique(quarters, return_counts=True)
        yaw_deg = yaw_deg[quarters == values[counts.argmax()]]
    return View(name, mean_yaw_deg(yaw_deg))


def _views(sight: Observation) -> dict[str, float]:
    """The share of each view in the time in the image, the most frequent first."""
    names = Counter(sight.views[~sight.away].tolist())
    total = sum(names.values())
    return {VIEW_NAMES[name]: count / total for name, count in names.most_common()}


def _stance(sight: Observation) -> Stance:
    return STANCES[Counter(sight.stances[~sight.away].tolist()).most_common(1)[0][0]]


def _value(one: Measured, sight: Observation, rules: Rules, settings: PostureSettings) -> MeasuredValue:
    here = max(int((~sight.away).sum()), 1)
    share = float(one.known.sum() / here)
    if share < _LEAST_SHARE or not one.known.any():
        return MeasuredValue(one.measure.name, "withheld", reason=why_not(one, sight), share=share)
    interval = _interval(one)
    verdict, rule = _verdict(interval, rules.of(one.measure.name))
    spread = None
    if len(one.value) > 1:
        low, high = np.nanpercentile(one.value, [5, 95])
        spread = float(low), float(high)
    return MeasuredValue(
        one.measure.name,
        verdict,
        interval,
        severity=rule.cleared(interval.low, interval.high) if rule and verdict == "finding" else None,
        finding=rule.finding if rule else "",
        source=rule.source if rule else "",
        in_cm=_in_cm(interval, one.measure, settings.body_height_cm),
        share=share,
        spread=spread,
    )


def _doubted(value: MeasuredValue, agreement: Mapping[str, float] | None) -> MeasuredValue:
    """The same, but no finding where augmented samples do not agree that it can be measured."""
    if agreement is None or value.verdict != "finding":
        return value
    share = agreement.get(value.name, 0.0)
    if share >= LEAST_AGREEMENT:
        return value
    reason = (
        f"can be measured in {share:.0%} of slightly changed images only"
        if agreement
        else "this person is not found again in slightly changed images"
    )
    return replace(value, verdict="unsure", severity=None, reason=reason)


def _interval(one: Measured) -> Interval:
    """The interval at one instant; over time that of the median, with the uncertainty of a typical instant."""
    known = one.known
    value, *halves = (
        float(np.median(part[known])) for part in (one.value, one.noise, one.roll, one.proxy, one.turn)
    )
    return Interval(value, *halves)


def _verdict(interval: Interval, rules: tuple[Rule, ...]) -> tuple[Verdict, Rule | None]:
    if not rules:
        return "no rule", None
    for rule in rules:
        if rule.cleared(interval.low, interval.high):
            return "finding", rule
    for rule in rules:
        if rule.severity(interval.value):
            return "unsure", rule
    return "within", None


def _in_cm(interval: Interval, measure: Measure, height_cm: float | None) -> Interval | None:
    if height_cm is None or measure.unit != "torso":
        return None
    return interval.scaled(height_cm * TORSO_SHARE, sd=TORSO_SHARE_SD / TORSO_SHARE)
