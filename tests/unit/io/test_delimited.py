"""Tables of text in the encodings and with the separators that programs write."""

import pytest

from laban.errors import FormatError
from laban.io.delimited import Dialect, decoded, dialect_of, is_missing, number_text, rows_of

TABLE = "path,label\nclips/a.mp4,Kniebeuge Mü\nclips/b.mp4,curl\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_text_is_the_same_in_every_encoding(encoding: str) -> None:
    assert decoded(TABLE.encode(encoding))[0] == TABLE


@pytest.mark.parametrize(
    "content", [b"\x00\x01\x02\x03PNG\x81\x8d", bytes(range(256)), b"\xff\xfe\x00\xd8\x00"]
)
def test_bytes_that_are_no_text_are_refused(content: bytes) -> None:
    with pytest.raises(FormatError, match="save it as UTF-8"):
        decoded(content)


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("path,label\na,b\n", Dialect(",", ".")),
        ("path;label\na;b\n", Dialect(";", ".")),
        ("path\tlabel\na\tb\n", Dialect("\t", ".")),
        ("path;start_s\na;0,5\n", Dialect(";", ",")),
        ("path;start_s\na;0.5\n", Dialect(";", ".")),
        ("0,1;0,2;0,3\n0,4;0,5;0,6\n", Dialect(";", ",")),
        ("0,1\t0,2\n0,4\t0,5\n", Dialect("\t", ",")),
        ("sep=;\npath;label\na;b\n", Dialect(";", ".")),
        ("path,label\nclips/a.mp4,one; two\nb.mp4,c\n", Dialect(",", ".")),
        ('path,label\n"a;1.mp4","b;2"\n', Dialect(",", ".")),
        ("label\nsquat\n", Dialect(",", ".")),
        ("path;label;start_s\na;b\n", Dialect(";", ".")),
        ("", Dialect(",", ".")),
    ],
)
def test_separator_and_decimal_sign(text: str, dialect: Dialect) -> None:
    assert dialect_of(text) == dialect


@pytest.mark.parametrize(
    "text",
    [
        "path,label\na b,c\n",
        "path;label\na b;c\n",
        "path\tlabel\na b\tc\n",
        "sep=;\r\npath;label\r\na b;c\r\n",
        '"path","label"\r\n"a b","c"\r\n',
        "path , label\n a b , c \n",
    ],
)
def test_rows_are_the_same_however_they_are_separated(text: str) -> None:
    assert [cells for cells in rows_of(text) if cells] == [["path", "label"], ["a b", "c"]]


def test_quotes_that_do_not_close_are_refused() -> None:
    with pytest.raises(FormatError, match="line 2"):
        list(rows_of('path,label\n"a,b\n'))


@pytest.mark.parametrize(
    ("cell", "decimal", "text"),
    [
        ("1,5", ",", "1.5"),
        ("-,5e3", ",", "-.5e3"),
        ("1,5", ".", "1,5"),
        ("1.5", ",", "1.5"),
        ("NA", ".", ""),
        ("null", ".", ""),
        (" 3 ", ".", "3"),
        ("1,234,5", ",", "1,234,5"),
    ],
)
def test_numbers_in_cells(cell: str, decimal: str, text: str) -> None:
    assert number_text(cell, Dialect(";", decimal)) == text


def test_none_is_a_name_and_na_is_missing() -> None:
    assert [is_missing(cell) for cell in ("", "NA", "nan", "none", "None", "normal")] == [True] * 3 + [
        False
    ] * 3
