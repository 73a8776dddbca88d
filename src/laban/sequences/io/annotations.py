"""The clips of a PYSKL or MMAction2 skeleton pickle, checked; ``pyskl`` says what the file looks like."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from laban.core.arrays import Float64Array
from laban.errors import FormatError
from laban.sequences.io.assumptions import checked_size
from laban.sequences.io.files import reading
from laban.sequences.io.limits import MAX_FRAMES, MAX_LANDMARKS, MAX_PEOPLE, at_most
from laban.sequences.io.safe_pickle import Numbers, load_numbers


@dataclass(frozen=True, eq=False)
class Annotation:
    """One clip: its name, class number (None where not given) and arrays, NaN where missing.

    ``points`` (M, T, V, C): pixels (C = 2) or metres in the camera's axes (C = 3); ``visibility`` (M, T, V).
    """

    name: str
    label: int | None
    points: Float64Array
    visibility: Float64Array
    size_wh: tuple[int, int] | None
    fps: float | None
    skeleton: str | None
    splits: tuple[str, ...]


def read_annotations(path: Path) -> list[Annotation]:
    """Every clip of a file, in its order, for training. Raises ``FormatError``."""
    with reading(path, form="PYSKL pickle"):
        content = load_numbers(path)
        if isinstance(content, list):
            content = {"annotations": content}
        if not isinstance(content, dict) or not isinstance(content.get("annotations"), list):
            raise FormatError("it holds no list of annotations")
        splits = _splits(content.get("split"))
        return [_annotation(one, splits=splits) for one in content["annotations"]]


def _splits(value: Any) -> dict[str, tuple[str, ...]]:
    """For each clip the names of the splits it belongs to."""
    found: dict[str, tuple[str, ...]] = {}
    if value is None:
        return found
    if not isinstance(value, dict) or not all(isinstance(names, list) for names in value.values()):
        raise FormatError("its split must map names to lists of clips")
    for split, names in value.items():
        for name in filter(_is_text, names):
            found[name] = (*found.get(name, ()), str(split))
    return found


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _annotation(one: Any, *, splits: Mapping[str, tuple[str, ...]]) -> Annotation:
    if not isinstance(one, dict):
        raise FormatError("one of its annotations is not a dictionary")
    name = one["frame_dir"][:1000] if _is_text(one.get("frame_dir")) else ""
    points = _keypoints(one.get("keypoint"), name=name)
    scores = _scores(one.get("keypoint_score"), shape=points.shape[:3], name=name)
    missing = (points == 0).all(axis=3) & (True if scores is None else scores == 0)
    points[missing] = np.nan
    visibility = np.full(points.shape[:3], np.nan) if scores is None else scores
    visibility[missing] = np.nan
    label, fps, joints = one.get("label"), one.get("fps"), one.get("skeleton")
    return Annotation(
        name,
        label if type(label) is int else None,
        points,
        visibility,
        _size(one.get("img_shape")),
        float(fps) if isinstance(fps, int | float) else None,
        joints if isinstance(joints, str) else None,
        splits.get(name, ()),
    )


def _keypoints(value: Any, *, name: str) -> Float64Array:
    array = value.array if isinstance(value, Numbers) else None
    if array is not None and array.ndim == 3:
        array = array[None]
    if array is None or array.ndim != 4 or array.shape[3] not in (2, 3) or 0 in array.shape:
        raise FormatError(f"the keypoint array of {name[:60]!r} must be (people, frames, joints, 2 or 3)")
    at_most(array.shape[0], MAX_PEOPLE, what="people")
    at_most(array.shape[1], MAX_FRAMES, what="frames")
    at_most(array[..., 0].size, MAX_LANDMARKS, what="landmarks")
    return _finite(array, name=name)


def _scores(value: Any, *, shape: tuple[int, ...], name: str) -> Float64Array | None:
    if value is None:
        return None
    array = value.array if isinstance(value, Numbers) else None
    if array is not None and array.ndim == 2:
        array = array[None]
    if array is None or array.shape != shape:
        raise FormatError(f"the keypoint_score array of {name[:60]!r} must be {shape}")
    return _finite(array, name=name)


def _finite(array: "np.typing.NDArray[Any]", *, name: str) -> Float64Array:
    values = array.astype(np.float64)
    if not (np.abs(values[~np.isnan(values)]) < np.finfo(np.float32).max).all():
        raise FormatError(f"the arrays of {name[:60]!r} hold infinite or enormous numbers")
    return values


def _size(value: Any) -> tuple[int, int] | None:
    """(width, height) out of (height, width)."""
    if not isinstance(value, list | tuple) or len(value) < 2 or {type(value[0]), type(value[1])} != {int}:
        return None
    return checked_size((value[1], value[0]))
