"""Confirmation of a new detection: is it a body, and is it the one that the detector found?"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from laban.core.arrays import Float64Array
from laban.pose.blazepose.detection import Detection, box_inside, box_iou
from laban.pose.blazepose.landmarker import Body
from laban.pose.blazepose.plausibility import agreement, body_box, is_plausible
from laban.pose.blazepose.regions import Region

Find = Callable[[Region], Body]
"""Finds the body in a region of the current frame."""
_QUARTER_TURNS = (math.pi / 2, -math.pi / 2)


@dataclass(frozen=True)
class ConfirmationSettings:
    """``min_score``: least probability of a body in the second pass; ``max_change``: by how much, in torso lengths,
    two passes may differ; ``looks``: the most passes until two agree. Unless the first pass scores at least
    ``sure``, regions larger by ``scales`` are tried too where the region is a guess: the network depends on how
    much of it a person fills."""

    min_score: float = 0.7
    max_change: float = 0.25
    looks: int = 3
    sure: float = 0.9
    scales: tuple[float, ...] = (1.15, 1.3, 1.5)


def confirm(detection: Detection, *, find: Find, settings: ConfirmationSettings) -> Body | None:
    """The body at ``detection``, or None where no two passes of the network agree on one.

    For a person who lies, who is not upright in the first region, quarter turns are tried; the best score wins.
    """
    body = _first_look(detection, find=find, settings=settings)
    for _ in range(settings.looks - 1):
        again = find(body.following)
        settled = agreement(body, again) <= settings.max_change
        body = again
        if settled and body.score >= settings.min_score:
            return body if is_plausible(body) and _is_meant(body, detection.box_xyxy_px) else None
    return None


def find_again(body: Body, *, find: Find, settings: ConfirmationSettings, searching: bool) -> Body:
    """Refines the body of a tracked person who had time to move, from a first pass at the expected place.

    If ``searching``, and unless the first pass scores at least ``sure``, larger and turned squares are tried too;
    then the network runs once more on the region that it predicts itself.
    """
    region = body.region
    others: list[Region] = []
    if searching and body.score < settings.sure:
        others = [region.scaled(scale) for scale in settings.scales]
        others += [region.scaled(settings.scales[0]).turned(turn) for turn in _QUARTER_TURNS]
    best = max([body, *(find(one) for one in others)], key=lambda one: (is_plausible(one), one.score))
    again = find(best.following)
    return again if is_plausible(again) and again.score >= min(best.score, settings.min_score) else best


def _first_look(detection: Detection, *, find: Find, settings: ConfirmationSettings) -> Body:
    """The best of passes over the region, larger ones, and, where nobody stands, turned ones."""
    first = find(detection.region)
    if detection.upright and first.score >= settings.sure:
        return first
    larger = [find(detection.region.scaled(scale)) for scale in settings.scales if detection.rough]
    best = _surest([first, *larger], detection)
    if detection.upright and best.score >= settings.min_score:
        return best
    return _surest([best, *(find(detection.region.turned(turn)) for turn in _QUARTER_TURNS)], detection)


def _surest(bodies: Sequence[Body], detection: Detection) -> Body:
    """The most probable body, preferring those that match the detection."""
    return max(bodies, key=lambda one: (_is_meant(one, detection.box_xyxy_px), one.score))


def _is_meant(body: Body, box_xyxy_px: Float64Array) -> bool:
    """Whether the body is where the detector found a person, and not a neighbour that the network preferred."""
    box = body_box(body)
    return box_iou(box, box_xyxy_px) >= 0.25 or box_inside(box, box_xyxy_px) >= 0.7
