"""Recognition of files by their first bytes: only a few containers are ever opened.

A playlist would make a reader open other files, so libav never guesses: the demuxer is named, and it reads from a
Python file object and cannot open anything else.
"""

import re
from pathlib import Path

from laban.errors import SourceError
from laban.sources.elementary import elementary_demuxer

_TS_SYNC = 0x47
# MPEG transport packets, plain or, as cameras write them, each after a timestamp of four bytes.
_TS_PACKETS = {188: 0, 192: 4}
_TS_BYTES = 4 * 192
HEAD_BYTES = 1 << 16
_MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"uuid")
# Brands of single images (ISO/IEC 23008-12); those of sequences of images are read as videos.
_STILL_BRANDS = frozenset(
    [b"heic", b"heix", b"heim", b"heis", b"mif1", b"mif2", b"avif", b"miaf", b"MA1A", b"MA1B"]
)
_BEGINNINGS = {
    b"\x1aE\xdf\xa3": "matroska",
    b"FLV\x01": "flv",
    bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"): "asf",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
    b"\0\0\x01\xba": "mpeg",
    b"\x1f\x07\0": "dv",
}
_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]+):/{1,2}(?!/)")
_PLACE_OF_NUMBER = re.compile(r"%0?\d*d")
_PNG = b"\x89PNG\r\n\x1a\n"

VIDEO_FORMATS = (
    "mp4, mov, mkv, webm, avi, MPEG-TS or -PS, wmv, flv, gif, animated PNG or WebP, raw H.264 or HEVC"
)
"""The supported videos, for error messages."""


def read_head(path: Path) -> bytes:
    """The first bytes of a file; raises SourceError, with advice, if it is not a file or cannot be read."""
    if path.is_dir():
        raise SourceError(f"{path} is a folder; name a video file, or a folder of images")
    if not path.exists():
        raise SourceError(absence(path))
    if not path.is_file():
        raise SourceError(f"{path} is no file but a device or a pipe; save what it gives to a file first")
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from error
    if not head:
        raise SourceError(f"{path} is empty; copy or record it again")
    return head


def absence(path: Path) -> str:
    """The message about a missing file. An address that was taken for a path is shown as it was given."""
    address = address_in(str(path))
    if address is not None:
        return f"{address} is an address, and addresses cannot be read yet; download the file first"
    if path.is_symlink():
        return f"{path} is a link to {path.readlink()}, which does not exist; check where it points"
    if _PLACE_OF_NUMBER.search(path.name):
        return f"{path} is no file: numbered images are named by their folder, {path.parent}"
    return f"{path} does not exist; check the path"


def address_in(source: str) -> str | None:
    """The address in a source, even if a path has turned two slashes into one; None for anything else.

    >>> address_in("rtsp:/camera/stream"), address_in("clips/a.mp4")
    ('rtsp://camera/stream', None)
    """
    found = _ADDRESS.match(source)
    return f"{found['scheme']}://{source[found.end() :]}" if found else None


def demuxer_of(head: bytes) -> str | None:
    """libav's name of the demuxer for a file that begins with ``head``; None if it is not a supported video.

    An animated WebP, which libav cannot read, is ``"webp"``.
    """
    if head[4:8] in _MP4_BOXES:
        return None if is_still(head) else "mov"
    for beginning, demuxer in _BEGINNINGS.items():
        if head.startswith(beginning):
            return demuxer
    if head[:4] == b"RIFF":
        return {b"AVI ": "avi", b"WEBP": "webp" if _is_moving_webp(head) else None}.get(head[8:12])
    if head.startswith(_PNG):
        return "apng" if _is_moving_png(head) else None
    return "mpegts" if packet_bytes(head) else elementary_demuxer(head)


def is_still(head: bytes) -> bool:
    """Whether a file is a single image in boxes, such as HEIC and AVIF, and not a video."""
    return head[4:8] == b"ftyp" and head[8:12] in _STILL_BRANDS


def packet_bytes(head: bytes) -> int:
    """The packet length of a transport stream that begins with ``head``; 0 for anything else."""
    for size, sync_at in _TS_PACKETS.items():
        starts = head[sync_at:_TS_BYTES:size]
        if len(starts) >= 2 and all(byte == _TS_SYNC for byte in starts):
            return size
    return 0


def _is_moving_webp(head: bytes) -> bool:
    """By the flag "animation" (WebP container specification, "Extended File Format")."""
    return head[12:16] == b"VP8X" and len(head) > 20 and bool(head[20] & 0x02)


def _is_moving_png(head: bytes) -> bool:
    """By an animation control chunk of more than one frame before the pixels (APNG specification)."""
    at = len(_PNG)
    while at + 12 <= len(head):
        length, kind = int.from_bytes(head[at : at + 4], "big"), head[at + 4 : at + 8]
        if kind == b"acTL":
            return int.from_bytes(head[at + 8 : at + 12], "big") > 1
        if kind == b"IDAT":
            return False
        at += 12 + length
    return False
