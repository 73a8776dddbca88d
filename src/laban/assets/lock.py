"""One process at a time in a folder: the others wait, and then find the work done."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

LOCK_NAME = ".lock"

if sys.platform == "win32":
    import msvcrt
    import time

    def _acquire(handle: IO[bytes]) -> None:
        while True:
            with suppress(OSError):
                handle.seek(0)
                msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
                return
            time.sleep(0.1)

    def _release(handle: IO[bytes]) -> None:
        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _acquire(handle: IO[bytes]) -> None:
        # A file system without locks lets every process in: files are still written whole, one replacing the other.
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)

    def _release(handle: IO[bytes]) -> None:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_UN)


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Makes ``folder`` and locks it until the block ends, waiting for a process that holds the lock.

    The lock of a process that dies is released. Raises OSError if the folder cannot be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK_NAME).open("ab") as handle:
        _acquire(handle)
        try:
            yield
        finally:
            _release(handle)
