"""A small writer of HEIC and AVIF files, in the shapes that phones write."""

import struct
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import av
import numpy as np

CODECS = {
    b"hvc1": ("libx265", b"hvcC", {"x265-params": "log-level=none"}),
    b"av01": ("libsvtav1", b"av1C", {}),
}


def box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def full(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def coded(image: np.ndarray, kind: bytes) -> tuple[bytes, bytes]:
    """The set-up of the decoder and the sample of one image, as these files hold them."""
    codec, _, options = CODECS[kind]
    context: Any = av.CodecContext.create(codec, "w")
    context.width, context.height, context.pix_fmt = image.shape[1], image.shape[0], "yuv420p"
    context.time_base, context.options = Fraction(1, 1), options
    frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p")
    data = b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)])
    return (b"\x81\0\0\0", data) if kind == b"av01" else _hevc(data)


def _hevc(data: bytes) -> tuple[bytes, bytes]:
    """Parameter sets as ``hvcC`` (ISO/IEC 14496-15, 8.3.2.1) and the rest behind their lengths."""
    units = [unit.rstrip(b"\0") for unit in data.split(b"\0\0\1") if unit.strip(b"\0")]
    sets = [unit for unit in units if unit[0] >> 1 in (32, 33, 34)]
    rest = [unit for unit in units if unit[0] >> 1 not in (32, 33, 34, 35, 39)]
    arrays = b"".join(struct.pack(">BHH", unit[0] >> 1, 1, len(unit)) + unit for unit in sets)
    setup = b"\1" + bytes(20) + b"\x03" + bytes([len(sets)]) + arrays
    return setup, b"".join(struct.pack(">I", len(unit)) + unit for unit in rest)


def heif(
    tiles: Sequence[np.ndarray],
    *,
    kind: bytes = b"hvc1",
    grid: tuple[int, int, int, int] | None = None,
    turns: Sequence[bytes] = (),
    brand: bytes = b"heic",
) -> bytes:
    """A file whose image is one tile, or a ``grid`` (rows, columns, width, height) of them in ``idat``.

    ``turns`` are boxes of properties of the image: see ``irot``, ``imir`` and ``clap``.
    """
    made = [coded(tile, kind) for tile in tiles]
    properties = [box(CODECS[kind][1], made[0][0]), _ispe(tiles[0].shape[1], tiles[0].shape[0])]
    kinds = [kind] * len(tiles)
    idat = b""
    if grid is not None:
        rows, columns, width, height = grid
        idat = struct.pack(">4BHH", 0, 0, rows - 1, columns - 1, width, height)
        kinds.append(b"grid")
        properties.append(_ispe(width, height))
    own = list(range(len(properties) + 1, len(properties) + 1 + len(turns)))
    properties += turns
    assigned = [[1, 2] for _ in tiles]
    if grid is not None:
        assigned.append([3, *own])
    else:
        assigned[0] += own
    meta = _meta(kinds, assigned, properties, [len(sample) for _, sample in made], idat, at=0)
    beginning = box(b"ftyp", brand, bytes(4), b"mif1")
    at = len(beginning) + len(meta) + 8
    meta = _meta(kinds, assigned, properties, [len(sample) for _, sample in made], idat, at=at)
    return beginning + meta + box(b"mdat", *(sample for _, sample in made))


def irot(quarters: int) -> bytes:
    return box(b"irot", bytes([quarters]))


def imir(axis: int) -> bytes:
    return box(b"imir", bytes([axis]))


def clap(width: int, height: int, across: int = 0, down: int = 0) -> bytes:
    return box(b"clap", struct.pack(">IIIIiIiI", width, 1, height, 1, across, 1, down, 1))


def _ispe(width: int, height: int) -> bytes:
    return full(b"ispe", 0, 0, struct.pack(">II", width, height))


def _meta(
    kinds: list[bytes],
    assigned: list[list[int]],
    properties: list[bytes],
    lengths: list[int],
    idat: bytes,
    *,
    at: int,
) -> bytes:
    numbers = range(1, len(kinds) + 1)
    places = [(0, at + sum(lengths[:index]), length) for index, length in enumerate(lengths)]
    if idat:
        places.append((1, 0, len(idat)))
    parts = struct.pack(f">HH{len(lengths)}H", len(kinds), len(lengths), *numbers[: len(lengths)])
    named = [
        struct.pack(">HH", number, 0) + kind + b"\0" for number, kind in zip(numbers, kinds, strict=True)
    ]
    return full(
        b"meta",
        0,
        0,
        full(b"hdlr", 0, 0, bytes(4), b"pict", bytes(13)),
        full(b"pitm", 0, 0, struct.pack(">H", len(kinds))),
        full(
            b"iinf",
            0,
            0,
            struct.pack(">H", len(kinds)),
            *(full(b"infe", 2, 0, content) for content in named),
        ),
        full(
            b"iloc",
            1,
            0,
            b"\x44\x00",
            struct.pack(">H", len(places)),
            *(
                struct.pack(">HHHHII", n, how, 0, 1, *span)
                for n, (how, *span) in zip(numbers, places, strict=True)
            ),
        ),
        *([full(b"iref", 0, 0, box(b"dimg", parts))] if idat else []),
        box(
            b"iprp",
            box(b"ipco", *properties),
            full(
                b"ipma",
                0,
                0,
                struct.pack(">I", len(kinds)),
                *(
                    struct.pack(">HB", n, len(ids)) + bytes(ids)
                    for n, ids in zip(numbers, assigned, strict=True)
                ),
            ),
        ),
        *([box(b"idat", idat)] if idat else []),
    )
