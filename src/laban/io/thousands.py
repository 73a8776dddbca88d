"""Thousands separators in tables of coordinates: ``1,139``, ``1.139``, ``2.279,27``, ``2 279.27``.

Spreadsheets write them, and ``1,139`` alone may also be a decimal number. If the other cells of a table make it
certain, separators are removed; if it stays ambiguous and no decimal reading is a coordinate, the table is refused.
"""

import re
from collections.abc import Sequence
from typing import Final

from laban.errors import FormatError
from laban.io.loss import warn_of_assumption

_SPACES: Final = " \u00a0\u202f\u2009'\u2019"
_BLANKS: Final = re.compile(rf"[+-]?\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?:[.,]\d*)?")
_BOTH: Final = (
    (re.compile(r"[+-]?\d{1,3}(?:,\d{3})+\.\d*|[+-]?\d{1,3}(?:,\d{3}){2,}"), ","),
    (re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d*|[+-]?\d{1,3}(?:\.\d{3}){2,}"), "."),
)
_OPEN: Final = (re.compile(r"[+-]?[1-9]\d{0,2},\d{3}"), re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}"))
_WHOLE: Final = re.compile(r"[+-]?\d{1,3}")
_LARGEST_SIDE: Final = 20
"""The largest side of an image, in thousands of pixels."""
_LEAST_WHOLE: Final = 100
_ALONE: Final = (1.5, 10.0)
"""The range in which the median of decimal numbers is neither one of pixels nor of shares of the image."""
_ADVICE: Final = "export the numbers without them"


def without_thousands(rows: Sequence[Sequence[str]], *, checked: Sequence[int]) -> Sequence[Sequence[str]]:
    """The rows of a table without thousands separators, with a warning; the columns ``checked`` hold coordinates.

    Raises FormatError if the separators are not certain.
    """
    cells = [cell for row in rows for place in checked if (cell := row[place].strip())]
    if not any(map(_may_be, cells)):
        return rows
    mark = _mark(cells)
    if mark is None:
        return rows
    example = next(cell for cell in cells if _may_be(cell))
    warn_of_assumption(f"its numbers have thousands separators, as in {example}, which are removed")
    return [[_cleaned(cell, mark) for cell in row] for row in rows]


def _may_be(cell: str) -> bool:
    return bool(_BLANKS.fullmatch(cell) or any(one.fullmatch(cell) for one, _ in _BOTH) or _is_open(cell))


def _is_open(cell: str) -> bool:
    return any(one.fullmatch(cell) for one in _OPEN)


def _mark(cells: Sequence[str]) -> str | None:
    """The thousands separator; None where there is none."""
    if any(map(_BLANKS.fullmatch, cells)):
        return " "
    for pattern, mark in _BOTH:
        if any(map(pattern.fullmatch, cells)):
            return mark
    for pattern, mark in zip(_OPEN, ",.", strict=True):
        held = [cell for cell in cells if pattern.fullmatch(cell)]
        if held and _are_thousands(held, [cell for cell in cells if not pattern.fullmatch(cell)], mark):
            return mark
    return None


def _are_thousands(held: Sequence[str], others: Sequence[str], mark: str) -> bool:
    """Whether numbers such as 1,139 occur only with whole numbers below 1000, and would be coordinates of an image.

    Raises FormatError if all have this form and are too small for pixels with decimals.
    """
    values = sorted(abs(float(cell.replace(mark, "."))) for cell in held)
    if values[-1] >= _LARGEST_SIDE:
        return False
    numbers = [cell for cell in others if any(letter.isdigit() for letter in cell)]
    if numbers and all(map(_WHOLE.fullmatch, numbers)):
        return max(abs(int(cell)) for cell in numbers) >= _LEAST_WHOLE
    low, high = _ALONE
    if not numbers and low < values[len(values) // 2] < high:
        raise FormatError(
            f"its numbers, such as {held[0]}, seem to have thousands separators, because as decimals they are "
            f"neither pixels nor shares of the image; {_ADVICE}"
        )
    return False


def _cleaned(cell: str, mark: str) -> str:
    text = cell.strip()
    if mark == " ":
        return re.sub(rf"(?<=\d)[{_SPACES}](?=\d{{3}})", "", text) if _BLANKS.fullmatch(text) else cell
    pattern = re.compile(rf"[+-]?\d{{1,3}}(?:\{mark}\d{{3}})+(?:[.,]\d*)?")
    return text.replace(mark, "") if pattern.fullmatch(text) else cell
