"""Joints marked by how they compare with the reference: by colour, and by size for colour-blind eyes."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import cv2
import numpy as np

from laban.core.arrays import FloatArray, ImageArray
from laban.core.skeleton import Skeleton
from laban.render.palette import INK, WHITE, Rgb

Verdict = Literal["same", "differs", "unknown"]

SAME: Rgb = (52, 199, 140)
DIFFERS: Rgb = (255, 128, 32)
UNKNOWN: Rgb = (150, 155, 163)

VERDICT_RGB: Mapping[Verdict, Rgb] = MappingProxyType({"same": SAME, "differs": DIFFERS, "unknown": UNKNOWN})

_SHIFT = 4
_ONE = 1 << _SHIFT
_SHARE = 0.075  # of the torso
_LARGER = 1.6


def mark_joints(
    canvas_rgb: ImageArray,
    points_px: FloatArray,
    skeleton: Skeleton,
    joints: Mapping[str, Verdict],
    *,
    torso_px: float,
) -> None:
    """Draws a disc at each joint of ``joints`` onto the canvas; a joint that differs is larger and has a ring.

    ``points_px`` (J, 2); joints that are NaN, or that the skeleton lacks, are left out.
    """
    radius = float(np.clip(_SHARE * torso_px, 4.0, 18.0)) if np.isfinite(torso_px) else 6.0
    ordered = sorted(joints.items(), key=lambda one: one[1] == "differs")  # drawn last, on top
    for joint, verdict in ordered:
        if skeleton.has(joint) and np.isfinite(points_px[skeleton.index(joint)]).all():
            _mark(canvas_rgb, points_px[skeleton.index(joint)], verdict, radius=radius)


def _mark(canvas: ImageArray, point: FloatArray, verdict: Verdict, *, radius: float) -> None:
    differs = verdict == "differs"
    reach = radius * (_LARGER if differs else 1.0)
    rim = max(2.0, 0.22 * radius)
    if differs:
        _disc(canvas, point, reach + 3 * rim, INK)
        _disc(canvas, point, reach + 2 * rim, WHITE)
    _disc(canvas, point, reach + rim, INK)
    _disc(canvas, point, reach, VERDICT_RGB[verdict])


def _disc(canvas: ImageArray, point: FloatArray, radius: float, colour: Rgb) -> None:
    x, y = (round((float(value) - 0.5) * _ONE) for value in point)
    cv2.circle(canvas, (x, y), round(radius * _ONE), colour, -1, cv2.LINE_AA, _SHIFT)
