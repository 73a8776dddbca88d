"""The rows of a table in any file: text, a list of flat JSON objects, Parquet with plain columns."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from laban.errors import FormatError
from laban.io.files import one_line, read_json, read_text
from laban.io.json_tables import NAMELESS, cell_text, is_nameless, rows_of_json
from laban.io.limits import MAX_FILE_BYTES, MAX_FRAMES, MAX_LANDMARKS, at_most
from laban.io.loss import warn_of_assumption
from laban.io.table_shapes import one_row_a_frame
from laban.io.text_table import split_rows

_PARQUET: Final = b"PAR1"
_MOST_COLUMNS: Final = 10_000


def read_rows(path: Path) -> list[list[str]]:
    """The cells of every row, the header first, without headers repeated further down.

    Raises FormatError if the file holds no table.
    """
    with path.open("rb") as stream:
        is_parquet = stream.read(len(_PARQUET)) == _PARQUET
    return one_row_a_frame(without_repeats(_parquet_rows(path) if is_parquet else _text_rows(path)))


def without_repeats(rows: list[list[str]]) -> list[list[str]]:
    """The rows without empty cells beyond the header's width, and without repeated headers."""
    if not rows:
        return rows
    width = len(rows[0])
    trimmed = [row[:width] if len(row) > width and not any(row[width:]) else row for row in rows]
    kept = [row for row in trimmed[1:] if row != rows[0] or not any(map(_is_word, row))]
    repeats = len(trimmed) - 1 - len(kept)
    if repeats:
        warn_of_assumption(
            f"its header is repeated {repeats} times, as if files were put together; the rows are taken one "
            "after another"
        )
    return [rows[0], *kept]


def parquet_columns(path: Path) -> list[str] | None:
    """The names of the columns of a Parquet file that is a plain table; None for any other."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError):
        return None
    plain = not any(pa.types.is_nested(field.type) for field in schema)
    return [str(name) for name in schema.names] if plain else None


def _is_word(cell: str) -> bool:
    return any(letter.isalpha() for letter in cell) and cell.lower() != "nan"


def _text_rows(path: Path) -> list[list[str]]:
    text = read_text(path)
    if text.lstrip()[:1] not in ("[", "{"):
        return split_rows(text)
    try:
        content = read_json(path, nan=True)
    except json.JSONDecodeError as error:
        raise FormatError(one_line(error)) from error
    rows = rows_of_json(content)
    if rows is None:
        raise FormatError(
            NAMELESS
            if is_nameless(content)
            else "it is not a table: neither objects nor columns with a number or a word under every name"
        )
    return rows


def _parquet_rows(path: Path) -> list[list[str]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    at_most(path.stat().st_size, MAX_FILE_BYTES, what="bytes")
    if parquet_columns(path) is None:
        raise FormatError("its columns are not plain numbers and words")
    try:
        with pq.ParquetFile(path) as file:
            at_most(file.metadata.num_rows, MAX_FRAMES, what="rows")
            at_most(file.metadata.num_columns, _MOST_COLUMNS, what="columns")
            at_most(file.metadata.num_rows * file.metadata.num_columns, 4 * MAX_LANDMARKS, what="cells")
            table = file.read()
        columns = [[cell_text(value) for value in column.to_pylist()] for column in table.columns]
    except (pa.ArrowException, TypeError, KeyError, IndexError) as error:
        raise FormatError(one_line(error)) from error
    return [[str(name) for name in table.column_names], *_across(columns)]


def _across(columns: Sequence[Sequence[str]]) -> list[list[str]]:
    return [list(row) for row in zip(*columns, strict=True)]
