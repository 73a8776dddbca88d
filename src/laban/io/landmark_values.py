"""Depth and confidence in tables of landmarks, and impossible origins."""

from typing import Final

import numpy as np

from laban.core.arrays import BoolArray, Float32Array, Float64Array
from laban.core.skeleton import Skeleton
from laban.errors import FormatError
from laban.io.loss import warn_of_assumption

_HIPS_AT_0: Final = 0.02
_LARGEST_CONFIDENCE: Final = 1.05
_LARGEST_FLOAT32: Final = float(np.finfo(np.float32).max)
_LEAST_DEPTH_PX: Final = 5.0


def depth_px(z: Float64Array, missing: BoolArray, *, scale: float) -> Float32Array:
    """(N, J) pixels; a z that cannot be in pixels, unlike x and y, is ignored with a warning."""
    known = np.abs(z[~missing & np.isfinite(z)])
    if scale == 1 and len(known) and np.percentile(known, 95) < _LEAST_DEPTH_PX:
        warn_of_assumption("its z is not in pixels as its x and y are; it is ignored")
        return np.full(z.shape, np.nan, dtype=np.float32)
    with np.errstate(over="ignore"):
        return (np.where(missing, np.nan, z) * scale).astype(np.float32)


def confidence(values: Float64Array, missing: BoolArray) -> Float64Array:
    """Visibility from 0 to 1: percentages and COCO's flags are converted with a warning; values below 0 are
    unknown."""
    values = np.where(missing | (values < 0), np.nan, values)
    known = values[np.isfinite(values)]
    if not len(known) or known.max() <= _LARGEST_CONFIDENCE or known.max() > _LARGEST_FLOAT32:
        return values
    if np.isin(known, (0, 1, 2)).all():
        warn_of_assumption("its visibility is taken for COCO's flags: 1 is hidden, 2 is seen")
        return np.where(values > 0, values - 1, np.nan)
    if known.max() <= 100 * _LARGEST_CONFIDENCE:
        warn_of_assumption("its visibility is taken for percent")
        return values / 100
    warn_of_assumption(f"its visibility runs to {known.max():.3g}, which is not a probability; it is ignored")
    return np.full(values.shape, np.nan)


def refuse_hips_at_0(points: Float64Array, skeleton: Skeleton) -> None:
    """Refuses coordinates whose origin is the mid-hip, as in MediaPipe's world landmarks."""
    if not skeleton.has("left_hip", "right_hip"):
        return
    hips = points[:, [skeleton.index("left_hip"), skeleton.index("right_hip")]].mean(axis=1)
    known = hips[np.isfinite(hips).all(axis=1)]
    extent = np.ptp(points[np.isfinite(points)]) if np.isfinite(points).any() else 0.0
    if len(known) > 1 and np.abs(known).max() < _HIPS_AT_0 * extent:
        raise FormatError(
            "its coordinates are centred on the hips, as MediaPipe's world landmarks in metres are; "
            "expected those of the image"
        )
