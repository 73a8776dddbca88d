"""Which kind of file this is, told from its first bytes: only a few containers are ever opened.

A playlist makes a reader open other files, so nothing is left to libav's own guess: the demuxer is named, and it
reads from a Python file object and has no way to open anything else.
"""

from pathlib import Path

from laban.errors import SourceError

_TS_PACKET, _TS_SYNC = 188, 0x47
HEAD_BYTES = 4 * _TS_PACKET
_MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"uuid")


def read_head(path: Path) -> bytes:
    """The first bytes of a file; raises SourceError, saying what to do, where it is none or cannot be read."""
    if path.is_dir():
        raise SourceError(f"{path} is a folder; name a video file, or a folder of pictures")
    if not path.exists():
        raise SourceError(f"{path} does not exist; check the path")
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
    packets = head[::_TS_PACKET]
    if len(packets) >= 2 and all(byte == _TS_SYNC for byte in packets):
        return "mpegts"
    return None
