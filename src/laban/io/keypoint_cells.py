"""Tables with the keypoints of a body in one cell, as JSON or as Python prints a list or a dictionary."""

import ast
import json
from collections.abc import Sequence
from typing import Final

from laban.errors import FormatError
from laban.io.table_header import snake

_KEYPOINTS: Final = frozenset(
    ("keypoints", "keypoint", "kpts", "pose_keypoints", "landmarks", "pose_landmarks")
)
_LONGEST_CELL: Final = 1 << 20


def has_keypoint_cells(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a column called keypoints holds lists or dictionaries."""
    place = _place(rows[0]) if rows else None
    first = next(
        (row[place] for row in rows[1:] if place is not None and len(row) > place and row[place]), ""
    )
    return first[:1] in ("[", "{")


def items_of_cells(rows: Sequence[Sequence[str]]) -> list[dict[str, object]]:
    """One object per row, as in JSON of detections."""
    place = _place(rows[0])
    items = []
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(rows[0]):
            raise FormatError(f"line {number} has {len(row)} cells, expected {len(rows[0])}")
        about: dict[str, object] = {
            name: _value(cell) for name, cell in zip(rows[0], row, strict=True) if cell
        }
        items.append({**about, "keypoints": _points(row[place or 0], line=number)})
    return items


def _place(header: Sequence[str]) -> int | None:
    return next((place for place, cell in enumerate(header) if snake(cell) in _KEYPOINTS), None)


def _points(cell: str, *, line: int) -> object:
    if not cell:
        return []
    if len(cell) <= _LONGEST_CELL:
        for parse in (json.loads, ast.literal_eval):
            try:
                return parse(cell)
            except (ValueError, SyntaxError, RecursionError, MemoryError):
                continue
    raise FormatError(f"line {line} holds {cell[:40]!r} where keypoints are expected, as JSON")


def _value(cell: str) -> object:
    """A number where the cell is one."""
    for kind in (int, float):
        try:
            return kind(cell)
        except ValueError:
            continue
    return cell
