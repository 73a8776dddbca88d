"""Regional spellings of times, converted to ISO 8601: hours with AM and PM, the day or the month first."""

import re
from collections.abc import Sequence
from typing import Final

from laban.errors import FormatError

_HALF_DAY: Final = re.compile(
    r"(?P<before>.*?)(?P<hour>\d{1,2})(?P<after>:[\d:.,]+)\s*(?P<half>[AP])\.?M\.?\s*", re.IGNORECASE
)
_YEAR_LAST: Final = re.compile(
    r"\s*(?P<first>\d{1,2})(?P<mark>[./-])(?P<second>\d{1,2})(?P=mark)(?P<year>\d{4}),?[ T]+(?P<clock>.+)"
)
_MONTHS: Final = 12


def in_iso(cells: Sequence[str]) -> list[str]:
    """The cells with 24-hour times and dates from year to day; other cells are unchanged.

    Raises FormatError where day and month cannot be distinguished.

    >>> in_iso(["12:59:59.5 AM", "1:00:00 pm", "27.10.2024 12:59:58"])
    ['00:59:59.5', '13:00:00', '2024-10-27 12:59:58']
    """
    cells = [_of_24_hours(cell) for cell in cells]
    dates = [_YEAR_LAST.fullmatch(cell) for cell in cells]
    known = [date for date in dates if date is not None]
    if not known:
        return cells
    month_first = _month_first(known)
    return [
        cell if date is None else _dated(date, month_first=month_first)
        for cell, date in zip(cells, dates, strict=True)
    ]


def _of_24_hours(cell: str) -> str:
    found = _HALF_DAY.fullmatch(cell)
    if found is None:
        return cell
    hour = int(found["hour"]) % 12 + (12 if found["half"].upper() == "P" else 0)
    return f"{found['before']}{hour:02d}{found['after']}"


def _month_first(dates: Sequence[re.Match[str]]) -> bool:
    """Whether the month comes before the day: never with points; else decided by a number that cannot be a
    month."""
    if any(date["mark"] == "." for date in dates):
        return False
    first, second = ({int(date[place]) for date in dates} for place in ("first", "second"))
    if max(first) > _MONTHS or max(second) > _MONTHS or len(first | second) == 1:
        return max(first) <= _MONTHS
    if len(first) == len(second) == 1:
        return True  # one day for all, whichever it is
    raise FormatError(
        f"its dates, such as {dates[0].string.strip()[:20]}, do not distinguish day from month; write "
        "them as YYYY-MM-DD"
    )


def _dated(date: re.Match[str], *, month_first: bool) -> str:
    first, second = int(date["first"]), int(date["second"])
    month, day = (first, second) if month_first else (second, first)
    hour, colon, rest = date["clock"].partition(":")
    return f"{date['year']}-{month:02d}-{day:02d} {hour.zfill(2)}{colon}{rest}"
