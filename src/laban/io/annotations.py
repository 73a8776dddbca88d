"""The clips of a PYSKL or MMAction2 skeleton pickle, checked; ``pyskl`` describes the file's layout."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from laban.core.arrays import Array, Float64Array
from laban.errors import FormatError
from laban.io.assumptions import checked_size
from laban.io.files import reading
from laban.io.limits import MAX_FRAMES, MAX_LANDMARKS, MAX_PEOPLE, at_most
from laban.io.safe_pickle import Numbers, load_numbers


@dataclass(frozen=True, eq=False)
class Annotation:
    """One clip: its name, class number or name (None where not given) and arrays, NaN where missing.

    ``points`` (M, T, V, C): pixels (C = 2) or metres in the camera's axes (C = 3); ``visibility`` (M, T, V).
    """

    name: str
    label: int | str | None
    points: Float64Array
    visibility: Float64Array
    size_wh: tuple[int, int] | None
    fps: float | None
    skeleton: str | None
    splits: tuple[str, ...]


@dataclass(frozen=True)
class Unusable:
    """A clip that cannot be used, and why: it has no people, or its arrays do not fit together."""

    name: str
    reason: str


def read_annotations(path: Path) -> list[Annotation]:
    """All clips of a file, in order. Raises ``FormatError``, even if only one of them cannot be used."""
    with reading(path, form="PYSKL pickle"):
        clips = read_clips(path)
        for one in clips:
            if isinstance(one, Unusable):
                raise FormatError(one.reason)
        return [one for one in clips if isinstance(one, Annotation)]


def read_clips(path: Path) -> list[Annotation | Unusable]:
    """All clips of a file, in order, including those that cannot be used. Raises ``FormatError``."""
    with reading(path, form="PYSKL pickle"):
        content = load_numbers(path)
        if isinstance(content, dict) and "keypoint" in content:
            content = [content]  # one clip by itself
        if isinstance(content, list):
            content = {"annotations": content}
        if not isinstance(content, dict) or not isinstance(content.get("annotations"), list | tuple):
            raise FormatError("it holds no list of annotations")
        splits = _splits(content.get("split"))
        return [_clip(one, splits=splits) for one in content["annotations"]]


def _splits(value: object) -> dict[str, tuple[str, ...]]:
    """The names of the splits each clip belongs to; the lists may be tuples or arrays of text."""
    found: dict[str, tuple[str, ...]] = {}
    if value is None:
        return found
    lists = (
        {str(split): _listed(names) for split, names in value.items()} if isinstance(value, dict) else None
    )
    if lists is None or any(names is None for names in lists.values()):
        raise FormatError("its split must map names to lists of clips")
    for split, names in lists.items():
        for name in map(_text, names or ()):
            if name is not None:
                found[name] = (*found.get(name, ()), split)
    return found


def _listed(value: object) -> list[object] | None:
    if isinstance(value, Numbers) and value.array.ndim <= 1:
        return list(value.array.reshape(-1).tolist())
    return list(value) if isinstance(value, list | tuple) else None


def _text(value: object) -> str | None:
    """A name, which some programs store as bytes or as a number."""
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    if isinstance(value, str):
        return str(value)
    return str(value) if type(value) is int else None


def _clip(one: object, *, splits: Mapping[str, tuple[str, ...]]) -> Annotation | Unusable:
    """``name`` is the name that the splits use."""
    name = (_text(one.get("frame_dir")) or "")[:1000] if isinstance(one, dict) else ""
    try:
        return _annotation(one, name, splits=splits)
    except FormatError as error:
        return Unusable(name, str(error))


def _annotation(one: object, name: str, *, splits: Mapping[str, tuple[str, ...]]) -> Annotation:
    if not isinstance(one, dict):
        raise FormatError("one of its annotations is not a dictionary")
    points = _keypoints(one.get("keypoint"), name=name)
    scores = _scores(one.get("keypoint_score"), shape=points.shape[:3], name=name)
    missing = (points == 0).all(axis=3) & (True if scores is None else scores == 0)
    points[missing] = np.nan
    visibility = np.full(points.shape[:3], np.nan) if scores is None else scores
    visibility[missing] = np.nan
    fps, joints = one.get("fps"), one.get("skeleton")
    return Annotation(
        name,
        _label(one.get("label")),
        points,
        visibility,
        _size(one.get("img_shape")),
        float(fps) if isinstance(fps, int | float) else None,
        joints if isinstance(joints, str) else None,
        splits.get(name, ()),
    )


def _label(value: object) -> int | str | None:
    """A class by number or by name, perhaps alone in a list or an array."""
    held = _listed(value)
    one = held[0] if held is not None and len(held) == 1 else value
    if isinstance(one, float) and one.is_integer():
        return int(one)
    if isinstance(one, str | bytes):
        return (_text(one) or "").strip() or None
    return one if type(one) is int else None


def _array_of(value: object) -> Array | None:
    """An array of numbers, which may have been written as a list of one array for each person."""
    if isinstance(value, list | tuple):
        parts = [_array_of(one) for one in value]
        shapes = {None if one is None else one.shape for one in parts}
        if None in shapes or len(shapes) != 1:
            return np.zeros(0) if not parts else None
        return np.stack([one for one in parts if one is not None])
    array = value.array if isinstance(value, Numbers) else None
    return array if array is not None and array.dtype.kind in "biuf" else None


def _keypoints(value: object, *, name: str) -> Float64Array:
    array = _array_of(value)
    if array is not None and not array.size:
        raise FormatError(f"{name[:60]!r} has no people: its keypoint array is empty")
    if array is not None and array.ndim == 3:
        array = array[None]
    if array is None or array.ndim != 4 or array.shape[3] not in (2, 3) or 0 in array.shape:
        raise FormatError(f"the keypoint array of {name[:60]!r} must be (people, frames, joints, 2 or 3)")
    at_most(array.shape[0], MAX_PEOPLE, what="people")
    at_most(array.shape[1], MAX_FRAMES, what="frames")
    at_most(array[..., 0].size, MAX_LANDMARKS, what="landmarks")
    return _finite(array, name=name)


def _scores(value: object, *, shape: tuple[int, ...], name: str) -> Float64Array | None:
    if value is None:
        return None
    array = _array_of(value)
    if array is not None and array.shape == (*shape, 1):
        array = array[..., 0]
    if array is not None and array.ndim == 2:
        array = array[None]
    if array is None or array.shape != shape:
        raise FormatError(f"the keypoint_score array of {name[:60]!r} must be {shape}")
    return _finite(array, name=name)


def _finite(array: Array, *, name: str) -> Float64Array:
    with np.errstate(invalid="ignore"):  # a NaN of any kind is a NaN
        values = array.astype(np.float64)
    if not (np.abs(values[~np.isnan(values)]) < np.finfo(np.float32).max).all():
        raise FormatError(f"the arrays of {name[:60]!r} hold infinite or enormous numbers")
    return values


def _size(value: object) -> tuple[int, int] | None:
    """(width, height) out of (height, width)."""
    value = value.array.tolist() if isinstance(value, Numbers) else value
    if not isinstance(value, list | tuple) or len(value) < 2 or {type(value[0]), type(value[1])} != {int}:
        return None
    return checked_size((value[1], value[0]))
