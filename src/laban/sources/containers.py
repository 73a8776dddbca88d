"""Which kind of file this is, told from its first bytes: only a few containers are ever opened.

A playlist makes a reader open other files, so nothing is left to libav's own guess: the demuxer is named, and it
reads from a Python file object and has no way to open anything else.
"""

from pathlib import Path

from laban.errors import SourceError

_TS_SYNC = 0x47
# MPEG transport packets, plain or, as cameras write them, each behind a timestamp of four bytes.
_TS_PACKETS = {188: 0, 192: 4}
HEAD_BYTES = 4 * 192
_MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"uuid")


def read_head(path: Path) -> bytes:
    """The first bytes of a file; raises SourceError, saying what to do, where it is none or cannot be read."""
    if path.is_dir():
        raise SourceError(f"{path} is a folder; name a video file, or a folder of pictures")
    if not path.exists():
        raise SourceError(f"{path} does not exist; check the path")
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


def demuxer_of(head: bytes) -> str | None:
    """libav's name of the demuxer for a file that begins with ``head``; None if it is no admitted video."""
    if head[4:8] in _MP4_BOXES:
        return "mov"
    if head[:4] == b"\x1aE\xdf\xa3":
        return "matroska"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "avi"
    return "mpegts" if packet_bytes(head) else None


def packet_bytes(head: bytes) -> int:
    """How long a packet is in a transport stream that begins with ``head``; 0 where it is none."""
    for size, sync_at in _TS_PACKETS.items():
        starts = head[sync_at::size]
        if len(starts) >= 2 and all(byte == _TS_SYNC for byte in starts):
            return size
    return 0
