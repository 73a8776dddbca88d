"""HEIC and AVIF images, as phones write them: tiles decoded one by one, assembled and turned upright."""

import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from laban.core.arrays import ImageArray
from laban.errors import SourceError
from laban.sources.heif_boxes import HeifError, HeifFile, Item, read_heif
from laban.sources.limits import Limits
from laban.sources.planes import rgb_of
from laban.sources.quiet import quiet_opencv

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

# By the kind of an item: libav's decoders for it, the best first, and the property that configures them.
_CODECS = {
    b"hvc1": (("hevc",), b"hvcC"),
    b"hev1": (("hevc",), b"hvcC"),
    b"av01": (("libdav1d", "av1"), b"av1C"),
    b"avc1": (("h264",), b"avcC"),
}
_DEEPEST = 4
_MOST_BYTES = 1 << 28


def heif_size(path: Path) -> tuple[int, int]:
    """(width, height) of the upright image, from the file's properties. Raises SourceError where it is damaged."""
    try:
        file = read_heif(_content(path))
        return _turned_size(_stored_size(file, file.item(file.primary)), file.item(file.primary))
    except HeifError as error:
        raise SourceError(f"{path} cannot be read: {error}; copy it again or export it as JPEG") from error


def read_heif_image(path: Path, *, limits: Limits) -> ImageArray:
    """(H, W, 3) RGB: the whole image, upright. Raises SourceError where any part of it cannot be decoded."""
    try:
        file = read_heif(_content(path))
        limits.check_size(_stored_size(file, file.item(file.primary)), name=str(path))
        return _image(file, file.primary, limits=limits, depth=0)
    except HeifError as error:
        raise SourceError(f"{path} cannot be read: {error}; copy it again or export it as JPEG") from error


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise HeifError(f"it is larger than {_MOST_BYTES >> 20} MB")
    return data


def _image(file: HeifFile, number: int, *, limits: Limits, depth: int) -> ImageArray:
    item = file.item(number)
    if depth > _DEEPEST:
        raise HeifError("its parts are made of each other")
    if item.kind == b"grid":
        image = _grid(file, item, limits=limits, depth=depth)
    elif item.kind == b"iden" and len(item.made_of) == 1:
        image = _image(file, item.made_of[0], limits=limits, depth=depth + 1)
    elif item.kind == b"jpeg":
        image = _jpeg(file.content(item))
    elif item.kind in _CODECS:
        image = _coded(item, file.content(item), limits=limits)
    else:
        raise HeifError(f"its image is of the kind {_name(item.kind)}, which is not read here")
    stored = _stored_size(file, item)
    if (image.shape[1], image.shape[0]) != stored:
        raise HeifError(
            f"a part is {image.shape[1]}×{image.shape[0]}, but its index says {stored[0]}×{stored[1]}"
        )
    for kind, content in item.properties:
        image = _transformed(image, kind, content)
    return np.ascontiguousarray(image)


def _grid(file: HeifFile, item: Item, *, limits: Limits, depth: int) -> ImageArray:
    """Tiles side by side, row after row, from the top left corner on; the part beyond the size is cut off."""
    rows, columns, (width, height) = _grid_shape(file, item)
    if len(item.made_of) != rows * columns:
        raise HeifError(f"expected {rows * columns} tiles, got {len(item.made_of)}")
    first = file.item(item.made_of[0])
    across, down = _turned_size(_stored_size(file, first), first)
    if not (across * (columns - 1) < width <= across * columns and down * (rows - 1) < height <= down * rows):
        raise HeifError(f"{columns}×{rows} tiles of {across}×{down} do not make {width}×{height}")
    canvas = np.empty((height, width, 3), dtype=np.uint8)
    for place, number in enumerate(item.made_of):
        top, left = place // columns * down, place % columns * across
        tile = _image(file, number, limits=limits, depth=depth + 1)
        if tile.shape[:2] != (down, across):
            raise HeifError(f"tile {place + 1} of {rows * columns} is not of the size of the first")
        part = canvas[top : top + down, left : left + across]
        part[:] = tile[: part.shape[0], : part.shape[1]]
    return canvas


def _grid_shape(file: HeifFile, item: Item) -> tuple[int, int, tuple[int, int]]:
    """Rows, columns and the size of the whole (ISO/IEC 23008-12, 6.6.2.3)."""
    content = file.content(item)
    try:
        _, flags, rows, columns = struct.unpack_from(">4B", content)
        width, height = struct.unpack_from(">II" if flags & 1 else ">HH", content, 4)
    except struct.error as error:
        raise HeifError("its index is damaged") from error
    return rows + 1, columns + 1, (width, height)


def _stored_size(file: HeifFile, item: Item) -> tuple[int, int]:
    if item.kind == b"grid":
        return _grid_shape(file, item)[2]
    extents = item.property(b"ispe")
    if extents is None or len(extents) < 12:
        raise HeifError("it does not say how large it is")
    width, height = struct.unpack_from(">II", extents, 4)
    return width, height


def _turned_size(size_wh: tuple[int, int], item: Item) -> tuple[int, int]:
    for kind, content in item.properties:
        if kind == b"irot" and content[:1] and content[0] & 1:
            size_wh = size_wh[::-1]
        elif kind == b"clap":
            left, top, right, bottom = _aperture(size_wh, content)
            size_wh = (right - left, bottom - top)
    return size_wh


def _transformed(image: ImageArray, kind: bytes, content: bytes) -> ImageArray:
    """The image after one of the properties that transform it (ISO/IEC 23008-12, 6.5.9, 6.5.10 and 6.5.12)."""
    if kind == b"irot" and content:
        return np.rot90(image, content[0] & 3)
    if kind == b"imir" and content:
        return image[:, ::-1] if content[0] & 1 else image[::-1]
    if kind == b"clap":
        left, top, right, bottom = _aperture((image.shape[1], image.shape[0]), content)
        return image[top:bottom, left:right]
    return image


def _aperture(size_wh: tuple[int, int], content: bytes) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the visible part (ISO/IEC 14496-12, 12.1.4)."""
    try:
        values = struct.unpack_from(">IIIIiIiI", content)
        width, height, across, down = (values[at] / values[at + 1] for at in (0, 2, 4, 6))
    except (struct.error, ZeroDivisionError) as error:
        raise HeifError("its index is damaged") from error
    left = round((size_wh[0] - width) / 2 + across)
    top = round((size_wh[1] - height) / 2 + down)
    right, bottom = left + round(width), top + round(height)
    if not (0 <= left < right <= size_wh[0] and 0 <= top < bottom <= size_wh[1]):
        raise HeifError("what is to be shown of it lies outside of it")
    return left, top, right, bottom


def _coded(item: Item, content: bytes, *, limits: Limits) -> ImageArray:
    import av
    from av.error import FFmpegError

    names, kind = _CODECS[item.kind]
    context = _decoder(names)
    context.extradata = item.property(kind)
    context.thread_count, context.options = 1, {"max_pixels": str(limits.max_pixels)}
    try:
        images = [*context.decode(av.Packet(content)), *context.decode(None)]
    except FFmpegError as error:
        raise HeifError(f"a part cannot be decoded ({error.strerror})") from error
    if not images:
        raise HeifError("a part cannot be decoded")
    _tag_colours(images[0], item)
    return rgb_of(images[0])


def _decoder(names: tuple[str, ...]) -> Any:
    from av.codec import Codec, CodecContext
    from av.codec.codec import UnknownCodecError

    for name in names:
        try:
            Codec(name, "r")
        except UnknownCodecError:
            continue
        return CodecContext.create(name, "r")
    raise HeifError(f"this build of PyAV has no decoder for it ({', '.join(names)})")


def _tag_colours(image: "VideoFrame", item: Item) -> None:
    """Sets the colour space from the image's property, which takes precedence over the coded stream."""
    for kind, content in item.properties:
        if kind == b"colr" and content[:4] == b"nclx" and len(content) >= 11:
            (matrix,) = struct.unpack_from(">H", content, 8)
            image.colorspace = matrix
            image.color_range = 2 if content[10] & 0x80 else 1


def _jpeg(content: bytes) -> ImageArray:
    with quiet_opencv():
        image = cv2.imdecode(
            np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
        )
    if image is None:
        raise HeifError("a part cannot be decoded")
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)


def _name(kind: bytes) -> str:
    return kind.decode("latin-1").strip() or "unknown"
