"""Tables that hold several clips: how they are detected, and how to split them."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from laban.core.arrays import Float64Array, IntArray
from laban.errors import FormatError
from laban.io.loss import warn_of_assumption
from laban.io.table_header import Columns, snake

_CLIP: Final = frozenset(
    f"{word}{ending}"
    for word in (
        "video",
        "clip",
        "sequence",
        "seq",
        "recording",
        "session",
        "take",
        "trial",
        "movie",
        "source",
    )
    for ending in ("", "_id", "_name", "_file", "_filename", "_path", "_no", "_number", "_index")
) | {"file", "filename", "file_name", "path"}
_FEW: Final = 0.5


def refuse_several_clips(
    rows: Sequence[Sequence[str]],
    header: Sequence[str],
    columns: Columns,
    times_s: Float64Array,
    people: IntArray,
) -> None:
    """Refuses rows (N,) that repeat a person at one time because they belong to several clips.

    A column that names clips, or times that start again, show that; other repetitions are refused elsewhere. If
    such a column has several values and nothing repeats, it only warns.
    """
    clips = _clip_column(rows, header, columns)
    repeats = len(np.unique(np.column_stack([times_s, people]), axis=0)) < len(rows)
    if clips is not None:
        name, count = clips
        if repeats:
            raise FormatError(
                f"it holds {count} clips, named in the column {name}; split it into a file for each, as in "
                f"pandas: for name, clip in table.groupby({name!r}): clip.to_csv(f'{{name}}.csv', index=False)"
            )
        warn_of_assumption(
            f"its column {name} names {count} clips, which are taken for one, one after another"
        )
    if repeats:
        refuse_beginning_again(times_s[people == people[0]])


def refuse_beginning_again(times_s: Float64Array) -> None:
    """Refuses the times (N,) of one person's rows where they repeat in several rising runs; successive rows of
    one time are not clips."""
    steps = np.diff(times_s)
    falls = int((steps < 0).sum())
    if falls and not (steps == 0).any():
        raise FormatError(
            f"its frames begin again, as if {falls + 1} clips were put together; split it there, or add "
            "a column person if they are people of one clip"
        )


def _clip_column(
    rows: Sequence[Sequence[str]], header: Sequence[str], columns: Columns
) -> tuple[str, int] | None:
    """The name of the column that names clips, and their number; None without one, or with one clip."""
    clock = {columns.frame} if columns.frame is not None or columns.time is not None else {columns.image}
    used = {columns.person, columns.label, *clock}
    for place, cell in enumerate(header):
        if snake(cell) in _CLIP and place not in used:
            values = {row[place].strip() for row in rows} - {""}
            if 1 < len(values) <= _FEW * len(rows):
                return cell.strip(), len(values)
    return None
