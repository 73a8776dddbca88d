"""Tables in other shapes, converted to one header and one row per frame and person.

A header of two rows (joint, then axis, as pandas writes two-level columns), a row of units under the header,
points as ``(x, y)`` in one cell, frames side by side with a row for every coordinate, and a row for every single
number, as from pandas' ``melt``.
"""

import re
from collections.abc import Sequence
from typing import Final

from laban.errors import FormatError
from laban.io.limits import MAX_LANDMARKS, at_most
from laban.io.table_header import JOINT_COLUMNS, axis_named, is_named, kind_of, names_axis, snake

_LEAST_AXES: Final = 4
_LEAST_POINTS: Final = 5
_PIXELS: Final = frozenset(("px", "pix", "pixel", "pixels"))
_LENGTHS: Final = frozenset(("m", "mm", "cm", "metres", "meters", "inch", "in"))
_OTHER_UNITS: Final = frozenset(
    ("", "-", "s", "ms", "us", "sec", "frame", "frames", "#", "n/a", "na", "a.u.", "%", "1")
)
_NUMBER: Final = r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|nan"
_POINT: Final = re.compile(rf"[(\[]\s*({_NUMBER})[\s,;]+({_NUMBER})(?:[\s,;]+({_NUMBER}))?\s*[)\]]")
_VARIABLE: Final = frozenset(
    ("variable", "variable_name", "feature", "column", "measure", "key", "attribute", "name")
)
_AXIS: Final = frozenset(
    ("axis", "coord", "coords", "coordinate", "dim", "dimension", "component", "variable")
)
_VALUE: Final = frozenset(("value", "values", "val", "coordinate_value"))
Rows = list[list[str]]


def one_row_a_frame(rows: Rows) -> Rows:
    """The rows in the supported shape; unchanged if they have it already, or no known one."""
    for change in (_one_header, _without_units, _points_apart, _turned, _widened):
        if len(rows) > 1 and rows[0]:
            rows = change(rows)
    return rows


def is_melted(rows: Rows) -> bool:
    """Whether every row holds a single number and words that identify it."""
    if len(rows) < 2 or len(rows[1]) != len(rows[0]):
        return False
    found = _melted_columns(rows[0])
    return found is not None and names_axis("_".join(rows[1][place] for place in found[0]))


def _one_header(rows: Rows) -> Rows:
    """One header from the joints of a first row and the axes of a second; a third may name the index."""
    axes = [axis_named(snake(cell)) for cell in rows[1]]
    named = [axis for axis in axes if axis is not None]
    if len(named) < _LEAST_AXES or not {"x", "y"} <= set(named) or len(rows[0]) != len(rows[1]):
        return rows
    header, joint = [], ""
    for first, second, axis in zip(rows[0], rows[1], axes, strict=True):
        joint = first or joint
        header.append(f"{joint}_{second}" if axis is not None else first or second)
    body = rows[2:]
    index = [place for place, axis in enumerate(axes) if axis is None]
    if body and index and not any(cell for place, cell in enumerate(body[0]) if place not in index):
        header = [body[0][place] or cell if place in index else cell for place, cell in enumerate(header)]
        body = body[1:]
    return [header, *body]


def _without_units(rows: Rows) -> Rows:
    """The rows without a row of units; the unit of a time becomes part of its name. Raises FormatError for
    lengths."""
    units = [cell.strip("[]() ").lower() for cell in rows[1]]
    lengths = sum(unit in _LENGTHS for unit in units)
    pixels = sum(unit in _PIXELS for unit in units)
    known = all(unit in _PIXELS | _LENGTHS | _OTHER_UNITS for unit in units)
    if not known or max(lengths, pixels) < _LEAST_AXES or len(units) != len(rows[0]) or not is_named(rows[0]):
        return rows
    if lengths > pixels:
        unit = next(unit for unit in units if unit in _LENGTHS)
        raise FormatError(f"its row of units says {unit}; expected pixels, or shares of the image")
    header = [
        f"{cell}_{unit}" if kind_of(cell) == "time" and unit in ("s", "ms", "us") else cell
        for cell, unit in zip(rows[0], units, strict=True)
    ]
    return [header, *rows[2:]]


def _points_apart(rows: Rows) -> Rows:
    """Cells with a point each, split into two or three cells."""
    width = len(rows[0])
    held = [place for place in range(width) if len(rows[1]) == width and _POINT.fullmatch(rows[1][place])]
    if len(held) < _LEAST_POINTS or any(len(row) != width for row in rows):
        return rows
    axes = ("x", "y", "z")[
        : 3 if all((_POINT.fullmatch(rows[1][place]) or [None] * 4)[3] for place in held) else 2
    ]
    out = [
        [cell for place in range(width) for cell in _titles(rows[0][place], axes if place in held else ())]
    ]
    for number, row in enumerate(rows[1:], 2):
        parts = (_apart(row[place], axes if place in held else (), line=number) for place in range(width))
        out.append([cell for part in parts for cell in part])
    return out


def _titles(title: str, axes: Sequence[str]) -> list[str]:
    return [f"{title}_{axis}" for axis in axes] or [title]


def _apart(cell: str, axes: Sequence[str], *, line: int) -> list[str]:
    if not axes:
        return [cell]
    found = _POINT.fullmatch(cell)
    if found is None and any(letter.isdigit() for letter in cell):
        raise FormatError(f"line {line} holds {cell[:40]!r} where a point (x, y) is expected")
    return [(found[1 + index] or "") if found else "" for index in range(len(axes))]


def _turned(rows: Rows) -> Rows:
    """A table with frames side by side, transposed."""
    if is_named(rows[0]) or not is_named([row[0] if row else "" for row in rows]):
        return rows
    if len({len(row) for row in rows}) > 1:
        raise FormatError("it has a row for every coordinate, and rows of different lengths")
    at_most(len(rows) * len(rows[0]), 4 * MAX_LANDMARKS, what="cells")
    return [list(column) for column in zip(*rows, strict=True)]


def _widened(rows: Rows) -> Rows:
    """A table with a row for every number, pivoted to a column for each named number."""
    if not is_melted(rows):
        return rows
    found = _melted_columns(rows[0])
    if found is None:
        return rows
    names, value = found
    keys = [place for place in range(len(rows[0])) if place not in (*names, value)]
    columns: dict[str, None] = {}
    wide: dict[tuple[str, ...], dict[str, str]] = {}
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(rows[0]):
            raise FormatError(f"line {number} has {len(row)} cells, expected {len(rows[0])}")
        name = "_".join(row[place] for place in names)
        columns[name] = None
        held = wide.setdefault(tuple(row[place] for place in keys), {})
        if name in held:
            raise FormatError(f"line {number} repeats {name[:40]} of a frame; add a column person or frame")
        held[name] = row[value]
    at_most(len(wide) * len(columns), 4 * MAX_LANDMARKS, what="cells")
    header = [*(rows[0][place] for place in keys), *columns]
    return [header, *([*key, *(held.get(name, "") for name in columns)] for key, held in wide.items())]


def _melted_columns(header: Sequence[str]) -> tuple[tuple[int, ...], int] | None:
    """The columns that name a number (joint and axis, or both in one), and the column of the number."""
    names = [snake(cell) for cell in header]
    value = next((place for place, name in enumerate(names) if name in _VALUE), None)
    joint = next((place for place, name in enumerate(names) if name in JOINT_COLUMNS), None)
    axis = next((place for place, name in enumerate(names) if name in _AXIS), None)
    variable = next((place for place, name in enumerate(names) if name in _VARIABLE), None)
    if value is None:
        return None
    if joint is not None and axis is not None:
        return (joint, axis), value
    return None if variable is None else ((variable,), value)
