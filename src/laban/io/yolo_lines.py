"""The lines of YOLO-pose labels: boxes, joints, and optional ids and confidences."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from laban.core.arrays import Float64Array
from laban.errors import FormatError
from laban.io.assumptions import checked_size, image_of
from laban.io.coordinates import are_pixels
from laban.io.limits import MAX_PEOPLE, at_most
from laban.io.loss import warn_of_assumption
from laban.io.people import Detection

NOT_LABELS: Final = frozenset(
    [
        "classes",
        "predefined_classes",
        "obj",
        "notes",
        "readme",
        "readme.roboflow",
        "readme.dataset",
        "laban_people",
    ]
    + [f"{kind}{split}" for kind in ("", "autosplit_") for split in ("train", "val", "valid", "test")]
)
"""Lower-case names of text files next to labels."""

Lines = Sequence[Sequence[str]]


def checked_lines(lines: Lines, shape: tuple[int, int], *, where: str) -> Lines:
    """The lines of one file, each with as many cells as a person may have."""
    keypoints = shape[0] * shape[1]
    at_most(len(lines), MAX_PEOPLE, what=f"people in {where}")
    for cells in lines:
        if not 5 + keypoints <= len(cells) <= 7 + keypoints:
            raise FormatError(f"a line of {where} has {len(cells)} cells, expected {5 + keypoints}")
    return lines


def detections(
    tables: Sequence[Lines],
    *,
    shape: tuple[int, int],
    size_wh: tuple[int, int] | None,
    ids: Sequence[Sequence[int]] | None,
) -> tuple[list[list[Detection]], tuple[int, int] | None, dict[str, object]]:
    """All people in the files, the image size that their coordinates are shares of, and a note on it.

    Numbers that can only be pixels are unchanged. ``ids`` are the people of each line, if known.
    """
    count = shape[0] * shape[1]
    joints = [[_joints(cells[5 : 5 + count], shape=shape) for cells in table] for table in tables]
    everything = [one for table in joints for one in table]
    flags = shape[1] == 3 and all(np.isin(one[:, 2], (0, 1, 2)).all() for one in everything)
    points = np.concatenate(everything)[:, :2] if everything else np.empty((0, 2))
    if are_pixels(points[points.any(axis=1)]):
        size, note = None if size_wh is None else checked_size(size_wh), {}
        scale = np.ones(2)
        warn_of_assumption(
            "its labels hold pixels where shares of the image are expected; they are taken as pixels"
        )
    else:
        image = image_of(size_wh, form="YOLO-pose")
        size, note, scale = image.size_wh, image.note, np.array(image.size_wh, dtype=np.float64)
    extras = _extras([[cells[5 + count :] for cells in table] for table in tables], ids=ids)
    frames = [
        [_detection(one, extra, flags=flags, scale=scale) for one, extra in zip(found, more, strict=True)]
        for found, more in zip(joints, extras, strict=True)
    ]
    return frames, size, note


_Extra = tuple[int | None, float]


def _extras(tables: Sequence[Lines], *, ids: Sequence[Sequence[int]] | None) -> list[list[_Extra]]:
    """The id and the confidence of each line."""
    single = [cells[0] for table in tables for cells in table if len(cells) == 1]
    are_ids = all(_is_whole(cell) for cell in single)
    found = [[_extra(cells, are_ids=are_ids) for cells in table] for table in tables]
    if ids is None:
        return found
    if [len(table) for table in tables] != [len(people) for people in ids]:
        raise FormatError("its file of people does not fit the lines of its labels; remove it")
    return [
        [(person, score) for person, (_, score) in zip(people, table, strict=True)]
        for people, table in zip(ids, found, strict=True)
    ]


def _extra(cells: Sequence[str], *, are_ids: bool) -> _Extra:
    if len(cells) == 2:
        if not _is_whole(cells[1]):
            raise FormatError(f"a line ends in {cells[1][:20]!r}, expected a track id")
        return int(cells[1]), float(cells[0])
    if not cells:
        return None, float("nan")
    return (int(cells[0]), float("nan")) if are_ids else (None, float(cells[0]))


def _is_whole(cell: str) -> bool:
    return cell.isascii() and cell.isdigit() and len(cell) <= 9


def _joints(cells: Sequence[str], *, shape: tuple[int, int]) -> Float64Array:
    """(J, 3) numbers; the third is NaN where the file has two."""
    values = np.array([float(cell) for cell in cells]).reshape(shape)
    if not np.isfinite(values).all():
        raise FormatError("its labels hold NaN or an infinite number")
    return values if shape[1] == 3 else np.column_stack([values, np.full(shape[0], np.nan)])


def _detection(joints: Float64Array, extra: _Extra, *, flags: bool, scale: Float64Array) -> Detection:
    missing = joints[:, 2] == 0 if flags else (joints[:, :2] == 0).all(axis=1)
    with np.errstate(over="ignore"):
        pixels = joints[:, :2] * scale
    pixels[missing] = np.nan
    visibility = np.where(missing, np.nan, joints[:, 2] - 1 if flags else joints[:, 2])
    return Detection(pixels, visibility, extra[0], extra[1])
