"""Folders with one file per frame, with the number in the name."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

from laban.errors import FormatError
from laban.io.frame_times import FrameOrder, order_of_names
from laban.io.limits import MAX_FRAMES, MAX_TEXT_BYTES, at_most


@dataclass(frozen=True)
class FrameFiles:
    """The files of one or more folders in the order of their frames, and the frames' numbers or times."""

    paths: tuple[Path, ...]
    order: FrameOrder


def frame_files(*folders: Path, suffix: str, without: Container[str] = ()) -> FrameFiles:
    """The files of ``folders`` that end in ``suffix``, by the rule of ``frame_times`` for their names.

    Files whose lower-case names without suffix are in ``without`` are ignored.
    """
    found = [path for folder in folders for path in files_in(folder, suffix=suffix, without=without)]
    if not found:
        raise FormatError(f"the folder holds no {suffix} files")
    at_most(len(found), MAX_FRAMES, what="files")
    at_most(sum(path.stat().st_size for path in found), MAX_TEXT_BYTES, what="bytes")
    order = order_of_names([path.stem for path in found], what=f"names of the {suffix} files")
    return FrameFiles(tuple(found[index] for index in order.order), order)


def files_in(folder: Path, *, suffix: str, without: Container[str] = ()) -> Iterator[Path]:
    """The files of one folder, in the file system's order."""
    for path in folder.iterdir():
        if path.suffix.lower() == suffix and path.stem.lower() not in without and path.is_file():
            yield path
