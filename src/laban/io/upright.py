"""Bodies that are upside down or lie throughout: files whose y grows upwards, or comes before x."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from laban.core.arrays import Float64Array, FloatArray
from laban.core.sequence import PoseSequence, Recording
from laban.errors import InvalidValueError
from laban.io.assumptions import with_notes
from laban.io.loss import warn_of_assumption
from laban.io.people import given

_HEAD: Final = ("nose", "left_eye", "right_eye", "left_ear", "right_ear", "head_top", "neck")
_SHOULDERS: Final = ("left_shoulder", "right_shoulder")
_HIPS: Final = ("left_hip", "right_hip", "mid_hip")
_FEET: Final = ("left_ankle", "right_ankle", "left_knee", "right_knee")
_ANKLES: Final = ("left_ankle", "right_ankle")
_CLEAR: Final = 0.15
"""How far, as a share of the body's height, head, hips and feet must lie above each other to count."""
MOST_UPSIDE_DOWN: Final = 0.8
"""The share of the clear rows from which on bodies are said to be upside down."""
_OF_SEEN: Final = 0.3
_MOST_LYING: Final = 0.9


def upside_down(recording: Recording) -> float:
    """The share of clear rows in which bodies are upside down, 0 where too few rows are clear.

    A row is clear if head, hips and, where known, legs are in order from top to bottom or from bottom to top.
    """
    counts = [_counted(one) for one in recording.people.values()]
    seen, up, down = np.sum(counts, axis=0) if counts else (0, 0, 0)
    return float(down / (up + down)) if seen and up + down >= _OF_SEEN * seen else 0.0


def checked_upright(recording: Recording, *, flipped: bool = False) -> None:
    """Warns where nearly all bodies are upside down."""
    share = upside_down(recording)
    if share < MOST_UPSIDE_DOWN:
        return
    if flipped:
        warn_of_assumption(
            f"with y turned over, bodies stand on their heads in {share:.0%} of the frames; leave flip_y out"
        )
        return
    warn_of_assumption(
        f"bodies stand on their heads in {share:.0%} of the frames, as if y grew upwards from the bottom of "
        "the image; unless they really do, pass flip_y=True (laban convert IN OUT --flip-y)"
    )


def warn_of_lying(recording: Recording, *, exchanged: bool = False) -> None:
    """Warns where bodies lie on their sides nearly throughout, as they appear to if y comes before x."""
    share = lying(recording)
    if share < _MOST_LYING:
        return
    if exchanged:
        warn_of_assumption(
            f"with x and y exchanged, bodies lie on their sides in {share:.0%} of the frames; leave swap_xy out"
        )
        return
    warn_of_assumption(
        f"bodies lie on their sides in {share:.0%} of the frames, as if y came before x (MoveNet's order) or "
        "the image was turned; unless they really lie, pass swap_xy=True (laban convert IN OUT --swap-xy)"
    )


def lying(recording: Recording) -> float:
    """The share of rows in which bodies lie on their sides, of those whose trunk is known; 0 where few are.

    A body lies if its trunk is closer to horizontal than to vertical, and known ankles do not fold back along it.
    """
    counts = [_lying(one) for one in recording.people.values()]
    seen, known, lie = np.sum(counts, axis=0) if counts else (0, 0, 0)
    return float(lie / known) if seen and known >= _OF_SEEN * seen else 0.0


def flipped(recording: Recording) -> Recording:
    """The recording with y turned over: measured from the image's top instead of its bottom.

    If no y is above 0, it was measured upwards from the top. If the image's height is unknown, y is flipped within
    its own range. Raises InvalidValueError where there are no pixels.
    """
    values = [one.image_px[..., 1] for one in recording.people.values() if one.image_px is not None]
    if not values:
        raise InvalidValueError("flip_y turns pixels over, the file holds none; leave it out")
    turn, how = _turn(values, height=None if recording.size_wh is None else recording.size_wh[1])
    people = {person: _turned(one, turn) for person, one in recording.people.items()}
    return recording.replace(people=people, metadata=with_notes(recording.metadata, [how]))


def _turn(values: Sequence[FloatArray], *, height: int | None) -> tuple[float, str]:
    """The sum of the old and the new y, in pixels, and a note."""
    known = np.concatenate([one[np.isfinite(one)] for one in values])
    if not len(known) or known.max() <= 0:
        return 0.0, "y was turned over (flip_y): its sign was changed"
    if height is not None:
        return float(height), f"y was turned over (flip_y) in an image {height} pixels high"
    return float(known.min() + known.max()), (
        "y was turned over (flip_y) within its own range, because the image's height is unknown"
    )


def _turned(one: PoseSequence, turn: float) -> PoseSequence:
    if one.image_px is None:
        return one
    return one.replace(image_px=np.stack([one.image_px[..., 0], turn - one.image_px[..., 1]], axis=-1))


def _counted(one: PoseSequence) -> tuple[int, int, int]:
    """How many rows show a body, how many of them upright, and how many on its head."""
    if one.image_px is None:
        return 0, 0, 0
    y = one.image_px[..., 1].astype(np.float64)
    seen = np.isfinite(y).any(axis=1)
    y = y[seen]
    if not len(y):
        return 0, 0, 0
    height = np.nanmax(y, axis=1) - np.nanmin(y, axis=1)
    head, hips, feet = (_mean(y, one, names) for names in (_HEAD, _HIPS, _FEET))
    head = np.where(np.isnan(head), _mean(y, one, _SHOULDERS), head)
    with np.errstate(invalid="ignore", divide="ignore"):
        upper, lower = (hips - head) / height, (feet - hips) / height
    up = (upper > _CLEAR) & ~(lower <= _CLEAR)
    down = (upper < -_CLEAR) & ~(lower >= -_CLEAR)
    return len(y), int(up.sum()), int(down.sum())


def _lying(one: PoseSequence) -> tuple[int, int, int]:
    """How many rows show a body, how many of them a trunk, and how many a trunk that lies."""
    if one.image_px is None:
        return 0, 0, 0
    points = one.image_px.astype(np.float64)
    seen = given(points).any(axis=1)
    (head_x, head_y), (hips_x, hips_y), (feet_x, _) = (
        [_mean(points[seen, :, axis], one, names) for axis in (0, 1)]
        for names in (_SHOULDERS, _HIPS, _ANKLES)
    )
    across, down = hips_x - head_x, hips_y - head_y
    with np.errstate(invalid="ignore"):
        level = (np.abs(across) > np.abs(down)) & ~((feet_x - hips_x) * np.sign(across) < 0)
    known = np.isfinite(across) & np.isfinite(down)
    return int(seen.sum()), int(known.sum()), int((level & known).sum())


def _mean(y: Float64Array, one: PoseSequence, names: Sequence[str]) -> Float64Array:
    """(T,) the mean y of those of the joints that are known; NaN where none is."""
    columns = [one.skeleton.index(name) for name in names if one.skeleton.has(name)]
    if not columns:
        return np.full(len(y), np.nan)
    known = np.isfinite(y[:, columns])
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, y[:, columns], 0.0).sum(axis=1) / known.sum(axis=1))
