"""A CSV or Parquet table of images: ``path`` and ``label``, perhaps a box, a group, a split, subgroups."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from laban.core.checks import unknown_message
from laban.errors import InvalidValueError, SourceError, UnknownNameError
from laban.io.delimited import is_missing
from laban.pipeline.dataset.table import SUBGROUP, spelled_here
from laban.pipeline.dataset.table_file import table_columns, table_rows
from laban.pipeline.image.values import ImageSet, LabelledImage, Person, Problem
from laban.sources.containers import address_in, read_head
from laban.sources.headers import image_size
from laban.sources.image import IMAGE_SUFFIXES

NEEDED = ("path", "label")
BOX = ("left_px", "top_px", "right_px", "bottom_px")
OPTIONAL = ("group", "split", *BOX)
_ADDRESS = "addresses cannot be read yet; download the image, and give its path"


def is_image_table(path: Path) -> bool:
    """Whether the table's first path is that of an image."""
    _, cells = next(iter(table_rows(path)), (0, {}))
    return Path(str(cells.get("path", ""))).suffix.lower() in IMAGE_SUFFIXES


def read_image_table(path: Path) -> ImageSet:
    """The images of a table, paths from its folder.

    Raises UnknownNameError for an unknown column, InvalidValueError for invalid rows.
    """
    _check_columns(path, table_columns(path))
    images, problems = [], []
    for number, cells in table_rows(path):
        where = f"{path.name}, row {number}"
        name, label = (_text(cells[column]) for column in NEEDED)
        if not name:
            raise InvalidValueError(f"{where}: path is empty")
        name = spelled_here(name, path.parent)
        file = path.parent / name
        if not file.is_file():
            reason = "there is no such file" if address_in(name) is None else _ADDRESS
            problems.append(Problem("missing-image", name, f"{where}: {reason}"))
            continue
        images.append(_image(file, name, label, cells, where=where))
    if not images:
        first = f" (the first, {problems[0].item}: {problems[0].words})" if problems else ""
        raise InvalidValueError(
            f"{path}: none of its {len(problems)} images is there{first}; paths are taken from the table's folder"
        )
    people = [person.label for image in images for person in image.people]
    named = {*(image.label for image in images), *people}
    labels = tuple(sorted(label for label in named if label))
    return ImageSet(
        path.resolve().stem, path.parent, "table", labels, tuple(images), problems=tuple(problems)
    )


def _check_columns(path: Path, names: list[str]) -> None:
    for name in NEEDED:
        if name not in names:
            raise InvalidValueError(f"{path}: expected a column {name!r}, got {', '.join(names)}")
    known = (*NEEDED, *OPTIONAL)
    for name in names:
        if name not in known and not name.startswith(SUBGROUP):
            raise UnknownNameError(unknown_message(name, (*known, f"{SUBGROUP}…"), what=f"column in {path},"))
    if 0 < sum(name in names for name in BOX) < len(BOX):
        raise InvalidValueError(f"{path}: a box needs all of {', '.join(BOX)}")


def _image(file: Path, name: str, label: str, cells: Mapping[str, Any], *, where: str) -> LabelledImage:
    subgroups = {
        column.removeprefix(SUBGROUP): str(value)
        for column, value in cells.items()
        if column.startswith(SUBGROUP) and _text(value)
    }
    box = _box(file, cells, where=where)
    return LabelledImage(
        name,
        file,
        label=None if box is not None else label or None,
        people=() if box is None else (Person(label or None, box, where=where),),
        group=_text(cells.get("group")),
        split=_text(cells.get("split")).lower() or None,
        subgroups=subgroups,
    )


def _text(cell: Any) -> str:
    """The text of a cell; empty where it means missing."""
    text = "" if cell is None else str(cell).strip()
    return "" if is_missing(text) else text


def _box(file: Path, cells: Mapping[str, Any], *, where: str) -> np.ndarray | None:
    """(4,) in shares of the image; None where the row has none or the image has no size."""
    held = [cells.get(name) for name in BOX]
    if all(value in (None, "") for value in held):
        return None
    try:
        box = np.array([float(value) for value in held])  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise InvalidValueError(f"{where}: a box needs four numbers, got {held}") from None
    if not all(math.isfinite(value) for value in box):
        raise InvalidValueError(f"{where}: a box needs four finite numbers, got {held}")
    try:
        size = np.array(image_size(read_head(file), path=file), dtype=np.float64)
    except SourceError:
        return None
    return np.asarray(box / np.tile(size, 2))
