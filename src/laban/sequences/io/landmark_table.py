"""Landmarks in rows and columns: which column is what, and the people that the rows are.

Columns are found by their header wherever there is one: joints by name (``nose_x``, ``Left Hip y``, ``x_nose``)
or by number (``x0``, ``x1``, ``landmark_0_x``), and beside them a frame number, a time, the name of a picture,
who it is and a class. Without a header the order counts. The rows are put into the order of their times
(``frame_times``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from laban.core.arrays import BoolArray, Float64Array, IntArray
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import Skeleton
from laban.core.skeleton import skeleton as skeleton_named
from laban.errors import FormatError
from laban.sequences.io.assumptions import clock_of, noted
from laban.sequences.io.coordinates import placed
from laban.sequences.io.frame_times import FrameOrder, order_of_names, order_of_numbers, seconds_of_cells
from laban.sequences.io.limits import MAX_LANDMARKS, at_most
from laban.sequences.io.loss import warn_of_assumption
from laban.sequences.io.table_header import AXES, Columns, columns_of, is_named, positions_of
from laban.sequences.io.table_rows import read_rows
from laban.sequences.io.text_table import parse_cells

_HIPS_AT_0: Final = 0.02
_LARGEST_CONFIDENCE: Final = 1.05
_LARGEST_FLOAT32: Final = float(np.finfo(np.float32).max)
_LEAST_DEPTH_PX: Final = 5.0


@dataclass(frozen=True)
class LandmarkTable:
    """(N, J) x, y, z and visibility of every row, NaN where there is none, and what each row is about."""

    skeleton: Skeleton
    values: dict[str, Float64Array]
    times_s: Float64Array
    people: IntArray
    notes: dict[str, Any] = field(default_factory=dict)
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
    """The people in a table of landmarks; ``axes`` are the columns of a joint where there is no header."""
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
    """The people of a table in pixels; with ``shares`` coordinates are shares of the picture unless ruled out."""
    points = np.stack([table.values["x"], table.values["y"]], axis=2)
    found = placed(points, size_wh=size_wh, form=words, shares=shares)
    _refuse_hips_at_0(found.points, table.skeleton)
    depth = _depth(table.values["z"], found.missing, scale=found.scale[0])
    seen = _confidence(_blank(table.values["v"], found.missing))
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
    """The rows of a table, in its own order and its own numbers."""
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
    about = described(body, columns, fps=fps)
    return LandmarkTable(columns.skeleton, numbers, about.times_s, about.people, about.notes, about.label)


@dataclass(frozen=True)
class Described:
    """What each row is about: its time and its person; and what is true of all."""

    times_s: Float64Array
    people: IntArray
    notes: dict[str, Any]
    label: str | None


def described(rows: Sequence[Sequence[str]], columns: Columns, *, fps: float | None) -> Described:
    """What each row is about, by the columns beside the landmarks; a word on those that are left out."""
    times_s, notes = _clock(rows, columns, fps=fps)
    if columns.left_out:
        warn_of_assumption(f"these columns are left out: {', '.join(columns.left_out)[:200]}")
    return Described(times_s, _who(rows, columns), notes, _label(rows, columns.label))


def check_width(rows: Sequence[Sequence[str]], *, width: int, first_line: int) -> None:
    for number, row in enumerate(rows, first_line):
        if len(row) != width:
            commas = (
                ", as where commas separate cells and mark decimals too" if len(row) > width * 1.8 else ""
            )
            raise FormatError(f"line {number} has {len(row)} cells, expected {width}{commas}")


def _numbers(rows: Sequence[Sequence[str]], columns: Columns, *, first_line: int) -> dict[str, Float64Array]:
    wanted = [place for axis in AXES for place in columns.places[axis] if place >= 0]
    picked = [[row[place] for place in wanted] for row in rows]
    table = parse_cells(picked, columns=len(wanted), first_line=first_line)
    where = {place: index for index, place in enumerate(wanted)}
    values = {}
    for axis in AXES:
        found = np.full((len(rows), len(columns.skeleton)), np.nan)
        for joint, place in enumerate(columns.places[axis]):
            if place >= 0:
                found[:, joint] = table[:, where[place]]
        values[axis] = found
    return values


def _clock(
    rows: Sequence[Sequence[str]], columns: Columns, *, fps: float | None
) -> tuple[Float64Array, dict[str, Any]]:
    """(N,) the time of each row."""
    if columns.time is not None:
        name, place = columns.time
        cells = [row[place] for row in rows]
        times_s, note = seconds_of_cells(cells, name=name, fps=fps, first_line=1 + columns.header)
        return _finer(times_s, columns, fps=fps, name=name, note=note)
    clock = clock_of(fps)
    if columns.frame is not None:
        return _frame_times(
            [row[columns.frame] for row in rows], clock.fps, clock.note, first_line=1 + columns.header
        )
    if columns.picture is not None:
        names = [Path(row[columns.picture].replace("\\", "/")).stem for row in rows]
        known = list(dict.fromkeys(names))
        return _times(names, known, order_of_names(known, what="column of pictures"), clock.fps, clock.note)
    return clock.times_s(len(rows)), clock.note


def _finer(
    times_s: Float64Array, columns: Columns, *, fps: float | None, name: str, note: dict[str, Any]
) -> tuple[Float64Array, dict[str, Any]]:
    """The times, or rows one by one at ``fps`` where a clock of one person stands still from row to row."""
    repeats = len(times_s) - len(np.unique(times_s))
    if not repeats or columns.person is not None:
        return times_s, note
    if fps is None:
        raise FormatError(
            f"{repeats} of its rows have the time of another in column {name}; where the clock is coarser than "
            "the frames pass the frame rate (--fps), where rows are several people add a column person"
        )
    return np.arange(len(times_s)) / fps, {"frames": f"one by one: the clock in column {name} stands still"}


def _frame_times(
    cells: Sequence[str], fps: float, note: dict[str, Any], *, first_line: int
) -> tuple[Float64Array, dict[str, Any]]:
    values = parse_cells([[cell] for cell in cells], columns=1, first_line=first_line)[:, 0]
    whole = np.isfinite(values) & (values == np.round(values)) & (np.abs(values) < 1e15)
    if not whole.all():
        row = int(np.argmin(whole))
        raise FormatError(
            f"line {first_line + row} has {cells[row][:20]!r} for its frame; expected a whole number"
        )
    numbers = [int(value) for value in values]
    known = list(dict.fromkeys(numbers))
    return _times(numbers, known, order_of_numbers(known), fps, note)


def _times(
    rows: Sequence[Any], known: Sequence[Any], order: FrameOrder, fps: float, note: dict[str, Any]
) -> tuple[Float64Array, dict[str, Any]]:
    time_of = dict(zip((known[index] for index in order.order), order.times_s(fps), strict=True))
    return np.array([time_of[row] for row in rows]), note | order.note


def _who(rows: Sequence[Sequence[str]], columns: Columns) -> IntArray:
    """(N,) the person of each row: the number in the column, else the place among its different words."""
    if columns.person is None:
        return np.zeros(len(rows), dtype=np.int64)
    cells = [row[columns.person].strip().removesuffix(".0") for row in rows]
    if all(cell.isascii() and cell.isdigit() and len(cell) <= 9 for cell in cells):
        return np.array([int(cell) for cell in cells])
    known = {cell: index for index, cell in enumerate(dict.fromkeys(cells))}
    return np.array([known[cell] for cell in cells])


def _label(rows: Sequence[Sequence[str]], place: int | None) -> str | None:
    """The one class of all rows; several are left out with a word."""
    if place is None:
        return None
    labels = {row[place].strip() for row in rows}
    if len(labels) == 1:
        return labels.pop()[:200] or None
    warn_of_assumption(
        f"its rows bear {len(labels)} classes, which a recording cannot hold; they are left out"
    )
    return None


def _people(
    table: LandmarkTable, fields: dict[str, Any], *, size_wh: tuple[int, int] | None
) -> tuple[Float64Array, dict[int, PoseSequence]]:
    times_s, frames = np.unique(table.times_s, return_inverse=True)
    if (np.diff(table.times_s) < 0).any():
        warn_of_assumption("its rows are not in the order of their times; they are put into it")
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
    fields: dict[str, Any],
    *,
    size_wh: tuple[int, int] | None,
) -> PoseSequence:
    if len(np.unique(frames)) < len(frames):
        raise FormatError(
            "two of its rows are about the same person at the same time; a column person would tell people apart"
        )
    start, stop = int(frames.min()), int(frames.max()) + 1
    made: dict[str, Any] = {}
    for name, values in fields.items():
        filled = np.full((stop - start, *values.shape[1:]), np.nan, dtype=np.float32)
        filled[frames - start] = values[rows]
        made[name] = None if name == "depth_px" and np.isnan(filled).all() else filled
    return PoseSequence(times_s[start:stop], skeleton, size_wh=size_wh, **made)


def _depth(z: Float64Array, missing: BoolArray, *, scale: float) -> Any:
    """(N, J) pixels; a z that cannot be in pixels, as the other two are, is left out with a word."""
    known = np.abs(z[~missing & np.isfinite(z)])
    if scale == 1 and len(known) and np.percentile(known, 95) < _LEAST_DEPTH_PX:
        warn_of_assumption("its z is not in pixels as its x and y are; it is left out")
        return np.full(z.shape, np.nan, dtype=np.float32)
    with np.errstate(over="ignore"):
        return (_blank(z, missing) * scale).astype(np.float32)


def _blank(values: Float64Array, missing: BoolArray) -> Float64Array:
    return np.where(missing, np.nan, values)


def _confidence(values: Float64Array) -> Float64Array:
    """Visibility from 0 to 1: percent are divided, COCO's flags turned, with a word; what is below 0 is unknown."""
    values = np.where(values < 0, np.nan, values)
    known = values[np.isfinite(values)]
    if not len(known) or known.max() <= _LARGEST_CONFIDENCE or known.max() > _LARGEST_FLOAT32:
        return values
    if np.isin(known, (0, 1, 2)).all():
        warn_of_assumption("its visibility is taken for COCO's flags: 1 is hidden, 2 is seen")
        return np.where(values > 0, values - 1, np.nan)
    if known.max() <= 100 * _LARGEST_CONFIDENCE:
        warn_of_assumption("its visibility is taken for percent")
        return values / 100
    warn_of_assumption(f"its visibility runs to {known.max():.3g}, which is no probability; it is left out")
    return np.full(values.shape, np.nan)


def _refuse_hips_at_0(points: Float64Array, skeleton: Skeleton) -> None:
    """Refuses coordinates whose origin is the middle of the hips, as that of MediaPipe's world landmarks is."""
    if not skeleton.has("left_hip", "right_hip"):
        return
    hips = points[:, [skeleton.index("left_hip"), skeleton.index("right_hip")]].mean(axis=1)
    known = hips[np.isfinite(hips).all(axis=1)]
    extent = np.ptp(points[np.isfinite(points)]) if np.isfinite(points).any() else 0.0
    if len(known) > 1 and np.abs(known).max() < _HIPS_AT_0 * extent:
        raise FormatError(
            "its coordinates are centred on the hips, as MediaPipe's world landmarks in metres are; "
            "expected those of the picture"
        )
