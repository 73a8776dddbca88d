"""Movement as a row of small skeletons."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.skeleton import SKELETONS, Skeleton
from laban.render.figure import figure_of, head_of, neck_of
from laban.render.report.markup import Markup, tag

_TALL, _GAP, _PAD = 64.0, 8.0, 5.0
_NARROWEST = 26.0
_WIDEST = 84.0


def skeleton_strip(frames: Sequence[Sequence[object]], skeleton: str) -> Markup | None:
    """The skeletons of some instants side by side, on one scale, the later ones stronger; None if there are none.

    ``frames`` hold [x, y] of each joint, y downward, None if it is unknown.
    """
    if skeleton not in SKELETONS or not frames:
        return None
    plan = SKELETONS[skeleton]
    points = np.array([[place or (np.nan, np.nan) for place in frame] for frame in frames], dtype=np.float64)
    if points.ndim != 3 or points.shape[1:] != (len(plan), 2) or not np.isfinite(points).any():
        return None
    low, high = np.nanmin(points, axis=(0, 1)), np.nanmax(points, axis=(0, 1))
    wide, tall = np.maximum(high - low, 1e-6)
    scale = min((_TALL - 2 * _PAD) / tall, (_WIDEST - 2 * _PAD) / wide)
    step = max(_NARROWEST, wide * scale + 2 * _PAD) + _GAP
    middle = (low + high) / 2
    drawn = []
    for at, frame in enumerate(points):
        shown = (frame - middle) * scale + (step * (at + 0.5), _TALL / 2)
        drawn.append(_figure(shown, plan, strength=0.45 + 0.55 * at / max(len(points) - 1, 1)))
    size = (step * len(points), _TALL)
    return tag(
        "svg",
        *drawn,
        viewBox=f"0 0 {size[0]:.0f} {size[1]:.0f}",
        preserveAspectRatio="xMinYMid",
        class_="strip",
        role="img",
        aria_label=f"{len(points)} instants of the movement",
    )


def _figure(points: Float64Array, skeleton: Skeleton, *, strength: float) -> Markup:
    plan = figure_of(skeleton)
    parts = []
    for limb in plan.limbs:
        ends = points[[limb.first, limb.second]]
        if np.isfinite(ends).all():
            parts.append(_line(ends, kind=limb.side, width=2.3 * limb.thickness))
    head = head_of(points, plan)
    if head is not None:
        neck = neck_of(points, plan, head)
        if neck is not None and np.isfinite(neck).all():
            parts.append(_line(neck, kind="middle", width=2.0))
        x, y = (float(one) for one in head.centre)
        parts.append(tag("circle", cx=x, cy=y, r=float(head.radius), class_="middle head", stroke_width=2.0))
    return tag("g", *parts, opacity=strength)


def _line(ends: Any, *, kind: str, width: float) -> Markup:
    (x1, y1), (x2, y2) = ends.tolist()
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=kind, stroke_width=width)
