"""Bodies listed without times or numbers: the people of one image, or one person frame by frame."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from laban.core.arrays import Float64Array
from laban.io.loss import warn_of_assumption

_SAME_BOX: Final = 0.7
"""Detectors never return two boxes of one image that overlap this much (non-maximum suppression)."""
_LEAST_OF_FILM: Final = 3


def looks_like_film(boxes: Sequence[Float64Array | None]) -> bool:
    """Whether each body overlaps the previous one as no two of one image do; warns where that is so.

    ``boxes`` are (4,) left, top, right and bottom, None where there is no body.
    """
    if not are_film(boxes):
        return False
    warn_of_assumption(
        f"its {len(boxes)} bodies each overlap the previous one and are taken for one person in as many frames"
    )
    return True


def are_film(boxes: Sequence[Float64Array | None]) -> bool:
    if len(boxes) < _LEAST_OF_FILM:
        return False
    return float(np.median([overlap(one, other) for one, other in pairwise(boxes)])) > _SAME_BOX


def box_of_points(points: Float64Array) -> Float64Array | None:
    """(4,) the bounding box of the points (J, 2) that are not NaN and not 0, 0; None where there are none."""
    seen = points[np.isfinite(points).all(axis=1) & (points != 0).any(axis=1)]
    return np.concatenate([seen.min(axis=0), seen.max(axis=0)]) if len(seen) else None


def overlap(one: Float64Array | None, other: Float64Array | None) -> float:
    """Intersection over union of two boxes; 0 where one is missing."""
    if one is None or other is None:
        return 0.0
    sides = np.clip(np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2]), 0, None)
    areas = [np.prod(box[2:] - box[:2]) for box in (one, other)]
    union = sum(areas) - np.prod(sides)
    return float(np.prod(sides) / union) if union > 0 else 0.0
