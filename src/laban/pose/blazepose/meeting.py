"""The first looks at somebody new: is this a body, and is it the one that the detector meant?"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from laban.core.arrays import Float64Array
from laban.pose.blazepose.detection import Detection, box_inside, box_iou
from laban.pose.blazepose.landmarker import Body
from laban.pose.blazepose.plausibility import agreement, body_box, is_plausible
from laban.pose.blazepose.regions import Region

Find = Callable[[Region], Body]
"""Looks at a region of the frame in hand."""
_QUARTER_TURNS = (math.pi / 2, -math.pi / 2)


@dataclass(frozen=True)
class MeetingSettings:
    """``min_score``: least probability of a body on the second look; ``max_change``: how far, in torso lengths,
    two looks may differ; ``looks``: how many looks at most until two agree."""

    min_score: float = 0.6
    max_change: float = 0.25
    looks: int = 3


def meet(detection: Detection, *, find: Find, settings: MeetingSettings) -> Body | None:
    """The body that ``detection`` points at, or None where it is not a body that two looks agree on.

    A person who lies is not upright in the first region; then quarter turns are tried, and the surest wins.
    """
    body = _first_look(detection, find=find, settings=settings)
    for _ in range(settings.looks - 1):
        again = find(body.following)
        settled = agreement(body, again) <= settings.max_change
        body = again
        if settled and body.score >= settings.min_score:
            return body if is_plausible(body) and _is_meant(body, detection.box_xyxy_px) else None
    return None


def _first_look(detection: Detection, *, find: Find, settings: MeetingSettings) -> Body:
    body = find(detection.region)
    if detection.upright and body.score >= settings.min_score:
        return body
    turned = [find(detection.region.turned(turn)) for turn in _QUARTER_TURNS]
    return max([body, *turned], key=lambda one: one.score)


def _is_meant(body: Body, box_xyxy_px: Float64Array) -> bool:
    """Whether the body is where the detector saw a person, and not a neighbour the network preferred."""
    box = body_box(body)
    return box_iou(box, box_xyxy_px) >= 0.25 or box_inside(box, box_xyxy_px) >= 0.7
