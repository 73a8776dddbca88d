"""Removal of impossible joints, and filling of short gaps."""

from dataclasses import dataclass

import numpy as np

from laban.core.arrays import BoolArray, Float64Array, FloatArray
from laban.core.body import torso_length
from laban.core.checks import in_range
from laban.core.sequence import PoseSequence

_COORDINATES = ("image_px", "depth_px", "world_m", "body")
_GAUSSIAN = 1.4826
_LEAST_NEIGHBOURS = 3


@dataclass(frozen=True)
class CleanSettings:
    """What is removed, and what is filled.

    ``min_visibility``: joints with less become missing. ``max_speed``: the fastest possible movement of a joint, in
    torso lengths a second. ``hampel_s``: half-width of the window in which a joint is compared with the median, and
    ``hampel_sigmas`` the allowed deviation; 0 s disables that. ``max_gap_s``: the longest gap that is filled.
    """

    min_visibility: float = 0.3
    max_speed: float = 30.0
    hampel_s: float = 0.1
    hampel_sigmas: float = 4.0
    max_gap_s: float = 0.25

    def __post_init__(self) -> None:
        in_range(self.min_visibility, name="min_visibility", low=0.0, high=1.0)
        for name in ("max_speed", "hampel_s", "hampel_sigmas", "max_gap_s"):
            in_range(getattr(self, name), name=name, low=0.0)


def clean(sequence: PoseSequence, *, settings: CleanSettings | None = None) -> PoseSequence:
    """The sequence without joints that are uncertain or that jump, and with short gaps filled.

    A removed joint is NaN in all its coordinates. Gaps are filled by linear interpolation in time; nothing is
    extrapolated before the first or after the last time a joint was seen. Times, visibility and score are
    unchanged.

    >>> from laban.core.skeleton import COCO17
    >>> visibility = np.ones((3, 17))
    >>> visibility[1, 0] = 0.1  # the nose is hardly seen for one frame
    >>> points = np.zeros((3, 17, 2))
    >>> points[:, 0, 0] = 10.0, 99.0, 12.0
    >>> one = PoseSequence(np.array([0.0, 0.04, 0.08]), COCO17, visibility, image_px=points)
    >>> clean(one).image_px[:, 0, 0]
    array([10., 11., 12.], dtype=float32)
    """
    chosen = settings or CleanSettings()
    out = mask_joints(sequence, doubtful_joints(sequence, settings=chosen))
    return fill_gaps(out, max_gap_s=chosen.max_gap_s)


def doubtful_joints(sequence: PoseSequence, *, settings: CleanSettings) -> BoolArray:
    """(T, J) the joints that have too little visibility, are too fast, or are outliers of their neighbourhood."""
    points = _points(sequence)
    torso = np.nanmedian(torso_length(points, sequence.skeleton)) if _has_torso(sequence) else np.nan
    unsure = np.nan_to_num(sequence.visibility, nan=1.0) < settings.min_visibility
    points = np.where(unsure[..., None], np.nan, points)
    fast = _too_fast(points, sequence.times_s, limit=settings.max_speed * float(torso))
    return np.asarray(
        unsure | fast | _outliers(points, sequence.times_s, torso=float(torso), settings=settings)
    )


def mask_joints(sequence: PoseSequence, doubtful: BoolArray) -> PoseSequence:
    """The sequence with the joints of a (T, J) mask missing."""
    changes = {}
    for name in _COORDINATES:
        values = getattr(sequence, name)
        if values is not None:
            mask = doubtful if values.ndim == 2 else doubtful[..., None]
            changes[name] = np.where(mask, np.nan, values)
    return sequence.with_arrays(**changes)


def fill_gaps(sequence: PoseSequence, *, max_gap_s: float) -> PoseSequence:
    """The sequence with gaps of up to ``max_gap_s`` between two known values filled by linear interpolation in
    time."""
    changes = {}
    for name in _COORDINATES:
        values = getattr(sequence, name)
        if values is not None:
            flat = values.reshape(len(values), -1).astype(np.float64)
            filled = fill_columns(flat, sequence.times_s, max_gap_s=max_gap_s)
            changes[name] = filled.reshape(values.shape)
    return sequence.with_arrays(**changes)


def fill_columns(values: FloatArray, times_s: Float64Array, *, max_gap_s: float) -> Float64Array:
    """(T, N) columns with gaps of at most ``max_gap_s`` filled by linear interpolation.

    A gap lasts from the last time before it to the first after it. Known values are unchanged, bit for bit.
    """
    out = np.array(values, dtype=np.float64)
    for column in out.T:
        known = np.flatnonzero(np.isfinite(column))
        missing = np.flatnonzero(~np.isfinite(column))
        if len(known) < 2 or len(missing) == 0:
            continue
        after = np.searchsorted(known, missing)
        inside = (after > 0) & (after < len(known))
        missing, after = missing[inside], after[inside]
        left, right = known[after - 1], known[after]
        short = times_s[right] - times_s[left] <= max_gap_s
        missing, left, right = missing[short], left[short], right[short]
        share = (times_s[missing] - times_s[left]) / (times_s[right] - times_s[left])
        column[missing] = column[left] + share * (column[right] - column[left])
    return out


def _points(sequence: PoseSequence) -> Float64Array:
    return sequence.coordinates(sequence.spaces[0]).astype(np.float64)


def _has_torso(sequence: PoseSequence) -> bool:
    joints = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
    return sequence.skeleton.has(*joints) and bool(sequence.seen.any())


def _too_fast(points: Float64Array, times_s: Float64Array, *, limit: float) -> BoolArray:
    """(T, J) joints that came and left faster than ``limit``: a jump there and back is an error, a lasting move is
    not."""
    out = np.zeros(points.shape[:2], dtype=bool)
    speed = np.linalg.norm(np.diff(points, axis=0), axis=2) / np.diff(times_s)[:, None]
    fast = speed > limit
    out[1:-1] = fast[:-1] & fast[1:]
    return out


def _outliers(
    points: Float64Array, times_s: Float64Array, *, torso: float, settings: CleanSettings
) -> BoolArray:
    """(T, J) by Hampel's identifier (1974) on each coordinate; a hundredth of the torso is never an outlier."""
    out = np.zeros(points.shape[:2], dtype=bool)
    if settings.hampel_s == 0 or len(times_s) < _LEAST_NEIGHBOURS:
        return out
    starts = np.searchsorted(times_s, times_s - settings.hampel_s)
    stops = np.searchsorted(times_s, times_s + settings.hampel_s, side="right")
    least = 0.01 * torso if np.isfinite(torso) else 0.0
    for row, (start, stop) in enumerate(zip(starts, stops, strict=True)):
        window = points[start:stop]
        known = np.isfinite(window).all(axis=2).sum(axis=0)
        middle = _nanmedian(window)
        spread = _GAUSSIAN * _nanmedian(np.abs(window - middle))
        far = np.abs(points[row] - middle) > settings.hampel_sigmas * np.maximum(spread, least)
        out[row] = far.any(axis=1) & (known >= _LEAST_NEIGHBOURS)
    return out


def _nanmedian(window: Float64Array) -> Float64Array:
    """Median over the first axis without NaN; NaN, silently, where nothing is known."""
    ordered = np.sort(window, axis=0)
    count = np.isfinite(window).sum(axis=0)
    low, high = np.maximum((count - 1) // 2, 0), np.maximum(count // 2, 0).clip(max=len(window) - 1)
    pick = (np.take_along_axis(ordered, index[None], axis=0)[0] for index in (low, high))
    return np.asarray(sum(pick) / 2)
