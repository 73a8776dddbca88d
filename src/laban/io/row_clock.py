"""The time of every row of a table, from its column of times, of frame numbers or of images."""

from collections.abc import Sequence

import numpy as np

from laban.core.arrays import Float64Array
from laban.errors import FormatError
from laban.io.assumptions import clock_of
from laban.io.frame_times import (
    FrameOrder,
    order_of_names,
    order_of_numbers,
    seconds_of_cells,
    without_suffix,
)
from laban.io.several_clips import refuse_beginning_again
from laban.io.table_header import Columns
from laban.io.text_table import parse_cells


def clock_of_rows(
    rows: Sequence[Sequence[str]], columns: Columns, *, fps: float | None
) -> tuple[Float64Array, dict[str, object]]:
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
    if columns.image is not None:
        names = [without_suffix(row[columns.image]) for row in rows]
        known = list(dict.fromkeys(names))
        return _times(names, known, order_of_names(known, what="column of images"), clock.fps, clock.note)
    return clock.times_s(len(rows)), clock.note


def _finer(
    times_s: Float64Array, columns: Columns, *, fps: float | None, name: str, note: dict[str, object]
) -> tuple[Float64Array, dict[str, object]]:
    """The times, or rows one by one at ``fps`` if a clock of one person repeats from row to row."""
    repeats = len(times_s) - len(np.unique(times_s))
    if not repeats or columns.person is not None:
        return times_s, note
    if fps is None:
        refuse_beginning_again(times_s)
        raise FormatError(
            f"{repeats} of its rows have the time of another in column {name}; if the clock is coarser than "
            "the frames, pass the frame rate (--fps); if rows are several people, add a column person"
        )
    return np.arange(len(times_s)) / fps, {"frames": f"one by one: the clock in column {name} stands still"}


def _frame_times(
    cells: Sequence[str], fps: float, note: dict[str, object], *, first_line: int
) -> tuple[Float64Array, dict[str, object]]:
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
    rows: Sequence[object], known: Sequence[object], order: FrameOrder, fps: float, note: dict[str, object]
) -> tuple[Float64Array, dict[str, object]]:
    time_of = dict(zip((known[index] for index in order.order), order.times_s(fps), strict=True))
    return np.array([time_of[row] for row in rows]), order.note if order.own_times_s else note | order.note
