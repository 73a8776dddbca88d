"""Tables as text: splitting into cells, and parsing numbers."""

from collections.abc import Iterable, Sequence

import numpy as np

from laban.core.arrays import Float64Array
from laban.errors import FormatError
from laban.io.delimited import MISSING_NUMBERS, rows_of
from laban.io.limits import MAX_FRAMES, at_most


def split_rows(text: str) -> list[list[str]]:
    """The cells of a table; its first lines decide the separator: tab, semicolon, comma or, without these, blanks.

    Quoted cells may hold the separator. Empty lines at the end are dropped.
    """
    rows = list(rows_of(without_comments(text)))
    while rows and not any(rows[-1]):
        rows.pop()
    at_most(len(rows), MAX_FRAMES, what="rows")
    if any(len(row) > 1 for row in rows):
        return rows
    return [row[0].split() if row else [] for row in rows]


def without_comments(text: str) -> str:
    """A table without leading ``#`` lines; the last of them becomes the header if the first row is not one."""
    start, last = 0, ""
    while text.startswith("#", start):
        end = text.find("\n", start)
        last, start = text[start : end if end >= 0 else len(text)], end + 1 if end >= 0 else len(text)
    if not last:
        return text
    header, rest = last.lstrip("# "), text[start:]
    first = rest.partition("\n")[0]
    is_header = any(len(header.split(mark)) == len(first.split(mark)) > 1 for mark in (*",;\t", None))
    has_words = any(letter.isalpha() for letter in first.lower().replace("nan", "").replace("e", ""))
    return f"{header}\n{rest}" if is_header and not has_words else rest


def parse_rows(
    lines: Sequence[str], *, columns: int, first_line: int = 1, separator: str = ","
) -> Float64Array:
    """(N, columns) numbers; an empty cell or ``nan`` is NaN, infinity is refused."""
    return parse_cells([line.split(separator) for line in lines], columns=columns, first_line=first_line)


def parse_cells(rows: Sequence[Sequence[str]], *, columns: int, first_line: int = 1) -> Float64Array:
    """(N, columns) numbers, with a point or a comma before decimals; an empty cell, ``nan`` or ``NA`` is NaN.

    Infinity is refused.
    """
    at_most(len(rows), MAX_FRAMES, what="rows")
    table = np.empty((len(rows), columns))
    for row, cells in enumerate(rows):
        if len(cells) != columns:
            raise FormatError(f"line {first_line + row} has {len(cells)} cells, expected {columns}")
        table[row] = [_number(cell, line=first_line + row) for cell in cells]
    if np.isinf(table).any():
        row = int(np.argmax(np.isinf(table).any(axis=1)))
        raise FormatError(f"line {first_line + row} holds an infinite number")
    return table


def all_numbers(cells: Iterable[str]) -> bool:
    """Whether every cell is a number or empty."""
    try:
        for cell in cells:
            _number(cell, line=0)
    except FormatError:
        return False
    return True


def cell_of(value: float) -> str:
    """The shortest text that reads back to the same number; NaN is empty."""
    return "" if np.isnan(value) else repr(float(value))


def row_text(values: Iterable[float], separator: str = ",", *, missing: str = "") -> str:
    """One line of cells, with ``missing`` for NaN."""
    return separator.join(cell_of(value) or missing for value in values)


def numbers(values: object, *, what: str, count: int | None = None) -> Float64Array:
    """(N,) numbers from a list in a file; anything else raises ``FormatError``."""
    if not isinstance(values, list) or not all(type(value) in (int, float) for value in values):
        raise FormatError(f"{what} must be a list of numbers")
    if count is not None and len(values) != count:
        raise FormatError(f"{what} must hold {count} numbers, got {len(values)}")
    return np.array(values, dtype=np.float64)


def _number(cell: str, *, line: int) -> float:
    text = cell.strip()
    try:
        return float(text)
    except ValueError:
        if text.lower() in MISSING_NUMBERS:
            return float("nan")
        if text.count(",") == 1 and "." not in text:
            return _number(text.replace(",", "."), line=line)
        raise FormatError(f"line {line} holds {text[:40]!r} where a number is expected") from None
