"""Text tables in any common encoding, with any common separator and decimal sign.

Spreadsheets write UTF-8 with or without a byte order mark, UTF-16, or Windows-1252; they separate by commas, by
semicolons (where the decimal sign is a comma) or by tabs. All of that is decided here, from the content alone.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from laban.errors import FormatError

MISSING: Final = frozenset(["", "na", "n/a", "#n/a", "<na>", "nan", "-nan"])
"""Lower-case cells that mark any value as missing."""

MISSING_NUMBERS: Final = MISSING | {"null", "none", "nil", "-", "?", "."}
"""The same where a number is expected; ``none`` may well be the name of a class."""

_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS: Final = ("\t", ";", ",")
_DECLARED: Final = re.compile(r"\s*\"?sep=(.)\"?[,;\t ]*\r?\n?", re.IGNORECASE)
_DECIMAL_COMMA: Final = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
_DECIMAL_POINT: Final = re.compile(r"[+-]?\d*\.\d+([eE][+-]?\d+)?")
_SAMPLE_ROWS: Final = 50
_SAMPLE_CHARACTERS: Final = 1 << 20


@dataclass(frozen=True)
class Dialect:
    """How a table is written: what separates its cells, and what marks the fraction of a number."""

    separator: str = ","
    decimal: str = "."


def decoded(content: bytes, *, whole: bool = True) -> tuple[str, str]:
    """The text of a file without its byte order mark, and the name of its encoding.

    A byte order mark decides; else UTF-16 where every second byte of the beginning is zero, UTF-8, and Windows-1252
    for everything else. Content that is not ``whole`` may end within a character. Raises FormatError for bytes that
    are not text.

    >>> decoded("Kniebeuge, geübt".encode("cp1252"))
    ('Kniebeuge, geübt', 'cp1252')
    """
    encodings = _encodings(content)
    for encoding in encodings:
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(content, final=whole)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.removeprefix("\ufeff"), encoding
    raise FormatError(f"it is no text in {' or '.join(encodings)}; save it as UTF-8")


def dialect_of(text: str) -> Dialect:
    """The separator and the decimal sign of a table, derived from its first rows.

    >>> dialect_of("path;start_s\\na.mp4;0,5\\n")
    Dialect(separator=';', decimal=',')
    """
    separator, start = _declared(text)
    sample = _sample(text[start : start + _SAMPLE_CHARACTERS])
    if separator is None:
        separator = max(_SEPARATORS[::-1], key=lambda one: _fit(sample, one))
    if separator == ",":
        return Dialect()
    return Dialect(separator, _decimal(sample, separator))


def rows_of(text: str, dialect: Dialect | None = None) -> Iterator[list[str]]:
    """The cells of each row, without surrounding quotes and blanks; an empty row is an empty list.

    A first line ``sep=`` is not a row. Raises FormatError where quotes do not close.
    """
    chosen = dialect or dialect_of(text)
    _, start = _declared(text)
    reader = csv.reader(io.StringIO(text[start:], newline=""), delimiter=chosen.separator, strict=True)
    try:
        for cells in reader:
            yield [cell.strip() for cell in cells]
    except csv.Error as error:
        raise FormatError(f"line {reader.line_num}: {error}") from error


def number_text(cell: str, dialect: Dialect) -> str:
    """A cell in Python's notation: a decimal comma becomes a point, a mark for missing values becomes empty.

    >>> number_text("1,25", Dialect(";", ",")), number_text("NA", Dialect())
    ('1.25', '')
    """
    text = cell.strip()
    if text.lower() in MISSING_NUMBERS:
        return ""
    if dialect.decimal == "," and _DECIMAL_COMMA.fullmatch(text):
        return text.replace(",", ".")
    return text


def is_missing(cell: str) -> bool:
    """Whether a cell of text marks a missing value.

    >>> is_missing(" NA "), is_missing("none")
    (True, False)
    """
    return cell.strip().lower() in MISSING


def _encodings(content: bytes) -> tuple[str, ...]:
    marked = [encoding for mark, encoding in _MARKS if content.startswith(mark)]
    if marked:
        return (marked[0],)
    head = content[:1024]
    if len(head) >= 4 and 4 * head.count(0) >= len(head):  # ASCII in two bytes each
        low_first = head[1::2].count(0) >= head[::2].count(0)
        return ("utf-16-le" if low_first else "utf-16-be",)
    return ("utf-8", "cp1252")


def _declared(text: str) -> tuple[str | None, int]:
    """The separator that a first line ``sep=;`` names, as Excel takes it, and where the table begins."""
    found = _DECLARED.match(text)
    return (found[1], found.end()) if found else (None, 0)


def _sample(text: str) -> str:
    lines = [line for line in text.splitlines()[: 2 * _SAMPLE_ROWS] if line.strip()]
    return "\n".join(lines[:_SAMPLE_ROWS])


def _fit(sample: str, separator: str) -> tuple[bool, int, int]:
    """How well a separator explains the first rows: all of one width beyond 1, else the width of the header."""
    widths = [len(cells) for cells in _cells(sample, separator)]
    if not widths or widths[0] < 2:
        return False, 0, 0
    even = all(width == widths[0] for width in widths)
    # Among separators that fit, one that is not a decimal sign goes first.
    return even, (_SEPARATORS[::-1].index(separator) if even else widths[0]), widths[0]


def _decimal(sample: str, separator: str) -> str:
    cells = [cell.strip() for row in _cells(sample, separator) for cell in row]
    commas = any(map(_DECIMAL_COMMA.fullmatch, cells))
    points = any(map(_DECIMAL_POINT.fullmatch, cells))
    return "," if commas and not points else "."


def _cells(sample: str, separator: str) -> Sequence[list[str]]:
    try:
        return list(csv.reader(io.StringIO(sample, newline=""), delimiter=separator))
    except csv.Error:
        return []
