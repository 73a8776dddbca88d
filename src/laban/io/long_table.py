"""Long (tidy) tables: a row for every joint of every person in every frame, as from pandas' ``melt`` and R.

Columns, in any order and spelling: ``joint`` (a name, or a number from 0 or 1), ``x``, ``y``, perhaps ``z`` and a
``visibility``; ``frame``, a time or the name of an image; ``person`` where there are several. Text, Parquet or
JSON records. Coordinates are pixels, or shares of the image with its size.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.core.sequence import Recording
from laban.core.skeleton import BLAZEPOSE33, Skeleton
from laban.core.skeleton import skeleton as skeleton_named
from laban.errors import FormatError, InvalidValueError
from laban.io.files import reading, write_text
from laban.io.joint_names import Body, body_of_count, body_of_names
from laban.io.landmark_table import LandmarkTable, check_width, described, recording_of_table
from laban.io.limits import MAX_JOINTS, MAX_LANDMARKS, at_most
from laban.io.loss import field_losses, metadata_losses, warn_of_loss
from laban.io.people import given, pixels_of
from laban.io.table_header import AXES, JOINT_COLUMNS, Columns, axis_named, snake, with_others
from laban.io.table_rows import read_rows
from laban.io.text_table import cell_of, parse_cells
from laban.io.thousands import without_thousands

LOSS: Final = "image size, depth_px, world_m, body, score, metadata, frames and rows without a joint"
_HEADER: Final = "frame,time_s,person,joint,x,y,visibility"


def read(
    path: Path,
    *,
    fps: float | None = None,
    size_wh: tuple[int, int] | None = None,
    skeleton: str | None = None,
) -> Recording:
    """The people of a long table.

    A column of times is the clock, else a frame's number ÷ ``fps`` (30). ``skeleton`` names the joints where they
    are numbered and their count is ambiguous; ``size_wh`` is needed for shares of the image.
    """
    with reading(path, form="long table"):
        asked = None if skeleton is None else skeleton_named(skeleton)
        table = _parsed(read_rows(path), asked=asked, fps=fps)
        return recording_of_table(
            table, source=path.name, form="long", words="a long table", size_wh=size_wh, shares=False
        )


def write(recording: Recording, path: Path) -> None:
    """Writes all people in pixels, with times; joints not seen have no row, an unknown visibility is empty."""
    lines = [_HEADER]
    for person, sequence in recording.people.items():
        pixels = pixels_of(sequence, person=person)
        start = recording.start_of(person)
        for row, joint in np.argwhere(given(pixels)).tolist():
            values = (*pixels[row, joint], sequence.visibility[row, joint])
            about = (
                f"{start + row},{cell_of(sequence.times_s[row])},{person},{sequence.skeleton.names[joint]}"
            )
            lines.append(f"{about},{','.join(cell_of(value) for value in values)}")
    if len(lines) == 1:
        raise InvalidValueError("the recording has no people, the format needs at least one")
    write_text(path, "\n".join(lines) + "\n")
    losses = ["image size", *field_losses(recording.people.values(), kept=("image_px",))]
    warn_of_loss([*losses, *metadata_losses(recording)], form="a long table")


def is_long(cells: Sequence[str]) -> bool:
    """Whether a header is that of a long table.

    >>> is_long(["Frame", "Joint", "X", "Y"]), is_long(["frame", "nose_x", "nose_y"])
    (True, False)
    """
    joint, axes = _places(cells)
    return joint is not None and {"x", "y"} <= set(axes)


def _places(cells: Sequence[str]) -> tuple[int | None, dict[str, int]]:
    """The columns of the joint and of its axes."""
    names = [snake(cell) for cell in cells]
    joint = next((place for place, name in enumerate(names) if name in JOINT_COLUMNS), None)
    axes: dict[str, int] = {}
    for place, name in enumerate(names):
        axis = axis_named(name)
        if axis is not None:
            axes.setdefault(axis, place)
    return joint, axes


def _parsed(rows: list[list[str]], *, asked: Skeleton | None, fps: float | None) -> LandmarkTable:
    joint, axes = _places(rows[0]) if rows else (None, {})
    if joint is None or not {"x", "y"} <= set(axes):
        raise FormatError("expected a header with the columns joint, x and y")
    body = rows[1:]
    if not body:
        raise FormatError("it holds a header and no rows")
    check_width(body, width=len(rows[0]), first_line=2)
    found, places = _joints([row[joint].strip() for row in body], asked=asked)
    rest = [place for place in range(len(rows[0])) if place != joint and place not in axes.values()]
    columns = with_others(rows, rest, Columns(found.skeleton, {}, header=1))
    keys = _keys(columns)
    wide: dict[tuple[str, ...], int] = {}
    numbered = np.array([wide.setdefault(tuple(row[key] for key in keys), len(wide)) for row in body])
    at_most(len(wide) * max(found.points, len(found.skeleton)), MAX_LANDMARKS, what="landmarks")
    first = np.unique(numbered, return_index=True)[1]
    about = described([body[index] for index in first], columns, header=rows[0], fps=fps)
    values = _values(body, axes, numbered, places, shape=(len(wide), found.points))
    arranged = {axis: found.arrange(one[..., None])[..., 0] for axis, one in values.items()}
    return LandmarkTable(found.skeleton, arranged, about.times_s, about.people, about.notes, about.label)


def _keys(columns: Columns) -> list[int]:
    """The columns that separate the rows of one body from those of another."""
    time = columns.time[1] if columns.time else None
    when = next((place for place in (time, columns.frame, columns.image) if place is not None), None)
    if when is None:
        raise FormatError("it has no column frame, time or image to group its rows by")
    return [when] if columns.person is None else [when, columns.person]


def _joints(cells: Sequence[str], *, asked: Skeleton | None) -> tuple[Body, IntArray]:
    """The body of the joints that are named or numbered, and (N,) the position in it of each row's joint."""
    known = dict.fromkeys(cells)
    at_most(len(known), MAX_JOINTS, what="joints")
    if not all(_is_number(cell) for cell in known):
        order = {cell: place for place, cell in enumerate(known)}
        return body_of_names(list(known), form="long"), np.array([order[cell] for cell in cells])
    numbers = np.array([int(float(cell)) for cell in cells])
    first = int(numbers.min() == 1)
    count = int(numbers.max()) + 1 - first
    at_most(count, MAX_JOINTS, what="joints")
    return body_of_count(count, asked=asked, more={33: BLAZEPOSE33}), numbers - first


def _is_number(cell: str) -> bool:
    digits = cell.removesuffix(".0")
    return digits.isascii() and digits.isdigit() and len(digits) <= 6


def _values(
    rows: Sequence[Sequence[str]],
    axes: dict[str, int],
    numbered: IntArray,
    places: IntArray,
    *,
    shape: tuple[int, int],
) -> dict[str, Float64Array]:
    """(T, J) of each axis, NaN where a joint has no row."""
    cells = numbered * shape[1] + places
    if len(np.unique(cells)) < len(cells):
        raise FormatError(
            "two of its rows are about the same joint of the same person in the same frame; add a column person "
            "for several people, and write clips to a file each"
        )
    picked = sorted(axes, key=AXES.index)
    chosen = without_thousands([[row[axes[axis]] for axis in picked] for row in rows], checked=(0, 1))
    table = parse_cells(chosen, columns=len(picked), first_line=2)
    out = {axis: np.full(shape, np.nan) for axis in AXES}
    for column, axis in enumerate(picked):
        out[axis].reshape(-1)[cells] = table[:, column]
    return out
