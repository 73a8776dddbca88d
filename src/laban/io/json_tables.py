"""Tables in JSON, in every orientation of pandas, as rows with a header."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from laban.errors import FormatError
from laban.io.clock_text import is_clock_text
from laban.io.limits import MAX_FRAMES, MAX_LANDMARKS, at_most
from laban.io.table_header import is_named

_MOST_COLUMNS: Final = 10_000
_FEWEST_NAMELESS: Final = 6
"""Shorter lists may be the coordinates of a point."""
NAMELESS: Final = (
    "its rows are lists of numbers without names, as pandas writes them with to_json(orient='values'); nothing "
    "says which number is which joint; write it with orient='split' or orient='records'"
)
_UNIX_MS: Final = re.compile(r"1[2-9]\d{11}")


def rows_of_json(content: object) -> list[list[str]] | None:
    """The rows of a table, the header first: records, columns, index, split or table; None for anything else."""
    if isinstance(content, list):
        return records_of(content)
    if not isinstance(content, Mapping) or not content:
        return None
    data, columns = content.get("data"), content.get("columns")
    if isinstance(data, list):
        names = [str(name) for name in columns] if isinstance(columns, list) else None
        return records_of(data) if names is None else _split(names, data, content.get("index", []))
    values = list(content.values())
    if all(isinstance(one, list) for one in values) and is_named([str(key) for key in content]):
        return _of_columns({str(key): dict(enumerate(one)) for key, one in content.items()})
    if not all(map(_is_flat, values)):
        return None
    if is_named([str(key) for key in content]):
        return _of_columns({str(key): one for key, one in content.items()})
    if is_named([str(name) for name in values[0]]):
        name = _index_name([str(key) for key in content])
        return records_of([{name: key, **one} for key, one in content.items()])
    return None


def is_nameless(content: object) -> bool:
    """Whether JSON is rows of one length without a name for any column, as pandas writes them with
    ``orient="values"``.

    >>> is_nameless([[0, 412.5, 231.0, 0.9, 400.0, 280.5], [1, 413.0, 231.5, 0.9, 401.0, 281.0]])
    True
    >>> is_nameless([[412.5, 231.0], [400.0, 280.5]])
    False
    """
    if not isinstance(content, list) or not content or not isinstance(content[0], list):
        return False
    width = len(content[0])
    return width >= _FEWEST_NAMELESS and all(
        isinstance(row, list) and len(row) == width and not any(isinstance(one, list | dict) for one in row)
        for row in content
    )


def records_of(content: object) -> list[list[str]] | None:
    """The rows of a list of flat objects, with a header of all their keys; None for anything else."""
    if not isinstance(content, list) or not content or not all(map(_is_flat, content)):
        return None
    at_most(len(content), MAX_FRAMES, what="rows")
    names = list(dict.fromkeys(str(name) for one in content for name in one))
    _check_size(len(content), len(names))
    return [names, *([cell_text(one.get(name)) for name in names] for one in content)]


def cell_text(value: object) -> str:
    """A value as the cell of a table."""
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) else str(value).strip()


def _split(names: list[str], data: Sequence[object], index: object) -> list[list[str]] | None:
    lists = [row for row in data if isinstance(row, list) and len(row) == len(names)]
    if len(lists) != len(data):
        raise FormatError(f"a row of its data does not have the {len(names)} cells of its columns")
    _check_size(len(data), len(names) + 1)
    rows = [[cell_text(value) for value in row] for row in lists]
    if isinstance(index, list) and len(index) == len(rows):
        return [
            [_index_name([cell_text(key) for key in index]), *names],
            *([cell_text(key), *row] for key, row in zip(index, rows, strict=True)),
        ]
    return [names, *rows]


def _of_columns(columns: Mapping[str, Mapping[object, object]]) -> list[list[str]] | None:
    keys: Sequence[object] = list(dict.fromkeys(key for one in columns.values() for key in one))
    _check_size(len(keys), len(columns) + 1)
    header = [_index_name([str(key) for key in keys]), *columns]
    return [
        header,
        *([cell_text(key), *(cell_text(one.get(key)) for one in columns.values())] for key in keys),
    ]


def _index_name(keys: Sequence[str]) -> str:
    """The name of a table's index: of times, which pandas writes as text or in milliseconds, or just ``index``."""
    if len(keys) > 1 and is_clock_text(keys):
        return "time"
    return "time_ms" if len(keys) > 1 and all(map(_UNIX_MS.fullmatch, keys)) else "index"


def _check_size(rows: int, columns: int) -> None:
    at_most(rows, MAX_FRAMES, what="rows")
    at_most(columns, _MOST_COLUMNS, what="columns")
    at_most(rows * columns, 4 * MAX_LANDMARKS, what="cells")


def _is_flat(one: object) -> bool:
    return isinstance(one, Mapping) and not any(isinstance(value, dict | list) for value in one.values())
