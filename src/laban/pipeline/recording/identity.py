"""The identity of a source when reading begins, so that its results are never saved for changed content."""

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path

from laban.errors import SourceError
from laban.sources.containers import read_head
from laban.sources.image import images_in

_HASH_BLOCK = 1 << 20
_RECENT_S = 60.0
_SHORT = ("cut short", "ends early")

Stamp = tuple[int, int, int, int]


@dataclass(frozen=True)
class Identity:
    """The identity of a file or folder, by its file system entry and its content."""

    path: Path
    stamp: Stamp
    sha256: str

    @classmethod
    def of(cls, path: Path) -> "Identity":
        """The current identity; raises SourceError where it cannot be read."""
        stamp = _stamp(path)
        return cls(path, stamp, data_hash(path))

    def has_changed(self) -> bool:
        """Whether the content has changed; it is read again only where the file system entry has changed."""
        try:
            if self.path.is_file() and _stamp(self.path) == self.stamp:
                return False
            return data_hash(self.path) != self.sha256
        except SourceError:
            return True

    def check(self) -> None:
        """Raises SourceError where the content has changed."""
        if self.has_changed():
            raise SourceError(
                f"{self.path} changed while it was read, so nothing of it is kept; if it is still being written or "
                "copied, run this again when that is done"
            )

    def with_doubts(self, warnings: tuple[str, ...]) -> tuple[str, ...]:
        """The warnings of a source; those about missing content mention that it was written to just now."""
        ago_s = time.time() - self.stamp[1] / 1e9
        if not 0 <= ago_s < _RECENT_S:
            return warnings
        doubt = (
            f"; it was written to {ago_s:.0f} s ago: if it is still being copied, run this again after that"
        )
        return tuple(
            warning + doubt if any(word in warning for word in _SHORT) else warning for warning in warnings
        )


def data_hash(path: Path) -> str:
    """SHA-256 of a file, or of the names, sizes and times of the images in a folder."""
    digest = hashlib.sha256()
    try:
        if path.is_dir():
            for file in images_in(path):
                about = file.stat()
                digest.update(f"{file.name}\0{about.st_size}\0{about.st_mtime_ns}\n".encode())
            return digest.hexdigest()
        if path.exists() and not path.is_file():
            read_head(path)  # refuses devices and pipes, which may never end
        with path.open("rb") as content:
            while block := content.read(_HASH_BLOCK):
                digest.update(block)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from error
    return digest.hexdigest()


def _stamp(path: Path) -> Stamp:
    """Size, modification time, change time and inode number."""
    try:
        about = path.stat()
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from error
    return about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino
