"""What the layouts of normalised landmarks in comma-separated rows share."""

from laban.core.arrays import Float64Array
from laban.core.sequence import Recording
from laban.errors import FormatError, InvalidValueError
from laban.sequences.io.assumptions import checked_size
from laban.sequences.io.text_table import all_numbers, parse_rows


def numbers_of(text: str, *, columns: int) -> Float64Array:
    """(T, columns) the numbers of a table, without its header row and its index column, where it has them."""
    lines = text.splitlines()
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        raise FormatError("it is empty")
    width = lines[0].count(",") + 1
    if width not in (columns, columns + 1):
        raise FormatError(f"line 1 has {width} cells, expected {columns}, or one more with an index column")
    header = int(is_header(lines[0].split(","), columns=columns))
    if header == len(lines):
        raise FormatError("it holds a header and no rows")
    return parse_rows(lines[header:], columns=width, first_line=1 + header)[:, -columns:]


def is_header(cells: list[str], *, columns: int) -> bool:
    """Whether a first row names the columns: by words, or by counting them from 0 or 1."""
    named = [cell.strip() for cell in cells[-columns:]]
    counted = [[str(first + column) for column in range(columns)] for first in (0, 1)]
    return not all_numbers(named) or named in counted


def written_size(recording: Recording, size_wh: tuple[int, int] | None) -> tuple[int, int]:
    """The picture size to normalise by: the recording's own, else the one given."""
    if recording.size_wh is not None:
        return recording.size_wh
    if size_wh is None:
        raise InvalidValueError("the recording does not know its picture's size; pass size_wh")
    return checked_size(size_wh)
