"""A video from standard input: kept in a temporary file while the command runs, because decoding needs to seek."""

import atexit
import shutil
import sys
import tempfile
from pathlib import Path

from laban.errors import SourceError

STDIN = "-"
NAME = "standard input"
_kept_at: list[str] = []  # the temporary files, so that no message names a path that the user never gave


NAME = "standard input"


def read_or_given(source: str) -> str:
    """``source``, or for ``-`` a file with all of standard input. Raises SourceError if there is none."""
    return str(spooled()) if source == STDIN else source


def spooled() -> Path:
    """A file with all of standard input, removed when the program ends. Raises SourceError if there is none."""
    if sys.stdin is None or sys.stdin.isatty():
        raise SourceError("standard input is a terminal, expected a video; pipe one in, or name a file")
    folder = Path(tempfile.mkdtemp(prefix="laban-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "stdin"
    try:
        with path.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
    except OSError as error:
        raise SourceError(f"standard input cannot be kept in {folder}: {error.strerror}") from error
    if path.stat().st_size == 0:
        raise SourceError("standard input is empty, expected a video")
    _kept_at.append(str(path))
    return path


def spoken(text: str) -> str:
    """``text`` with the temporary file's path replaced by "standard input"."""
    for path in _kept_at:
        text = text.replace(path, NAME)
    return text
