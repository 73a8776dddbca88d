"""Whether coordinates are pixels or normalised to the image, decided by their values.

No body is 1.5 pixels large, and none is five images away: the format's own convention is accepted unless the values
rule it out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from laban.core.arrays import BoolArray, Float64Array, FloatArray
from laban.errors import FormatError
from laban.io.assumptions import checked_size, image_of
from laban.io.axis_order import x_first
from laban.io.loss import warn_of_assumption
from laban.io.missing_marks import distinct, unseen
from laban.io.mixed_scales import refuse_mixed_scales
from laban.io.people import Detection

_LARGEST_SHARE: Final = 1.5
_LEAST_PIXELS: Final = 5.0
_NEGATIVE_SHARE: Final = 0.2

_LEAST_OF_CENTRED: Final = 0.25
_MOSTLY_OUTSIDE: Final = 0.5
_LEAST_OF_BODY: Final = 5
_PERCENT: Final = (-20.0, 120.0)
_REACH_PERCENT: Final = 40.0
_BODY_PERCENT: Final = 15.0


@dataclass(frozen=True)
class Placed:
    """Points in pixels, which of them are missing, the image size, the factor that was applied, and a note."""

    points: Float64Array
    missing: BoolArray
    size_wh: tuple[int, int] | None
    scale: Float64Array
    note: dict[str, object] = field(default_factory=dict)


def placed(
    points: Float64Array, *, size_wh: tuple[int, int] | None, form: str, shares: bool, percent: bool = True
) -> Placed:
    """Points (…, J, 2) of a file in pixels, NaN where they are marked as not seen.

    ``shares`` says that the format's coordinates are shares of the image (0 to 1), whose size is assumed if
    unknown, unless the values rule that out. Shares where pixels are expected need ``size_wh``. Raises FormatError
    for coordinates around 0.
    """
    known, missing = _seen(points)
    size = None if size_wh is None else checked_size(size_wh)
    note: dict[str, object] = {}
    scale = np.ones(2)
    if percent and are_percent(known, size_wh=size):
        size = _size_of_percent(size)
        scale = np.array(size) / 100
    elif shares and not are_pixels(known):
        image = image_of(size, form=form)
        size, note, scale = image.size_wh, image.note, np.array(image.size_wh, dtype=np.float64)
    elif not shares and are_shares(known):
        size = needed_size(size, form=form)
        scale = np.array(size, dtype=np.float64)
    with np.errstate(over="ignore"):
        return Placed(known * scale, missing, size, scale, note)


def are_shares(points: FloatArray) -> bool:
    """Whether points (…, 2) that should be pixels can only be shares of the image's width and height.

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
            "expected pixels, or 0 to 1 with the size of the image"
        )
    return True


def are_pixels(points: FloatArray) -> bool:
    """Whether points (…, 2) that should be shares of the image's width and height can only be pixels."""
    return bool(_reach(points) >= _LEAST_PIXELS)


def are_percent(points: FloatArray, *, size_wh: tuple[int, int] | None) -> bool:
    """Whether points (…, J, 2) fill the range from 0 to 100 as percent of a larger image do."""
    known = points[np.isfinite(points).all(axis=-1)]
    if not len(known) or (size_wh is not None and max(size_wh) <= _PERCENT[1]):
        return False
    low, high = _PERCENT
    within = bool(known.min() >= low and known.max() <= high)
    reaches = bool((np.percentile(known, 95, axis=0) > _REACH_PERCENT).all())
    return within and reaches and _extent(points) > _BODY_PERCENT


def warn_of_percent(points: FloatArray, *, size_wh: tuple[int, int] | None, form: str) -> None:
    """Warns of coordinates that should be pixels by their format and look like percentages."""
    if are_percent(points, size_wh=size_wh):
        warn_of_assumption(
            f"its coordinates stay between 0 and 100, as percent of the image do; {form} holds pixels, and "
            "they are taken for such"
        )


def refuse_centred(points: FloatArray) -> None:
    """Raises FormatError where points (…, 2) lie on both sides of 0 on both axes, which image coordinates never do.

    On one axis alone, a person may be half outside the image: that only causes a warning.
    """
    known = points[np.isfinite(points).all(axis=-1)]
    if not len(known):
        return
    outside = np.mean(known < 0, axis=0)
    if np.all(outside > _LEAST_OF_CENTRED):
        (x_low, y_low), (x_high, y_high) = known.min(axis=0), known.max(axis=0)
        raise FormatError(
            f"its coordinates are centred on 0 (x from {x_low:.3g} to {x_high:.3g}, y from {y_low:.3g} to "
            f"{y_high:.3g}), as those centred on the hips (world landmarks), metres and a scale from -1 to 1 are; "
            "expected those of the image, from its top left corner"
        )
    for share, where in zip(outside, ("left of", "above"), strict=True):
        if _MOSTLY_OUTSIDE < share < 1:
            warn_of_assumption(
                f"{share:.0%} of its joints lie {where} the image, as if 0 were its centre; expected "
                "pixels from the top left corner"
            )


def in_pixels(
    frames: Sequence[Sequence[Detection]], *, size_wh: tuple[int, int] | None, form: str
) -> list[list[Detection]]:
    """The detections with NaN for joints marked as not seen, and pixels for shares of an image of ``size_wh``.

    Raises FormatError where the size is needed and unknown.
    """
    people = [one for frame in frames for one in frame]
    if not people:
        return [list(frame) for frame in frames]
    points, missing = _seen(np.stack([one.image_px for one in people]))
    scale = np.ones(2)
    if are_shares(points):
        scale = np.array(needed_size(size_wh, form=form), dtype=np.float64)
    else:
        warn_of_percent(points, size_wh=size_wh, form=form)
    found = iter(zip(points * scale, missing, strict=True))
    return [[_at(one, *next(found)) for one in frame] for frame in frames]


def needed_size(size_wh: tuple[int, int] | None, *, form: str) -> tuple[int, int]:
    """The image size, or an error that says why it is needed."""
    if size_wh is None:
        raise FormatError(
            f"{form} should hold pixels, its coordinates run from 0 to 1; pass the size of the "
            "image with size_wh, or "
            "--size 1280x720"
        )
    return checked_size(size_wh)


def _seen(points: FloatArray) -> tuple[Float64Array, BoolArray]:
    """Points (…, J, 2) with NaN where they are marked as not seen, and which those are.

    Raises FormatError for impossible image coordinates: around 0, or pixels on one axis and shares on the other.
    """
    points = x_first(points)
    missing = unseen(points)
    known = np.where(missing[..., None], np.nan, points)
    refuse_centred(known)
    refuse_mixed_scales(known)
    return known, missing


def _size_of_percent(size_wh: tuple[int, int] | None) -> tuple[int, int]:
    if size_wh is None:
        raise FormatError(
            "its coordinates run from 0 to 100, as percent of the image do; pass the size of the image with "
            "size_wh, or --size 1280x720 (--size 100x100 where they are pixels of one so small)"
        )
    width, height = size_wh
    warn_of_assumption(
        f"its coordinates run from 0 to 100 and are taken for percent of the image of {width}x{height}"
    )
    return size_wh


def _at(one: Detection, image_px: Float64Array, missing: BoolArray) -> Detection:
    return replace(one, image_px=image_px, visibility=np.where(missing, np.nan, one.visibility))


def _reach(points: FloatArray) -> float:
    """The distance from 0 within which nearly all coordinates lie; NaN where no body has an extent."""
    known = np.abs(points[np.isfinite(points).all(axis=-1)].astype(np.float64))
    if not len(known) or np.ptp(known, axis=0).max() == 0:
        return float("nan")
    return float(np.percentile(known.max(axis=-1), 95))


def _extent(points: FloatArray) -> float:
    """The median over bodies (…, J, 2) of the larger side of their known joints' box; 0 where none has enough
    joints."""
    bodies = points.reshape(-1, *points.shape[-2:])
    bodies = bodies[distinct(bodies[..., 0]) >= _LEAST_OF_BODY]
    if not len(bodies):
        return 0.0
    return float(np.median((np.nanmax(bodies, axis=1) - np.nanmin(bodies, axis=1)).max(axis=1)))
