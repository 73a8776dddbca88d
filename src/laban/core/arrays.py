"""Array types and the checks that every value goes through when it is built."""

from collections.abc import Sequence
from typing import TypeVar, overload

import numpy as np
import numpy.typing as npt

from laban.errors import InvalidValueError

Array = npt.NDArray[np.generic]
FloatArray = npt.NDArray[np.floating]
Float32Array = npt.NDArray[np.float32]
Float64Array = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.integer]
BoolArray = npt.NDArray[np.bool_]
ImageArray = npt.NDArray[np.uint8]

Dimension = int | str

Scalar = TypeVar("Scalar", bound=np.generic)

_NUMBERS = "biufO"


@overload
def frozen(values: npt.ArrayLike, *, shape: Sequence[Dimension], name: str) -> Float32Array: ...
@overload
def frozen(
    values: npt.ArrayLike, *, shape: Sequence[Dimension], name: str, dtype: type[Scalar]
) -> npt.NDArray[Scalar]: ...
def frozen(
    values: npt.ArrayLike, *, shape: Sequence[Dimension], name: str, dtype: type[np.generic] = np.float32
) -> Array:
    """A read-only, contiguous copy of ``values``, checked against ``shape``.

    A dimension given as an integer must match; one given as a letter may have any length. NaN (missing) is allowed,
    infinity is not.
    """
    # Most of the values that a live stream builds need no conversion.
    if type(values) is np.ndarray and values.dtype == dtype and values.flags.c_contiguous:
        array = values
    else:
        array = _converted(values, name=name, dtype=dtype)
    _check_shape(array, shape=shape, name=name)
    if array.dtype.kind == "f" and np.isinf(array).any():
        raise InvalidValueError(f"{name} holds infinite values; missing values must be NaN")
    if array.flags.writeable or not array.flags.owndata:
        array = np.array(array, dtype=dtype, order="C", copy=True)
        array.flags.writeable = False
    return array


def to_float32(values: FloatArray) -> Float32Array:
    """The values rounded to float32; what is too large becomes infinite, which ``frozen`` refuses."""
    with np.errstate(over="ignore"):
        return values.astype(np.float32)


def same_content(left: Array | None, right: Array | None) -> bool:
    """Whether two optional arrays hold the same values, NaN equal to NaN."""
    if left is None or right is None:
        return left is right
    return left.shape == right.shape and bool(np.array_equal(left, right, equal_nan=left.dtype.kind == "f"))


def _converted(values: npt.ArrayLike, *, name: str, dtype: type[np.generic]) -> Array:
    kind = np.dtype(dtype).name
    try:
        with np.errstate(over="ignore"):
            given = np.asarray(values)
            if given.dtype.kind not in _NUMBERS:
                raise TypeError(f"got {given.dtype.name}")
            return np.asarray(given, dtype=dtype, order="C")
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidValueError(f"{name} must be an array of {kind}; {error}") from error


def _check_shape(array: Array, *, shape: Sequence[Dimension], name: str) -> None:
    # A plain loop: a generator expression costs one call per item.
    matches = array.ndim == len(shape)
    for want, have in zip(shape, array.shape, strict=False):
        matches = matches and (want == have or isinstance(want, str))
    if not matches:
        wanted = "(" + ", ".join(str(part) for part in shape) + ")"
        raise InvalidValueError(f"{name} must have shape {wanted}, got {array.shape}")
