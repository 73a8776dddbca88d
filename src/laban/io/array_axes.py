"""The meaning of an array's axes (frames, joints, coordinates), derived from their lengths and from motion."""

from typing import Final

import numpy as np

from laban.core.arrays import Array, Float64Array
from laban.core.skeleton import BLAZEPOSE33, Skeleton
from laban.errors import FormatError
from laban.io.joint_names import KNOWN_COUNTS
from laban.io.loss import warn_of_assumption

_JOINTS: Final = (*KNOWN_COUNTS, len(BLAZEPOSE33))
_COORDINATES: Final = (2, 3, 4)
_CLEARLY: Final = 3.0
"""How many times further apart neighbours along one axis must be for the other axis to be time."""


def refuse_other_coordinates(values: Array) -> None:
    """Refuses arrays whose last axis does not hold 2 to 4 coordinates, and suggests another axis that may."""
    if values.shape[-1] in _COORDINATES and 0 not in values.shape:
        return
    likely = [axis for axis, length in enumerate(values.shape[:-1]) if length in _COORDINATES]
    others = {length for axis, length in enumerate(values.shape) if axis not in likely}
    hint = ""
    if len(likely) == 1 and others & set(_JOINTS):
        hint = f"; the coordinates seem to be axis {likely[0]}: pass numpy.moveaxis(values, {likely[0]}, -1)"
    raise FormatError(f"expected 2 to 4 numbers a joint, got an array of shape {values.shape}{hint}")


def frames_first(values: Float64Array, *, asked: Skeleton | None) -> Float64Array:
    """(T, J, C) of an array (T, J, C) or, with a warning, (J, T, C).

    Where both lengths are known joint counts, neighbours along time are closer to each other than neighbours
    along a body. Raises FormatError where that does not decide, and where only the first length is one.
    """
    known = _JOINTS if asked is None else (len(asked),)
    first, second = (length in known for length in values.shape[:2])
    if not first or values.shape[0] == 1:
        return values
    if not second:
        raise FormatError(
            f"the first two axes of its shape {values.shape} seem to be swapped, because {values.shape[0]} is "
            f"a number of joints and {values.shape[1]} is not; pass values.swapaxes(0, 1)"
        )
    along_first, along_second = (_median_step(values[..., :2], axis=axis) for axis in (0, 1))
    if along_first <= along_second:
        return values
    if along_second * _CLEARLY > along_first:
        raise FormatError(
            f"its shape {values.shape} does not distinguish frames from joints, nor does the motion; expected "
            "(frames, joints, 2 to 4): pass one frame more or less, or values.swapaxes(0, 1)"
        )
    warn_of_assumption(
        f"its shape {values.shape} is taken for (joints, frames, …), because motion is smooth along the second axis"
    )
    return values.swapaxes(0, 1)


def _median_step(points: Float64Array, *, axis: int) -> float:
    """The median distance of neighbours along an axis; 0 where none are known."""
    steps = np.linalg.norm(np.diff(points, axis=axis), axis=-1)
    known = steps[np.isfinite(steps)]
    return float(np.median(known)) if len(known) else 0.0
