"""Coordinates that mix pixels and shares of the image: by axis, or from body to body."""

from typing import Final

import numpy as np

from laban.core.arrays import Float64Array, FloatArray
from laban.errors import FormatError
from laban.io.loss import warn_of_assumption
from laban.io.missing_marks import distinct

_LARGEST_SHARE: Final = 1.5
_LEAST_PIXELS: Final = 20.0
_LEAST_OF_BODY: Final = 5
_LEAST_OF_AXIS: Final = 3
_FEW: Final = 0.05


def refuse_mixed_scales(points: FloatArray) -> None:
    """Raises FormatError where bodies (…, J, 2) mix pixels and shares of the image; a few only cause a warning."""
    bodies = points.reshape(-1, *points.shape[-2:])
    spread = distinct(np.swapaxes(bodies, 1, 2))
    bodies = bodies[(spread.max(axis=1) >= _LEAST_OF_BODY) & (spread.min(axis=1) >= _LEAST_OF_AXIS)]
    if len(bodies):
        reach = np.nanmax(np.abs(bodies), axis=1)
        _refuse_axes(reach)
        _refuse_bodies(reach.max(axis=1))


def _refuse_axes(reach: Float64Array) -> None:
    """Raises FormatError where one axis of most bodies (N, 2) is in pixels and the other from 0 to 1."""
    for share, pixel, names in ((0, 1, "xy"), (1, 0, "yx")):
        mixed = (reach[:, share] <= _LARGEST_SHARE) & (reach[:, pixel] >= _LEAST_PIXELS)
        if mixed.mean() > 1 / 2:
            raise FormatError(
                f"its {names[0]} runs from 0 to {reach[:, share].max():.3g}, as shares of the image do, its "
                f"{names[1]} to {reach[:, pixel].max():.4g}, as pixels do; expected both in one unit: multiply "
                f"{names[0]} by the image's {'width' if names[0] == 'x' else 'height'}"
            )


def _refuse_bodies(reach: Float64Array) -> None:
    """Raises FormatError where some bodies (N,) extend no further than 1, and others hundreds of pixels."""
    shares, pixels = int((reach <= _LARGEST_SHARE).sum()), int((reach >= _LEAST_PIXELS).sum())
    if not shares or not pixels:
        return
    words = (
        f"{shares} of its bodies have coordinates from 0 to 1, as shares of the image, {pixels} have pixels"
    )
    if min(shares, pixels) > _FEW * len(reach):
        raise FormatError(f"{words}; expected one unit for all rows: convert the parts separately")
    warn_of_assumption(f"{words}; all are read in the unit of most; check where they come from")
