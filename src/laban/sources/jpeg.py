"""Metadata of a JPEG besides its size: its orientation, time and whether its colours are CMYK."""

import struct
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_EXIF_MARKER, _SCAN_MARKER = 0xE1, 0xDA
_EXIF = b"Exif\0\0"
_ORIENTATION_TAG = 0x0112
_EXIF_DIRECTORY_TAG, _TAKEN_TAG = 0x8769, 0x9003
_MOMENT = "%Y:%m:%d %H:%M:%S"
_PRINT_COLOURS = 4
UPRIGHT = 1


class JpegNotes(NamedTuple):
    """``orientation`` as EXIF numbers it (1 is upright, 5 to 8 change width and height); whether it is ``cmyk``."""

    orientation: int = UPRIGHT
    cmyk: bool = False

    @property
    def sideways(self) -> bool:
        """Whether the image is stored turned by 90°."""
        return self.orientation >= 5


def jpeg_notes(path: Path) -> JpegNotes:
    """The metadata of a JPEG; defaults for any other or a damaged file."""
    orientation, cmyk = UPRIGHT, False
    try:
        for marker, payload in _segments(path):
            if marker == _EXIF_MARKER and payload.startswith(_EXIF):
                orientation = _orientation(payload[len(_EXIF) :])
            elif marker in _FRAMES:
                cmyk = payload[5] == _PRINT_COLOURS
    except (OSError, struct.error, IndexError):
        return JpegNotes()
    return JpegNotes(orientation, cmyk)


def taken_at(path: Path) -> datetime | None:
    """When a JPEG was taken by its camera's clock (EXIF ``DateTimeOriginal``); None where it is not noted."""
    try:
        for marker, payload in _segments(path):
            if marker == _EXIF_MARKER and payload.startswith(_EXIF):
                return _taken(payload[len(_EXIF) :])
    except (OSError, struct.error, IndexError, ValueError):
        return None
    return None


def _taken(tiff: bytes) -> datetime | None:
    """From the directory that the first directory names (EXIF 2.3, 4.6.3 and 4.6.5)."""
    order = "<" if tiff[:2] == b"II" else ">"
    (start,) = struct.unpack(f"{order}I", tiff[4:8])
    inner = next(
        (value for tag, _, value in _entries(tiff, start, order) if tag == _EXIF_DIRECTORY_TAG), None
    )
    if inner is None:
        return None
    for tag, count, value in _entries(tiff, inner, order):
        if tag == _TAKEN_TAG:
            words = tiff[value : value + count].split(b"\0")[0].decode("ascii")
            return datetime.strptime(words, _MOMENT)
    return None


def _entries(tiff: bytes, start: int, order: str) -> Iterator[tuple[int, int, int]]:
    """Tag, count and value, or the value's offset, of each entry of a directory."""
    (count,) = struct.unpack(f"{order}H", tiff[start : start + 2])
    for at in range(start + 2, start + 2 + 12 * count, 12):
        tag, _, length, value = struct.unpack(f"{order}HHII", tiff[at : at + 12])
        yield tag, length, value


def _segments(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        if file.read(2) != b"\xff\xd8":
            return
        while True:
            lead, marker = struct.unpack("BB", file.read(2))
            if lead != 0xFF or marker == _SCAN_MARKER:
                return
            (length,) = struct.unpack(">H", file.read(2))
            yield marker, file.read(length - 2)


def _orientation(tiff: bytes) -> int:
    """The tag of the first directory (TIFF 6.0, section 2)."""
    order = "<" if tiff[:2] == b"II" else ">"
    (start,) = struct.unpack(f"{order}I", tiff[4:8])
    (count,) = struct.unpack(f"{order}H", tiff[start : start + 2])
    for at in range(start + 2, start + 2 + 12 * count, 12):
        tag, kind = struct.unpack(f"{order}HH", tiff[at : at + 4])
        if tag == _ORIENTATION_TAG and kind == 3:
            (value,) = struct.unpack(f"{order}H", tiff[at + 8 : at + 10])
            return value if 1 <= value <= 8 else UPRIGHT
    return UPRIGHT
