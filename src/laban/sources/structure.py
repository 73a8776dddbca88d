"""Checks of a container's declared length and tables, before libav relies on them.

A table of samples that exists only as a number makes a reader allocate gigabytes; a file that was cut off in the
middle of a fragment's index makes it discard everything before.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from laban.errors import LimitError, SourceError
from laban.sources.containers import packet_bytes, read_head
from laban.sources.limits import Limits

_MOST_BOXES = 200_000
_DEEPEST = 8
_PARENTS = frozenset([b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf"])
_SEGMENT_ID, _VINT_BYTES = b"\x18\x53\x80\x67", 8


@dataclass(frozen=True)
class Extent:
    """How complete a file is: ``usable`` bytes can be read, ``missing`` bytes are lacking."""

    usable: int
    missing: int = 0


@dataclass(frozen=True)
class _Box:
    """A box of the ISO base media file format (ISO/IEC 14496-12, 4.2): its content is ``start`` to ``end``."""

    kind: bytes
    at: int
    start: int
    end: int


def check_structure(path: Path, *, demuxer: str, limits: Limits) -> Extent:
    """How complete the video file is.

    Raises LimitError where a table claims more samples than ``limits`` allow, SourceError where the file ends
    before its index, without which nothing in it can be found.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        if demuxer == "mov":
            return _checked_boxes(file, size, path=path, limits=limits)
        if demuxer == "mpegts":
            return Extent(size, -size % packet_bytes(read_head(path)))
        if demuxer not in ("avi", "matroska"):  # the others do not declare their length
            return Extent(size)
        declared = _riff_end(file) if demuxer == "avi" else _segment_end(file, size)
    return Extent(size, max(0, declared - size))


def _checked_boxes(file: BinaryIO, size: int, *, path: Path, limits: Limits) -> Extent:
    top = list(_boxes(file, 0, size))
    kinds = {box.kind for box in top}
    last = top[-1] if top else _Box(b"", 0, 0, size)
    missing = max(0, last.end - size)
    if missing and (b"moov" not in kinds or last.kind == b"moov"):
        raise SourceError(
            f"{path} is cut short before its index (moov), so that nothing in it can be found; "
            "copy or record it again, or mend it with a repair tool"
        )
    for box in top:
        _check_tables(file, box, size, path=path, limits=limits, depth=0)
    # Part of a box of media data is usable, part of any other is not.
    return Extent(last.at if missing and last.kind == b"moof" else size, missing)


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[_Box]:
    for _ in range(_MOST_BOXES):
        if start + 8 > end:
            return
        file.seek(start)
        head = file.read(16)
        if len(head) < 8:  # the file has been shortened meanwhile
            return
        length, kind = struct.unpack(">I4s", head[:8])
        body = 8
        if length == 1 and len(head) == 16:
            (length,), body = struct.unpack(">Q", head[8:]), 16
        elif length == 0:
            length = end - start
        if length < body:
            return
        yield _Box(kind, start, start + body, start + length)
        start += length


def _check_tables(file: BinaryIO, box: _Box, size: int, *, path: Path, limits: Limits, depth: int) -> None:
    if box.kind in _PARENTS and depth < _DEEPEST:
        parts = list(_boxes(file, box.start, min(box.end, size)))
        raw = _is_raw_sound(file, parts)
        for part in parts:
            if not (raw and part.kind == b"stsz"):
                _check_tables(file, part, size, path=path, limits=limits, depth=depth + 1)
    elif box.kind in (b"stsz", b"trun"):
        count = _samples(file, box)
        if count > limits.max_frames:
            raise LimitError(
                f"{path}: its index claims {count} samples, more than the limit of {limits.max_frames}; "
                "cut it into parts, or, if it is small, record or convert it again"
            )


def _samples(file: BinaryIO, box: _Box) -> int:
    """The number of samples in a table (ISO/IEC 14496-12, 8.7.3.2 and 8.8.8)."""
    file.seek(box.start)
    content = file.read(12)
    at = 8 if box.kind == b"stsz" else 4
    return int.from_bytes(content[at : at + 4], "big")


def _is_raw_sound(file: BinaryIO, parts: list[_Box]) -> bool:
    """Whether every sample lasts one tick: then libav counts chunks, not samples."""
    times = next((part for part in parts if part.kind == b"stts"), None)
    if times is None:
        return False
    file.seek(times.start + 4)
    content = file.read(12)
    return content[:4] == b"\0\0\0\1" and content[8:] == b"\0\0\0\1"


def _riff_end(file: BinaryIO) -> int:
    head = file.read(8)
    return 8 + int.from_bytes(head[4:], "little")


def _segment_end(file: BinaryIO, size: int) -> int:
    """The declared end of the Matroska segment (RFC 9559, 4.5; RFC 8794, 4); 0 where it is unknown."""
    file.seek(4)
    header = _vint(file)
    if header is None or header > size:
        return 0
    file.seek(header, 1)
    if file.read(4) != _SEGMENT_ID:
        return 0
    length = _vint(file)
    return 0 if length is None else file.tell() + length


def _vint(file: BinaryIO) -> int | None:
    """A number of variable length; None if it means "unknown"."""
    first = file.read(1)
    if not first or first[0] == 0:
        return None
    more = _VINT_BYTES - first[0].bit_length()
    value = int.from_bytes(bytes([first[0] & (0x7F >> more)]) + file.read(more), "big")
    return None if value == (1 << 7 * (more + 1)) - 1 else value


class Bounded:
    """A file limited to ``end`` bytes, for a reader that fails on what comes after."""

    def __init__(self, file: BinaryIO, *, end: int) -> None:
        self._file, self._end = file, end

    def read(self, count: int = -1) -> bytes:
        """At most ``count`` bytes; the rest if it is negative."""
        left = max(0, self._end - self._file.tell())
        return self._file.read(left if count < 0 else min(count, left))

    def seek(self, offset: int, whence: int = 0) -> int:
        """Like that of a file that ends at ``end``."""
        return self._file.seek(self._end + offset) if whence == 2 else self._file.seek(offset, whence)

    def tell(self) -> int:
        """The position in the file."""
        return self._file.tell()
