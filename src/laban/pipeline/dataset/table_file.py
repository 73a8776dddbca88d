"""The columns and rows of a table of clips or images, CSV (perhaps compressed by gzip) or Parquet, in the
dialects of common programs."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from laban.errors import FormatError, InvalidValueError
from laban.io.delimited import Dialect, decoded, dialect_of, number_text, rows_of
from laban.io.files import is_packed, read_content, read_head

MAX_TABLE_BYTES: Final = 256 << 20
_FIRST_ROW: Final = 2  # the header is row 1, as spreadsheets count
_HEAD_BYTES: Final = 1 << 16
_NUMBER_ENDINGS: Final = ("_s", "_px")
_NUMBERS: Final = ("person",)
_AS_GIVEN: Final = "subgroup_"


def table_columns(path: Path) -> list[str]:
    """The names of the columns of a CSV or Parquet file. Raises FormatError."""
    if _is_parquet(path):
        from pyarrow import ArrowException, parquet

        try:
            return [str(name) for name in parquet.read_schema(path).names]
        except (ArrowException, OSError) as error:
            raise _unreadable(path, "a Parquet table", error) from error
    head = read_head(path, _HEAD_BYTES)
    whole = path.stat().st_size <= len(head)
    if is_packed(path):
        whole = len(head) < _HEAD_BYTES
        head = _content(path) if whole else head
    return _header(next(_rows(path, head, whole=whole), []))


def table_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The rows that hold anything, with their numbers; in CSV a number may have a decimal comma, or be ``NA``.

    Raises FormatError for what is no table, InvalidValueError for a row of another width than the header.
    """
    if not _is_parquet(path):
        yield from _text_rows(path)
        return
    if path.stat().st_size > MAX_TABLE_BYTES:
        raise FormatError(f"{path} is larger than the limit of {MAX_TABLE_BYTES} bytes; cut it into parts")
    from pyarrow import ArrowException, parquet

    try:
        yield from enumerate(parquet.read_table(path).to_pylist(), _FIRST_ROW)
    except (ArrowException, OSError) as error:
        raise _unreadable(path, "a Parquet table", error) from error


def table_notes(path: Path) -> list[str]:
    """What had to be assumed to read a table, in sentences."""
    if _is_parquet(path):
        return []
    encoding = _decoded(path, _content(path))[1]
    if encoding != "cp1252":
        return []
    return [f"{path.name} is not UTF-8 and does not name its encoding; it was read as Windows-1252"]


def _text_rows(path: Path) -> Iterator[tuple[int, Mapping[str, object]]]:
    text, _ = _decoded(path, _content(path))
    dialect = dialect_of(text)
    names: list[str] | None = None
    for number, cells in enumerate(_split(path, text, dialect), _FIRST_ROW - 1):
        if names is None:
            names = _header(cells)
            continue
        kept = _as_wide(cells, len(names))
        if any(cells) and len(kept) != len(names):
            raise InvalidValueError(
                f"{path}, row {number}: expected {len(names)} cells, got {len(cells)}; quote those that hold "
                f"{_SEPARATORS[dialect.separator]}"
            )
        if any(kept):
            yield number, {name: _cell(name, cell, dialect) for name, cell in zip(names, kept, strict=True)}


_SEPARATORS: Final = {",": "commas", ";": "semicolons", "\t": "tabs"}


def _rows(path: Path, content: bytes, *, whole: bool) -> Iterator[list[str]]:
    text = _decoded(path, content, whole=whole)[0]
    if not whole:
        text = text[: text.rfind("\n") + 1]
    return _split(path, text, dialect_of(text))


def _content(path: Path) -> bytes:
    """The whole file, unpacked where it is packed by gzip, within the limit."""
    try:
        return read_content(path, MAX_TABLE_BYTES)
    except FormatError as error:
        raise _unreadable(path, "CSV", error) from error


def _decoded(path: Path, content: bytes, *, whole: bool = True) -> tuple[str, str]:
    try:
        return decoded(content, whole=whole)
    except FormatError as error:
        raise _unreadable(path, "CSV", error) from error


def _split(path: Path, text: str, dialect: Dialect) -> Iterator[list[str]]:
    try:
        yield from rows_of(text, dialect)
    except FormatError as error:
        raise _unreadable(path, "CSV", error) from error


def _header(cells: list[str]) -> list[str]:
    """The names in small letters; spreadsheets write empty cells as far as the widest row went."""
    while cells and not cells[-1]:
        cells = cells[:-1]
    return [cell if cell.lower().startswith(_AS_GIVEN) else cell.lower() for cell in cells]


def _as_wide(cells: list[str], width: int) -> list[str]:
    return cells[:width] if not any(cells[width:]) else cells


def _cell(name: str, cell: str, dialect: Dialect) -> str:
    return number_text(cell, dialect) if name in _NUMBERS or name.endswith(_NUMBER_ENDINGS) else cell


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(4) == b"PAR1"


def _unreadable(path: Path, form: str, error: BaseException) -> FormatError:
    return FormatError(f"cannot read {path} as {form}: {' '.join(str(error).split())}")
