"""The structure of HEIC and AVIF images (ISO/IEC 23008-12): items, their parts and their positions."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

_MOST_ITEMS = 70_000
_META, _FULL = b"meta", 4


class HeifError(Exception):
    """A file violates the format; the message says how."""


@dataclass(frozen=True)
class Item:
    """A part of a file: coded pixels, or a combination of other items. ``properties`` are in order of use."""

    kind: bytes
    extents: tuple[tuple[int, int], ...] = ()
    in_idat: bool = False
    properties: tuple[tuple[bytes, bytes], ...] = ()
    made_of: tuple[int, ...] = ()

    def property(self, kind: bytes) -> bytes | None:
        """The content of the first property of a kind."""
        return next((content for name, content in self.properties if name == kind), None)


@dataclass(frozen=True)
class HeifFile:
    """All items by their number, and the number of the image."""

    data: bytes
    primary: int
    items: dict[int, Item]
    idat: bytes = b""

    def content(self, item: Item) -> bytes:
        """The bytes of an item; raises HeifError where the file ends before them."""
        source = self.idat if item.in_idat else self.data
        parts = []
        for start, length in item.extents:
            end = start + length if length else len(source)
            if end > len(source):
                raise HeifError("it ends too early")
            parts.append(source[start:end])
        return b"".join(parts)

    def item(self, number: int) -> Item:
        """An item by its number; raises HeifError where there is none."""
        if number not in self.items:
            raise HeifError(f"it names a part {number} that it does not hold")
        return self.items[number]


def read_heif(data: bytes) -> HeifFile:
    """The structure of a file; raises HeifError where it is damaged or has no image."""
    try:
        return _read(data)
    except (struct.error, IndexError) as error:
        raise HeifError("its index is damaged") from error


@dataclass
class _Found:
    """The content of the boxes of ``meta``."""

    primary: int | None = None
    kinds: dict[int, bytes] = field(default_factory=dict)
    places: dict[int, tuple[bool, tuple[tuple[int, int], ...]]] = field(default_factory=dict)
    made_of: dict[int, tuple[int, ...]] = field(default_factory=dict)
    properties: list[tuple[bytes, bytes]] = field(default_factory=list)
    assigned: dict[int, tuple[int, ...]] = field(default_factory=dict)
    idat: bytes = b""


def _read(data: bytes) -> HeifFile:
    meta = next((content for kind, content in _boxes(data) if kind == _META), None)
    if meta is None:
        raise HeifError("it has no index")
    found = _Found()
    for kind, content in _boxes(meta[_FULL:]):
        if kind in _READERS:
            _READERS[kind](found, content)
        elif kind == b"idat":
            found.idat = content
    if found.primary is None or found.primary not in found.kinds:
        raise HeifError("it does not say which of its parts is the image")
    items = {number: _item(found, number) for number in found.kinds}
    return HeifFile(data, found.primary, items, found.idat)


def _item(found: _Found, number: int) -> Item:
    in_idat, extents = found.places.get(number, (False, ()))
    indices = found.assigned.get(number, ())
    properties = tuple(found.properties[index - 1] for index in indices if index)
    return Item(found.kinds[number], extents, in_idat, properties, found.made_of.get(number, ()))


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        body = 8
        if length == 1:
            (length,), body = struct.unpack_from(">Q", data, at + 8), 16
        elif length == 0:
            length = len(data) - at
        if length < body:
            raise HeifError("its index is damaged")
        if at + length > len(data) and kind == _META:
            raise HeifError("it ends too early")
        yield kind, data[at + body : at + length]
        at += length


class _Numbers:
    """Numbers of given widths, one after the other; raises IndexError past the end."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self._data, self.at = data, at

    def __call__(self, width: int) -> int:
        if self.at + width > len(self._data):
            raise IndexError("behind the end")
        self.at += width
        return int.from_bytes(self._data[self.at - width : self.at], "big")


def _full(data: bytes) -> tuple[int, int, _Numbers]:
    """Version and flags of a box, and the rest."""
    take = _Numbers(data)
    version, flags = take(1), take(3)
    return version, flags, take


def _primary(found: _Found, data: bytes) -> None:
    version, _, take = _full(data)
    found.primary = take(2 if version == 0 else 4)


def _kinds(found: _Found, data: bytes) -> None:
    version, _, take = _full(data)
    _check_count(take(2 if version == 0 else 4))
    for kind, content in _boxes(data[take.at :]):
        if kind == b"infe" and content[0] >= 2:
            each, _, take = _full(content)
            number = take(2 if each == 2 else 4)
            found.kinds[number] = content[take.at + 2 : take.at + 6]


def _places(found: _Found, data: bytes) -> None:
    version, _, take = _full(data)
    widths = take(2)
    offset, length, base, index = (widths >> shift & 15 for shift in (12, 8, 4, 0))
    count = take(2 if version < 2 else 4)
    _check_count(count)
    for _ in range(count):
        number = take(2 if version < 2 else 4)
        method = take(2) & 15 if version else 0
        take(2)
        start = take(base)
        extents = []
        for _ in range(take(2)):
            take(index if version else 0)
            extents.append((start + take(offset), take(length)))
        if method > 1:
            raise HeifError("its parts lie inside each other")
        found.places[number] = (method == 1, tuple(extents))


def _references(found: _Found, data: bytes) -> None:
    version, _, _ = _full(data)
    width = 2 if version == 0 else 4
    for kind, content in _boxes(data[4:]):
        if kind == b"dimg":
            take = _Numbers(content)
            number, count = take(width), take(2)
            found.made_of[number] = tuple(take(width) for _ in range(count))


def _properties(found: _Found, data: bytes) -> None:
    for kind, content in _boxes(data):
        if kind == b"ipco":
            found.properties = list(_boxes(content))
        elif kind == b"ipma":
            _assignments(found, content)


def _assignments(found: _Found, data: bytes) -> None:
    version, flags, take = _full(data)
    width, mask = (2, 0x7FFF) if flags & 1 else (1, 0x7F)
    count = take(4)
    _check_count(count)
    for _ in range(count):
        number = take(2 if version == 0 else 4)
        found.assigned[number] = tuple(take(width) & mask for _ in range(take(1)))


def _check_count(count: int) -> None:
    if count > _MOST_ITEMS:
        raise HeifError("its index is damaged")


_READERS = {
    b"pitm": _primary,
    b"iinf": _kinds,
    b"iloc": _places,
    b"iref": _references,
    b"iprp": _properties,
}
