"""Clocks in the names of images and files: dates with times, times of the day, Unix times.

``2024-10-27_12-59-58.000``, ``IMG_20241027_125958``, ``PXL_20241027_125958123``, ``snap_1700000000000``,
``Screenshot 2024-10-27 at 1.05.00 PM``.
A name with such a clock says when its frame was taken; its digits are not a frame count.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

import numpy as np

from laban.core.arrays import Float64Array

_TIME: Final = (
    r"(?P<hour>\d{2})(?P<colon>[-_.:h]?)(?P<minute>\d{2})(?:(?P=colon)|m)(?P<second>\d{2})"
    r"(?:(?P<point>[.,])(?P<exact>\d{1,9})|s?[-_]?(?P<part>\d{6}|\d{3}))?(?!\d)"
)
_SPOKEN: Final = (
    r"(?P<hour>\d{1,2})(?P<colon>[-_.:])(?P<minute>\d{2})(?P=colon)(?P<second>\d{2})(?:[.,](?P<exact>\d{1,9}))?"
    r"(?:[\s_-]?(?P<half>[AaPp])\.?[Mm](?![A-Za-z]))"
)
"""A time of day with AM or PM, whose hour may have one digit."""
_DATE: Final = (
    r"(?<!\d)(?:(?P<year>\d{4})(?P<dash>[-_.]?)(?P<month>\d{2})(?P=dash)(?P<day>\d{2})"
    r"|(?P<day_first>\d{2})(?P<dot>[-_.])(?P<month_second>\d{2})(?P=dot)(?P<year_last>\d{4}))"
    r"(?:_at_|(?P<word>\s(?:[^\W\d_]{1,5}\s){1,2})|[-_T .]{1,3}|)"
)
"""A date and what may separate it from the time: in names of screenshots a word, such as at, um or a las."""
_DATED: Final = re.compile(_DATE + _TIME)
_DATED_SPOKEN: Final = re.compile(rf"{_DATE}{_SPOKEN}?(?!\d)")
_TIME_OF_DAY: Final = re.compile(r"(?<!\d)" + _TIME.replace("[-_.:h]?", "[-_.:h]", 1))
_SPOKEN_TIME: Final = re.compile(r"(?<!\d)" + _SPOKEN)
_NUMBER_BEFORE: Final = re.compile(r"(?:^|[^A-Za-z\d])\d+([-_.:])$")
"""A separate number and what joins it to what follows; the 1 of cam1 does not count."""
_NUMBER_AFTER: Final = re.compile(r"([-_.:])\d{1,2}(?!\d)")
_COUNTED: Final = re.compile(r"\d{8}[-_T .]?0000\d\d(?!\d)")
"""A date and six digits below 60, which are a count rather than the first minute of a day."""
_UNIX: Final = re.compile(
    r"(?<![\d.])(?P<unix>1[2-9]\d{8})(?:[.,](?P<exact>\d{1,9})|(?P<digits>\d{9}|\d{6}|\d{3}))?(?!\d)"
)
_DAY_S: Final = 86_400
_UNIX_STEPS_S: Final = (0.0009, 1000.0)
"""The mean step in seconds from one number to the next; with a larger or smaller one they are not Unix times."""
_LEAST_STEP_MS: Final = 4
_LATE_PART: Final = 0.5
_EVEN: Final = 2.5


@dataclass(frozen=True)
class NameClock:
    """(N,) seconds from the names, and the names without them."""

    times_s: Float64Array
    rest: tuple[str, ...]

    @property
    def is_fine(self) -> bool:
        """Whether every name has a time of its own."""
        return len(np.unique(self.times_s)) == len(self.times_s)


@dataclass(frozen=True)
class _Stamp:
    """Whole seconds from a name, digits that may be a fraction, and the rest of the name."""

    whole_s: int
    part: str
    rest: str


def clock_of_names(names: Sequence[str]) -> tuple[NameClock | None, str | None]:
    """The clock in all of the names, None where they have none or all have the same time; and a warning where
    their numbers may be a clock, but are not certain to be one.

    >>> clock_of_names(["cam_20241027_125958_500", "cam_20241027_125959_000"])[0].times_s.tolist()
    [1730033998.5, 1730033999.0]
    >>> clock_of_names(["2024-10-27_12-59-58_frame_1", "2024-10-27_12-59-58_frame_2"])
    (None, None)
    """
    for read in (_dated, _unix):
        found = _clock(names, read)
        if found is not None:
            return found, None
    return _clock_of_day(names)


def _clock(names: Sequence[str], read: Callable[[str], _Stamp | None]) -> NameClock | None:
    stamps = [stamp for name in names if (stamp := read(name)) is not None]
    if len(stamps) < max(len(names), 2):
        return None
    whole = np.array([stamp.whole_s for stamp in stamps], dtype=np.float64)
    fractions = _fractions(stamps)
    times_s = whole if fractions is None else whole + fractions
    if len(np.unique(times_s)) < 2 or (read is _unix and not _are_times(times_s)):
        return None
    if read is _dated and all(map(_COUNTED.search, names)):
        return None
    kept = [stamp.rest + ("" if fractions is not None else f"_{stamp.part}") for stamp in stamps]
    return NameClock(times_s, tuple(kept))


def _are_times(values: Float64Array) -> bool:
    low, high = _UNIX_STEPS_S
    return bool(low <= np.ptp(values) / (len(values) - 1) <= high)


def _fractions(stamps: Sequence[_Stamp]) -> Float64Array | None:
    """(N,) the fraction of a second in each, None where the digits after the second count something else."""
    parts = [stamp.part for stamp in stamps]
    if all(part.startswith(".") or not part for part in parts):
        return np.array([float(f"0{part}") if part else 0.0 for part in parts])
    if not all(part.isdigit() for part in parts) or not _are_fractions(stamps):
        return None
    return np.array([float(f"0.{part}") for part in parts])


def _are_fractions(stamps: Sequence[_Stamp]) -> bool:
    """Whether three or six digits after the second are its fraction, and not a count of frames or of a burst.

    Within one second they are if they rise in uneven steps of a camera's rate; over several if they start again in
    a later second and reach into its second half.
    """
    ordered = sorted((stamp.whole_s, int(stamp.part)) for stamp in stamps)
    steps = [after - before for (_, before), (_, after) in pairwise(ordered)]
    if len({whole for whole, _ in ordered}) == len(ordered):
        return True  # a count would add less than a second to times that differ without it
    if ordered[0][0] == ordered[-1][0]:
        scale = 10 ** (len(stamps[0].part) - 3)
        return len(set(steps)) > 1 and float(np.median(steps)) >= _LEAST_STEP_MS * scale
    reach = max(float(f"0.{stamp.part}") for stamp in stamps)
    return min(steps) <= 0 and reach >= _LATE_PART


def _clock_of_day(names: Sequence[str]) -> tuple[NameClock | None, str | None]:
    """A clock without a date: only with AM or PM, or if its seconds start again with the next minute.

    Unless underscores join its numbers, fractions of a second suffice too. Three numbers alone may be anything.
    """
    spoken = _clock(names, _spoken)
    found = spoken or _clock(names, _of_day)
    if found is None:
        return None, None
    late = np.ptp(found.times_s) > _DAY_S / 2
    times_s = found.times_s + _DAY_S * (late & (found.times_s < _DAY_S / 2))
    fine = (times_s % 1).any() and not any(map(_joined_by_underscores, names))
    if spoken is None and not _carries(times_s) and not fine:
        return None, (
            f"names such as {names[0][:40]!r} may hold the time of day; the number that counts in them is taken "
            "for the frame's"
        )
    return NameClock(times_s, found.rest), None


def _carries(times_s: Float64Array) -> bool:
    """Whether minutes follow each other as evenly as the seconds within them."""
    ordered = np.unique(times_s)
    steps = np.diff(ordered)
    carry = np.diff(ordered // 60) > 0
    return bool(carry.any() and (steps[carry] <= _EVEN * np.median(steps)).all())


def _dated(name: str) -> _Stamp | None:
    spoken = _DATED_SPOKEN.search(name)
    found = spoken if spoken and (spoken["half"] or spoken["word"]) else _DATED.search(name)
    if found is None:
        return None
    year, month, day = (
        (found[f"{one}"] or found[other])
        for one, other in (("year", "year_last"), ("month", "month_second"), ("day", "day_first"))
    )
    month, day = (day, month) if int(month) > 12 else (month, day)
    try:
        date = datetime(int(year), int(month), int(day), tzinfo=UTC)
    except ValueError:
        return None
    return _stamp(found, name, since_s=int(date.timestamp()))


def _of_day(name: str) -> _Stamp | None:
    found = _time_in(name, _TIME_OF_DAY)
    return None if found is None else _stamp(found, name, since_s=0)


def _spoken(name: str) -> _Stamp | None:
    found = _time_in(name, _SPOKEN_TIME)
    return None if found is None else _stamp(found, name, since_s=0)


def _joined_by_underscores(name: str) -> bool:
    found = _time_in(name, _TIME_OF_DAY)
    return found is not None and found["colon"] == "_"


def _time_in(name: str, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """The first time in a name that is not part of a longer row of numbers with the same separator."""
    found = pattern.search(name)
    if found is None:
        return None
    around = (_NUMBER_BEFORE.search(name[: found.start()]), _NUMBER_AFTER.match(name, found.end()))
    return None if any(one and one[1] == found["colon"] for one in around) else found


def _unix(name: str) -> _Stamp | None:
    found = _UNIX.search(name)
    if found is None:
        return None
    part = f".{found['exact'] or found['digits'] or 0}"
    return _Stamp(int(found["unix"]), part, _without(found, name))


def _stamp(found: re.Match[str], name: str, *, since_s: int) -> _Stamp | None:
    groups = found.groupdict()
    hour, minute, second = (int(found[part]) for part in ("hour", "minute", "second"))
    half = groups.get("half")
    if hour > 23 or minute > 59 or second > 59:
        return None
    if half and hour <= 12:  # some write 13.05.00 PM
        hour = hour % 12 + 12 * (half in "Pp")
    part = f".{found['exact']}" if found["exact"] else groups.get("part") or ""
    return _Stamp(since_s + (60 * hour + minute) * 60 + second, part, _without(found, name))


def _without(found: re.Match[str], name: str) -> str:
    return f"{name[: found.start()]}_{name[found.end() :]}"
