"""Times in text: seconds, clocks with colons, timecodes, and dates and times of ISO 8601."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import numpy as np

from laban.core.arrays import Float64Array
from laban.errors import FormatError
from laban.io.clock_spellings import in_iso
from laban.io.text_table import parse_cells

_DATE: Final = re.compile(r"\s*\d{4}[-/]\d\d[-/]\d\d[ T_]|\s*\d{8}T\d{4}")
_TIMECODE_PARTS: Final = 4
_DAY_S: Final = 86_400.0
_DROP_FRAME: Final = re.compile(r"\s*(\d+):(\d\d):(\d\d);(\d\d)\s*")


def is_clock_text(cells: Sequence[str]) -> bool:
    """Whether times are written with colons or as dates, so that their unit is certain.

    >>> is_clock_text(["00:00:01.500"]), is_clock_text(["1.5"])
    (True, False)
    """
    return any(":" in cell or _DATE.match(cell) for cell in cells)


def clock_seconds(cells: Sequence[str], *, first_line: int = 1, fps: float | None = None) -> Float64Array:
    """(N,) seconds since midnight or since 1970; an empty cell is NaN. A clock that passes midnight continues.

    A timecode (hours, minutes, seconds, frames) needs ``fps``. Raises FormatError for anything that is not a time.
    """
    if not is_clock_text(cells):
        return np.asarray(parse_cells([[cell] for cell in cells], columns=1, first_line=first_line)[:, 0])
    cells = in_iso(cells)
    if all(map(_DROP_FRAME.fullmatch, cells)):
        return _drop_frame_seconds(cells)
    seconds = np.array([_seconds(cell, line=line, fps=fps) for line, cell in enumerate(cells, first_line)])
    with np.errstate(invalid="ignore"):
        midnights = np.cumsum(np.diff(seconds, prepend=seconds[:1]) < -_DAY_S / 2)
    return np.asarray(seconds + midnights * _DAY_S)


def _drop_frame_seconds(cells: Sequence[str]) -> Float64Array:
    """(N,) seconds of timecodes with a semicolon: 29.97 frames a second, or 59.94 where their frames pass 29.

    Two frame numbers (of 30) are dropped at the start of every minute except each tenth (SMPTE ST 12-1).
    """
    parts = np.array([[int(part) for part in re.split("[:;]", cell.strip())] for cell in cells])
    hours, minutes, seconds, frames = parts.T
    rate = 60 if frames.max() >= 30 else 30
    whole_minutes = 60 * hours + minutes
    dropped = rate // 15 * (whole_minutes - whole_minutes // 10)
    counted = rate * (60 * whole_minutes + seconds) + frames - dropped
    return np.asarray(counted * 1001 / (1000 * rate), dtype=np.float64)


def _seconds(cell: str, *, line: int, fps: float | None) -> float:
    if _DATE.match(cell):
        return _timestamp(cell.strip(), line=line)
    if ":" not in cell:
        return float(parse_cells([[cell]], columns=1, first_line=line)[0, 0])
    parts = parse_cells([cell.split(":")], columns=cell.count(":") + 1, first_line=line)[0]
    frames = 0.0
    if len(parts) == _TIMECODE_PARTS:
        if fps is None:
            raise FormatError(
                f"line {line} holds the timecode {cell.strip()[:20]}, whose last number counts frames; pass the "
                "frame rate (--fps)"
            )
        frames, parts = float(parts[-1]) / fps, parts[:-1]
    if len(parts) > _TIMECODE_PARTS - 1:
        raise FormatError(f"line {line} holds {cell[:40]!r} where a time is expected")
    return frames + float(sum(part * 60**power for power, part in enumerate(parts[::-1])))


def _timestamp(text: str, *, line: int) -> float:
    """Seconds since 1970, in UTC where no other zone is named."""
    try:
        when = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise FormatError(f"line {line} holds {text[:40]!r} where a time is expected") from None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
