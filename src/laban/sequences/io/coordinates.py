"""Whether coordinates are pixels or shares of the picture, judged by their values.

No body is 1.5 pixels large, and none is five pictures away: what a format says of its coordinates is believed
unless the values rule it out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from laban.core.arrays import BoolArray, Float64Array, FloatArray
from laban.errors import FormatError
from laban.sequences.io.assumptions import checked_size
from laban.sequences.io.people import Detection

_LARGEST_SHARE: Final = 1.5
_LEAST_PIXELS: Final = 5.0
_NEGATIVE_SHARE: Final = 0.2


def zeros(points: FloatArray) -> BoolArray:
    """(…, J) which of the points (…, J, C) are exactly 0, or exactly -1, in every coordinate.

    Both are what programs write for "not seen".
    """
    missing: BoolArray = (points == 0).all(axis=-1) | (points == -1).all(axis=-1)
    return missing


def are_shares(points: FloatArray) -> bool:
    """Whether points (…, 2) that should be pixels can only be shares of the picture's width and height.

    Raises FormatError where they lie around 0, as coordinates from -1 to 1 and metres do.
    """
    reach = _reach(points)
    if not np.isfinite(reach) or reach > _LARGEST_SHARE:
        return False
    known = points[np.isfinite(points)]
    if (known < 0).mean() > _NEGATIVE_SHARE:
        raise FormatError(
            f"its coordinates lie between {known.min():.3g} and {known.max():.3g}, as metres or a "
            "scale from -1 to 1 do; "
            "expected pixels, or 0 to 1 with the size of the picture"
        )
    return True


def are_pixels(points: FloatArray) -> bool:
    """Whether points (…, 2) that should be shares of the picture's width and height can only be pixels."""
    return bool(_reach(points) >= _LEAST_PIXELS)


def in_pixels(
    frames: Sequence[Sequence[Detection]], *, size_wh: tuple[int, int] | None, form: str
) -> list[list[Detection]]:
    """The detections with NaN for joints marked as not seen, and pixels for shares of a picture of ``size_wh``.

    Raises FormatError where that is needed and the size is not known.
    """
    marked = [[_without_marks(one) for one in frame] for frame in frames]
    if not are_shares(_all_points(marked)):
        return marked
    size = needed_size(size_wh, form=form)
    scale = np.array(size, dtype=np.float64)
    return [[replace(one, image_px=one.image_px * scale) for one in frame] for frame in marked]


def needed_size(size_wh: tuple[int, int] | None, *, form: str) -> tuple[int, int]:
    """The size of the picture, or an error that says why it is needed."""
    if size_wh is None:
        raise FormatError(
            f"{form} should hold pixels, its coordinates run from 0 to 1; pass the size of the "
            "picture with size_wh, or "
            "--size 1280x720"
        )
    return checked_size(size_wh)


def _without_marks(one: Detection) -> Detection:
    missing = zeros(one.image_px)
    if not missing.any():
        return one
    return replace(
        one,
        image_px=np.where(missing[:, None], np.nan, one.image_px),
        visibility=np.where(missing, np.nan, one.visibility),
    )


def _all_points(frames: Iterable[Iterable[Detection]]) -> Float64Array:
    found = [one.image_px for frame in frames for one in frame]
    return np.concatenate(found) if found else np.empty((0, 2))


def _reach(points: FloatArray) -> float:
    """How far nearly all coordinates are from 0; NaN where there is no body with an extent to judge by."""
    known = np.abs(points[np.isfinite(points).all(axis=-1)].astype(np.float64))
    if not len(known) or np.ptp(known, axis=0).max() == 0:
        return float("nan")
    return float(np.percentile(known.max(axis=-1), 95))
