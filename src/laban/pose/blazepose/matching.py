"""Matches detections to tracked bodies, each at most once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from laban.core.arrays import Float64Array
from laban.pose.blazepose.detection import Detection, box_iou
from laban.pose.blazepose.landmarker import Body
from laban.pose.blazepose.plausibility import body_box
from laban.pose.blazepose.regions import Region

_LEAST_OVERLAP = 0.3


@dataclass(frozen=True)
class Match:
    """Positions of the matched bodies and of the matched detections."""

    bodies: frozenset[int]
    detections: frozenset[int]


def match(bodies: Sequence[Body], detections: Sequence[Detection]) -> Match:
    """The one-to-one assignment of detections to bodies with the most overlap, of boxes or of regions."""
    if not bodies or not detections:
        return Match(frozenset(), frozenset())
    boxes = [body_box(body) for body in bodies]
    overlap = np.array(
        [
            [_overlap(body, box, detection) for detection in detections]
            for body, box in zip(bodies, boxes, strict=True)
        ]
    )
    rows, columns = linear_sum_assignment(-overlap)
    good = [(r, c) for r, c in zip(rows, columns, strict=True) if overlap[r, c] >= _LEAST_OVERLAP]
    return Match(frozenset(int(r) for r, _ in good), frozenset(int(c) for _, c in good))


def region_box(region: Region) -> Float64Array:
    """(4,) the upright box of the body circle of a region."""
    reach = region.side_px / 2.5
    return np.array([region.x_px - reach, region.y_px - reach, region.x_px + reach, region.y_px + reach])


def _overlap(body: Body, box: Float64Array, detection: Detection) -> float:
    by_box = box_iou(box, detection.box_xyxy_px)
    by_region = box_iou(region_box(body.following), region_box(detection.region))
    return max(by_box, by_region)
