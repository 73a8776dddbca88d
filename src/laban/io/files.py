"""Disk access for every format: bounded reading, atomic writing, uniform errors."""

import gzip
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from laban.core.json_values import Json
from laban.errors import FormatError, LabanError, OutputError
from laban.io.delimited import decoded
from laban.io.limits import MAX_JSON_BYTES, MAX_TEXT_BYTES

_LONGEST_REASON = 300
_GZIP = b"\x1f\x8b"


@contextmanager
def reading(path: Path, *, form: str) -> Iterator[None]:
    """Turns any error inside into a one-line ``FormatError`` that names the file and the format."""
    try:
        yield
    except (LabanError, ValueError, ArithmeticError, RecursionError, MemoryError, OSError) as error:
        if isinstance(error, FormatError) and str(error).startswith(f"cannot read {path} as "):
            raise  # a reader inside this one has reported it
        raise FormatError(f"cannot read {path} as {form}: {one_line(error)}") from error


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file next to ``path`` that replaces it if the block succeeds, and is removed if not."""
    with _reporting(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:80]}.", suffix=".part", dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            temporary.chmod(0o666 & ~_umask())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """The same for a folder; an existing folder must be empty, so that nothing is lost."""
    with _reporting(path):
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise OutputError(
                f"cannot write the folder {path}: it exists and is not empty; choose another name"
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{path.name[:80]}.", suffix=".part", dir=path.parent))
        try:
            yield temporary
            temporary.chmod(0o777 & ~_umask())
            if path.exists():
                path.rmdir()
            temporary.replace(path)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def read_text(path: Path) -> str:
    """The whole of a text file within the limit, in any encoding that ``decoded`` knows."""
    return decoded(read_content(path, MAX_TEXT_BYTES))[0]


def read_json(path: Path, *, nan: bool = False) -> Json:
    """The content of a JSON file within the limit; of JSON lines a list of the lines' contents.

    NaN, which is not JSON, is refused unless ``nan`` allows it; infinity is refused.
    """
    text = decoded(read_content(path, MAX_JSON_BYTES))[0]
    refuse = _refuse_infinity if nan else _refuse_constant
    try:
        found: Json = json.loads(text, parse_constant=refuse)
        return found
    except json.JSONDecodeError:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2 or not lines[0].rstrip().endswith(("}", "]", '"')):
            raise
        return [json.loads(line, parse_constant=refuse) for line in lines]


def write_text(path: Path, text: str) -> None:
    """Writes a UTF-8 text file, completely or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def compact_json(value: object) -> str:
    """Compact JSON; NaN is refused, because other readers would fail on it."""
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


def one_line(error: BaseException) -> str:
    """The message of an error, on one line of limited length."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= _LONGEST_REASON else text[:_LONGEST_REASON] + " …"


@contextmanager
def _reporting(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"cannot write {path}: {one_line(error)}; choose another place") from error


def read_head(path: Path, count: int) -> bytes:
    """The first bytes of a file, unpacked where it is packed by gzip; as far as it can be read where it is
    damaged."""
    with path.open("rb") as stream:
        head = stream.read(count)
    if not head.startswith(_GZIP):
        return head
    try:
        return zlib.decompressobj(wbits=31).decompress(head, count)
    except zlib.error:
        return b""


def is_packed(path: Path) -> bool:
    """Whether a file is packed by gzip."""
    with path.open("rb") as stream:
        return stream.read(len(_GZIP)) == _GZIP


def read_content(path: Path, limit: int) -> bytes:
    """The content of a file, unpacked where it is packed by gzip, if it is not larger than ``limit``."""
    try:
        with gzip.open(path) if is_packed(path) else path.open("rb") as stream:
            content: bytes = stream.read(limit + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FormatError(f"it is not a complete gzip file ({one_line(error)})") from error
    if len(content) > limit:
        raise FormatError(f"it is larger than the limit of {limit} bytes; cut it into parts")
    return content


def _refuse_constant(name: str) -> object:
    raise FormatError(f"it holds {name}, which is not JSON")


def _refuse_infinity(name: str) -> float:
    if name != "NaN":
        raise FormatError(f"it holds {name}, which is not JSON")
    return float("nan")


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
