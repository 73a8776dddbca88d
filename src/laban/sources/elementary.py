"""Raw video streams, without a container: their codec, recognised by their first units."""

_START = b"\0\0\x01"
_H264_PARAMETERS, _H264_DELIMITER, _H264_NOTES = 7, 9, 6
_HEVC_PARAMETERS, _HEVC_DELIMITER, _HEVC_NOTES = (32, 33), 35, 39
_MPEG_SEQUENCE = 0xB3


def elementary_demuxer(head: bytes) -> str | None:
    """``h264``, ``hevc`` or ``mpegvideo`` where ``head`` is the beginning of such a raw stream, else None.

    A stream of H.264 (ITU-T H.264, annex B) or HEVC (ITU-T H.265, annex B) must contain its parameters before
    the first picture; MPEG-1 and -2 video begins with a sequence header.
    """
    if not head.startswith((_START, b"\0" + _START)):
        return None
    units = _units(head)
    if units and units[0][0] == _MPEG_SEQUENCE:
        return "mpegvideo"
    if _is_h264(units):
        return "h264"
    return "hevc" if _is_hevc(units) else None


def _units(head: bytes) -> list[bytes]:
    """The first two bytes of each unit that begins in ``head``."""
    found, at = [], head.find(_START)
    while 0 <= at < len(head) - 4:
        found.append(head[at + 3 : at + 5])
        at = head.find(_START, at + 3)
    return found


def _is_h264(units: list[bytes]) -> bool:
    for unit in units:
        kind = unit[0] & 0x1F
        if unit[0] & 0x80 or kind not in (_H264_PARAMETERS, _H264_DELIMITER, _H264_NOTES):
            return False
        if kind == _H264_PARAMETERS:
            return unit[0] & 0x60 != 0
    return False


def _is_hevc(units: list[bytes]) -> bool:
    for unit in units:
        kind = unit[0] >> 1
        if unit[0] & 0x81 or unit[1] != 1 or kind not in (*_HEVC_PARAMETERS, _HEVC_DELIMITER, _HEVC_NOTES):
            return False
        if kind in _HEVC_PARAMETERS:
            return True
    return False
