"""Measurements over time as CSV or Parquet: one row for each instant, and for each person where there are several.

The columns are ``person`` (where the rows are of people), ``time_s``, and one for each measurement, headed by its
name and unit, as ``left_elbow [deg]``. Undefined is an empty cell in CSV and NaN in Parquet.
"""

import io
from collections.abc import Mapping
from os import PathLike
from pathlib import Path

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.features import Features
from laban.errors import InvalidValueError
from laban.io.files import replacing, write_text
from laban.io.text_table import row_text

TABLE_SUFFIXES = (".csv", ".parquet")


def headings(features: Features) -> tuple[str, ...]:
    """The name of each column with its unit."""
    return tuple(f"{name} [{unit}]" for name, unit in zip(features.names, features.units, strict=True))


def save_features(features: Features, path: str | PathLike[str]) -> Path:
    """Writes one table, with its times first, in the format of the suffix: ``.csv`` or ``.parquet``."""
    return _write(Path(path), ("time_s", *headings(features)), _rows(features), whole=())


def save_people_features(people: Mapping[int, Features], path: str | Path) -> Path:
    """The same of several people with the same columns, whose number is the first column."""
    return _write(Path(path), *people_rows(people), whole=("person",))


def people_rows(people: Mapping[int, Features]) -> tuple[tuple[str, ...], Float64Array]:
    """The headings, and (N, 2 + F) the rows: person, time and measurements, person after person."""
    tables = list(people.values())
    heads = {headings(table) for table in tables}
    if len(heads) != 1:
        raise InvalidValueError(f"a table needs people with the same columns, got {len(heads)} kinds")
    parts = [
        np.concatenate([np.full((len(table), 1), float(person)), _rows(table)], axis=1)
        for person, table in people.items()
    ]
    return ("person", "time_s", *heads.pop()), np.concatenate(parts)


def csv_text(heads: tuple[str, ...], rows: Float64Array, *, whole: tuple[str, ...]) -> str:
    """The table as CSV; the first columns, if named in ``whole``, hold whole numbers."""
    out = io.StringIO()
    out.write(",".join(heads) + "\n")
    count = sum(head in whole for head in heads)
    for row in rows:
        out.write(",".join([*(str(int(value)) for value in row[:count]), row_text(row[count:])]) + "\n")
    return out.getvalue()


def table_path(path: Path) -> Path:
    """``path``, if its suffix is supported."""
    if path.suffix.lower() not in TABLE_SUFFIXES:
        raise InvalidValueError(f"a table is written as {' or '.join(TABLE_SUFFIXES)}, got {path}")
    return path


def _rows(features: Features) -> Float64Array:
    return np.concatenate([features.times_s[:, None], features.values], axis=1)


def _write(path: Path, heads: tuple[str, ...], rows: Float64Array, *, whole: tuple[str, ...]) -> Path:
    if table_path(path).suffix.lower() == ".csv":
        write_text(path, csv_text(heads, rows, whole=whole))
    else:
        _write_parquet(path, heads, rows, whole=whole)
    return path


def _write_parquet(path: Path, heads: tuple[str, ...], rows: Float64Array, *, whole: tuple[str, ...]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {
        head: pa.array(rows[:, index].astype(np.int64 if head in whole else np.float64))
        for index, head in enumerate(heads)
    }
    with replacing(path) as temporary:
        pq.write_table(pa.table(columns), temporary, compression="zstd")
