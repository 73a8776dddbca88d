"""Masks one person, so that the network finds the other.

Where two people overlap, the landmark network finds the same one in both regions. Once the one that it
prefers is known, painting that body over in neutral grey leaves only the other to find.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from laban.core.arrays import Float64Array, FloatArray, ImageArray
from laban.core.body import torso_length
from laban.core.skeleton import BLAZEPOSE33

_GREY = (128, 128, 128)
_LIMBS = tuple(
    (BLAZEPOSE33.index(f"{side}_{first}"), BLAZEPOSE33.index(f"{side}_{second}"))
    for side in ("left", "right")
    for first, second in (
        ("shoulder", "elbow"),
        ("elbow", "wrist"),
        ("wrist", "index"),
        ("hip", "knee"),
        ("knee", "ankle"),
        ("ankle", "foot_index"),
    )
)
_TORSO = [BLAZEPOSE33.index(name) for name in ("left_shoulder", "right_shoulder", "right_hip", "left_hip")]
_EARS = [BLAZEPOSE33.index("left_ear"), BLAZEPOSE33.index("right_ear")]
_LIMB_WIDTH = 0.22
_HEAD_RADIUS = 0.28


def paint_over(crop_rgb: ImageArray, bodies_px: Sequence[FloatArray], matrix: Float64Array) -> ImageArray:
    """A copy of the crop with every body (33, 2), in pixels of the image, painted over.

    ``matrix`` (2, 3) maps crop pixels to image pixels, as for sampling.
    """
    painted = np.array(crop_rgb)
    inverse = cv2.invertAffineTransform(matrix)
    for body in bodies_px:
        _paint(painted, body.astype(np.float64) @ inverse[:, :2].T + inverse[:, 2])
    return painted


def _paint(image: ImageArray, points: Float64Array) -> None:
    length = float(torso_length(points, BLAZEPOSE33))
    width = max(1, round(_LIMB_WIDTH * length))
    corners = points[_TORSO].round().astype(np.int32)
    cv2.fillConvexPoly(image, corners, _GREY)
    cv2.polylines(image, [corners], True, _GREY, thickness=width)
    for first, second in _LIMBS:
        start, end = (points[joint].round().astype(int).tolist() for joint in (first, second))
        cv2.line(image, start, end, _GREY, thickness=width)
    head = points[_EARS].mean(axis=0).round().astype(int).tolist()
    cv2.circle(image, head, max(1, round(_HEAD_RADIUS * length)), _GREY, thickness=-1)
