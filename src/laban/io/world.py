"""Conversion between hip-centred world landmarks and the 3D axes of other programs."""

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.skeleton import Skeleton
from laban.errors import FormatError

_NEAR_ORIGIN_M = 1e-3
_PELVIS = {"lasi", "rasi", "lasis", "rasis", "laspelvis", "raspelvis"}
"""Optical markers on the front of the pelvis, in letters alone."""


def hip_centred(points_m: Float64Array, skeleton: Skeleton) -> tuple[Float64Array, dict[str, object]]:
    """(T, J, 3) points with the mid-hip as origin of each row, and a note if they had another.

    Points whose mid-hip is within a millimetre of the origin are unchanged. Otherwise a row
    without hips becomes NaN. A skeleton without hips raises ``FormatError``.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        hips = mid_hip(points_m, skeleton)
        centred = points_m - hips[:, None]
    off = np.abs(hips[~np.isnan(hips).any(axis=1)])
    if off.size and off.max() <= _NEAR_ORIGIN_M:
        return points_m, {}
    return centred, {"origin": "the mid-hip of each row; the path through the room is dropped"}


def mid_hip(points_m: Float64Array, skeleton: Skeleton) -> Float64Array:
    """(T, 3) the middle of the hips, else the skeleton's own central joint, else that of the pelvis markers."""
    for names in (("left_hip", "right_hip"), ("mid_hip",), ("spine_base",)):
        if skeleton.has(*names):
            middle: Float64Array = points_m[:, [skeleton.index(name) for name in names]].mean(axis=1)
            return middle
    pelvis = [index for index, name in enumerate(skeleton.names) if _letters(name) in _PELVIS]
    if len(pelvis) >= 2:
        return np.asarray(points_m[:, pelvis].mean(axis=1))
    raise FormatError("it has no hips to centre the body on")


def _letters(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalpha())
