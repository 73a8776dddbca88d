"""The size of an image from its header, so that a decompression bomb is never decoded."""

import struct
from pathlib import Path
from typing import BinaryIO

from laban.errors import SourceError
from laban.sources.containers import is_still
from laban.sources.heif import heif_size

_JPEG_SIZE_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PNG = b"\x89PNG\r\n\x1a\n"
_TIFF_WIDTH, _TIFF_HEIGHT = 256, 257
_TIFF_BITS, _TIFF_SAMPLES = 258, 339
_TIFF_SHORT = 3
_MOST_BITS = 16
_SAMPLES = {2: "signed integers", 3: "floating-point numbers"}
_READ_SAMPLES = frozenset([1, 4])  # unsigned integers, and samples that the file leaves undefined

IMAGE_FORMATS = "PNG, JPEG, HEIC, AVIF, BMP, WebP or TIFF"
"""The supported images, for error messages."""


def image_size(head: bytes, *, path: Path) -> tuple[int, int]:
    """(width, height) of a PNG, JPEG, HEIC, AVIF, BMP, WebP or TIFF file that begins with ``head``.

    Raises SourceError if it is none of these or its header is damaged.
    """
    try:
        size = _size(head, path)
    except (struct.error, IndexError, OSError) as error:
        raise SourceError(f"{path} is a damaged image; copy or export it again") from error
    if size is None:
        raise SourceError(f"{path} is not an image that can be read; expected {IMAGE_FORMATS}")
    return size


def is_image(head: bytes) -> bool:
    """Whether a file that begins with ``head`` is an image, whatever its name.

    >>> is_image(b"BM are my initials"), is_image(bytes.fromhex("ffd8ffe0"))
    (False, True)
    """
    begins = (_PNG, b"\xff\xd8\xff", b"II*\0", b"MM\0*")
    is_bmp = head[:2] == b"BM" and head[6:10] == bytes(
        4
    )  # reserved; the two letters alone could begin any text
    is_webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    return head.startswith(begins) or is_bmp or is_webp or is_still(head)


def check_chunks(data: bytes, *, path: Path) -> None:
    """Raises SourceError where a PNG declares a chunk longer than the file (PNG specification, 5.3).

    OpenCV allocates the declared length of a chunk, up to 4 GB, before it checks whether that much is there.
    """
    at = len(_PNG)
    while data[: len(_PNG)] == _PNG and at < len(data):
        at += 12 + int.from_bytes(data[at : at + 4], "big")
        if at > len(data):
            raise SourceError(f"{path} is a damaged image, which ends too early; copy or export it again")


def check_samples(head: bytes, *, path: Path) -> None:
    """Raises SourceError where the samples of a TIFF are not unsigned integers of 8 or 16 bits."""
    if head[:4] not in (b"II*\0", b"MM\0*"):
        return
    order = _tiff_order(head)
    try:
        with path.open("rb") as file:
            entries = _tiff_entries(file, order)
            bits = _first_short(file, entries.get(_TIFF_BITS), order, default=1)
            kind = _first_short(file, entries.get(_TIFF_SAMPLES), order, default=1)
    except (struct.error, OSError) as error:
        raise SourceError(f"{path} is a damaged image; copy or export it again") from error
    if bits > _MOST_BITS or kind not in _READ_SAMPLES:
        raise SourceError(
            f"{path} is a TIFF of {bits}-bit {_SAMPLES.get(kind, 'integers')}, expected unsigned integers of 8 or "
            "16 bits; scale its values to these and save it as PNG or TIFF"
        )


def _size(head: bytes, path: Path) -> tuple[int, int] | None:
    if head[: len(_PNG)] == _PNG:
        width, height = struct.unpack(">II", head[16:24])
        return width, height
    if head[:2] == b"\xff\xd8":
        return _jpeg_size(path)
    if head[:2] == b"BM":
        width, height = struct.unpack("<ii", head[18:26])
        return width, abs(height)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _webp_size(head)
    if is_still(head):
        return heif_size(path)
    if head[:4] in (b"II*\0", b"MM\0*"):
        return _tiff_size(path, _tiff_order(head))
    return None


def _jpeg_size(path: Path) -> tuple[int, int]:
    """Follows the markers to the frame header, which may come after a large thumbnail."""
    with path.open("rb") as file:
        file.seek(2)
        while True:
            marker = file.read(2)
            if len(marker) < 2 or marker[0] != 0xFF:
                raise IndexError("no frame header")
            if marker[1] == 0xFF:
                file.seek(-1, 1)
                continue
            (length,) = struct.unpack(">H", file.read(2))
            if marker[1] in _JPEG_SIZE_MARKERS:
                height, width = struct.unpack(">xHH", file.read(5))
                return width, height
            file.seek(length - 2, 1)


def _webp_size(head: bytes) -> tuple[int, int]:
    kind = head[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", head[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _tiff_size(path: Path, order: str) -> tuple[int, int]:
    with path.open("rb") as file:
        entries = _tiff_entries(file, order)
    if _TIFF_WIDTH not in entries or _TIFF_HEIGHT not in entries:
        raise IndexError("no size")
    width, height = (_tiff_value(entries[tag], order) for tag in (_TIFF_WIDTH, _TIFF_HEIGHT))
    return width, height


def _tiff_order(head: bytes) -> str:
    return "<" if head[:2] == b"II" else ">"


def _tiff_entries(file: BinaryIO, order: str) -> dict[int, tuple[int, int, bytes]]:
    """The kind, count and content (or, beyond 4 bytes, its offset) of every tag of the first
    image (TIFF 6.0, section 2)."""
    file.seek(4)
    (offset,) = struct.unpack(f"{order}I", file.read(4))
    file.seek(offset)
    (count,) = struct.unpack(f"{order}H", file.read(2))
    entries = (struct.unpack(f"{order}HHI4s", file.read(12)) for _ in range(count))
    return {tag: (kind, length, raw) for tag, kind, length, raw in entries}


def _tiff_value(entry: tuple[int, int, bytes], order: str) -> int:
    kind, _, raw = entry
    return int(
        struct.unpack(f"{order}H", raw[:2])[0] if kind == _TIFF_SHORT else struct.unpack(f"{order}I", raw)[0]
    )


def _first_short(file: BinaryIO, entry: tuple[int, int, bytes] | None, order: str, *, default: int) -> int:
    """The first of one or several short numbers; of more than two the tag only holds their offset."""
    if entry is None:
        return default
    _, length, raw = entry
    if length > 2:
        file.seek(struct.unpack(f"{order}I", raw)[0])
        raw = file.read(2)
    return int(struct.unpack(f"{order}H", raw[:2])[0])
