"""Tables of landmarks: the meaning of the columns, and the people in the rows.

Columns are found by their header if there is one: joints by name (``nose_x``, ``Left Hip y``, ``x_nose``)
or by number (``x0``, ``x1``, ``landmark_0_x``), and a frame number, a time, the name of an image,
a person and a class. Without a header the order decides. The rows are sorted by their times (``frame_times``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, FloatArray, IntArray
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import Skeleton
from laban.core.skeleton import skeleton as skeleton_named
from laban.errors import FormatError
from laban.io.assumptions import noted
from laban.io.coordinates import placed
from laban.io.landmark_values import confidence, depth_px, refuse_hips_at_0
from laban.io.limits import MAX_LANDMARKS, at_most
from laban.io.loss import warn_of_assumption
from laban.io.row_clock import clock_of_rows
from laban.io.several_clips import refuse_several_clips
from laban.io.table_header import AXES, Columns, columns_of, is_named, positions_of
from laban.io.table_rows import read_rows
from laban.io.text_table import parse_cells
from laban.io.thousands import without_thousands

_NO_ID: Final = ("", "nan", "none", "null", "na", "n/a", "-1")
"""Values in place of an id where a tracker assigned none."""


@dataclass(frozen=True)
class LandmarkTable:
    """(N, J) x, y, z and visibility of every row, NaN where there is none, and each row's time and person."""

    skeleton: Skeleton
    values: dict[str, Float64Array]
    times_s: Float64Array
    people: IntArray
    notes: dict[str, object] = field(default_factory=dict)
    label: str | None = None


def read_table(
    path: Path,
    *,
    form: str,
    words: str,
    axes: Sequence[str],
    fps: float | None,
    size_wh: tuple[int, int] | None,
    skeleton: str | None,
) -> Recording:
    """The people in a table of landmarks; ``axes`` are the columns of a joint without a header."""
    asked = None if skeleton is None else skeleton_named(skeleton)
    table = parse_table(read_rows(path), axes=axes, asked=asked, fps=fps)
    return recording_of_table(table, source=path.name, form=form, words=words, size_wh=size_wh, shares=True)


def recording_of_table(
    table: LandmarkTable,
    *,
    source: str,
    form: str,
    words: str,
    size_wh: tuple[int, int] | None,
    shares: bool,
) -> Recording:
    """The people of a table in pixels; with ``shares`` coordinates are shares of the image unless that is ruled
    out."""
    points = np.stack([table.values["x"], table.values["y"]], axis=2)
    found = placed(points, size_wh=size_wh, form=words, shares=shares)
    refuse_hips_at_0(found.points, table.skeleton)
    depth = depth_px(table.values["z"], found.missing, scale=found.scale[0])
    seen = confidence(table.values["v"], found.missing)
    with np.errstate(over="ignore"):
        fields = {
            "image_px": found.points.astype(np.float32),
            "depth_px": depth,
            "visibility": seen.astype(np.float32),
        }
    times_s, people = _people(table, fields, size_wh=found.size_wh)
    label = {} if table.label is None else {"label": table.label}
    return Recording(source, times_s, people, found.size_wh, noted(form, table.notes, found.note, **label))


def parse_table(
    rows: list[list[str]], *, axes: Sequence[str], asked: Skeleton | None = None, fps: float | None = None
) -> LandmarkTable:
    """The rows of a table, in its own order and units."""
    if not rows:
        raise FormatError("it is empty")
    named = is_named(rows[0])
    columns = columns_of(rows, asked=asked) if named else positions_of(rows, axes=axes, asked=asked)
    body = rows[columns.header :]
    if not body:
        raise FormatError("it holds a header and no rows")
    width = len(rows[0])
    check_width(body, width=width, first_line=1 + columns.header)
    at_most(len(body) * len(columns.skeleton), MAX_LANDMARKS, what="landmarks")
    numbers = _numbers(body, columns, first_line=1 + columns.header)
    about = described(body, columns, header=rows[0] if named else (), fps=fps)
    return LandmarkTable(columns.skeleton, numbers, about.times_s, about.people, about.notes, about.label)


@dataclass(frozen=True)
class Described:
    """The time and the person of each row, and what applies to all rows."""

    times_s: Float64Array
    people: IntArray
    notes: dict[str, object]
    label: str | None


def described(
    rows: Sequence[Sequence[str]], columns: Columns, *, header: Sequence[str] = (), fps: float | None
) -> Described:
    """The time and the person of each row, from the columns besides the landmarks; warns of ignored columns."""
    times_s, notes = clock_of_rows(rows, columns, fps=fps)
    people = _who(rows, columns, times_s)
    refuse_several_clips(rows, header, columns, times_s, people)
    if columns.left_out:
        warn_of_assumption(f"these columns are left out: {', '.join(columns.left_out)[:200]}")
    return Described(times_s, people, notes, _label(rows, columns.label))


def check_width(rows: Sequence[Sequence[str]], *, width: int, first_line: int) -> None:
    for number, row in enumerate(rows, first_line):
        if len(row) != width:
            commas = ", as if commas were both separators and decimal signs" if len(row) > width * 1.8 else ""
            raise FormatError(f"line {number} has {len(row)} cells, expected {width}{commas}")


def _numbers(rows: Sequence[Sequence[str]], columns: Columns, *, first_line: int) -> dict[str, Float64Array]:
    wanted = [place for axis in AXES for place in columns.places[axis] if place >= 0]
    picked = [[row[place] for place in wanted] for row in rows]
    flat = sum(place >= 0 for axis in "xy" for place in columns.places[axis])
    chosen = without_thousands(picked, checked=range(flat))
    table = parse_cells(chosen, columns=len(wanted), first_line=first_line)
    where = {place: index for index, place in enumerate(wanted)}
    values = {}
    for axis in AXES:
        found = np.full((len(rows), len(columns.skeleton)), np.nan)
        for joint, place in enumerate(columns.places[axis]):
            if place >= 0:
                found[:, joint] = table[:, where[place]]
        values[axis] = found
    return values


def _who(rows: Sequence[Sequence[str]], columns: Columns, times_s: Float64Array) -> IntArray:
    """(N,) the person of each row: the number in the column, else the position among its different words.

    Rows without an id belong to the only person, else to an additional one, with a warning.
    """
    if columns.person is None:
        return np.zeros(len(rows), dtype=np.int64)
    cells = [row[columns.person].strip().removesuffix(".0") for row in rows]
    blank = np.array([cell.lower() in _NO_ID for cell in cells])
    if blank.all():
        return np.zeros(len(rows), dtype=np.int64)
    people = np.zeros(len(rows), dtype=np.int64)
    people[~blank] = _numbered([cell for cell, no_id in zip(cells, blank, strict=True) if not no_id])
    if blank.any():
        alone = len(set(people[~blank])) == 1 and len(np.unique(times_s)) == len(times_s)
        people[blank] = people[~blank].max() + (0 if alone else 1)
        warn_of_assumption(
            f"{int(blank.sum())} of its rows have no person id, the others do; they are taken for "
            f"{'the one person' if alone else 'one more person'}, {people[blank][0]}"
        )
    return people


def _numbered(cells: Sequence[str]) -> IntArray:
    """(N,) the ids of people if they are numbers, else their positions among the different words."""
    if all(cell.isascii() and cell.isdigit() and len(cell) <= 9 for cell in cells):
        return np.array([int(cell) for cell in cells])
    known = {cell: index for index, cell in enumerate(dict.fromkeys(cells))}
    return np.array([known[cell] for cell in cells])


def _label(rows: Sequence[Sequence[str]], place: int | None) -> str | None:
    """The class of all rows; several are ignored with a warning."""
    if place is None:
        return None
    labels = {row[place].strip() for row in rows}
    if len(labels) == 1:
        return labels.pop()[:200] or None
    warn_of_assumption(
        f"its rows have {len(labels)} classes, which a recording cannot hold; they are ignored"
    )
    return None


def _people(
    table: LandmarkTable, fields: Mapping[str, FloatArray], *, size_wh: tuple[int, int] | None
) -> tuple[Float64Array, dict[int, PoseSequence]]:
    times_s, frames = np.unique(table.times_s, return_inverse=True)
    if (np.diff(table.times_s) < 0).any():
        warn_of_assumption("its rows are not in order of time; they are sorted")
    people = {}
    for person in np.unique(table.people):
        rows = np.flatnonzero(table.people == person)
        people[int(person)] = _person(rows, frames[rows], times_s, table.skeleton, fields, size_wh=size_wh)
    return times_s, people


def _person(
    rows: IntArray,
    frames: IntArray,
    times_s: Float64Array,
    skeleton: Skeleton,
    fields: Mapping[str, FloatArray],
    *,
    size_wh: tuple[int, int] | None,
) -> PoseSequence:
    if len(np.unique(frames)) < len(frames):
        raise FormatError(
            "two of its rows are about the same person at the same time; add a column person for several people, "
            "and write clips to a file each"
        )
    start, stop = int(frames.min()), int(frames.max()) + 1
    made: dict[str, Float32Array] = {}
    for name, values in fields.items():
        filled = np.full((stop - start, *values.shape[1:]), np.nan, dtype=np.float32)
        filled[frames - start] = values[rows]
        if name != "depth_px" or not np.isnan(filled).all():
            made[name] = filled
    return PoseSequence(times_s[start:stop], skeleton, made.pop("visibility"), size_wh=size_wh, **made)
