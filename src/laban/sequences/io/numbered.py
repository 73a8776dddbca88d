"""Folders with one file per frame, numbered in their names."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from laban.core.arrays import Float64Array
from laban.errors import FormatError
from laban.sequences.io.assumptions import Clock
from laban.sequences.io.limits import MAX_FRAMES, MAX_TEXT_BYTES, at_most

_NUMBER: Final = re.compile(r"(\d{1,12})\D*\Z")


@dataclass(frozen=True)
class FrameFiles:
    """The files of a folder in the order of their frames, with the frames' numbers."""

    paths: tuple[Path, ...]
    numbers: tuple[int, ...]

    def times_s(self, clock: Clock) -> Float64Array:
        """(T,) seconds: number ÷ fps. Frames without a file are not among them."""
        return np.array(self.numbers, dtype=np.float64) / clock.fps


def frame_files(folder: Path, *, suffix: str) -> FrameFiles:
    """The files of ``folder`` that end in ``suffix``, by the last number in their names.

    Where some have no number or two have the same, they are in the order of their names and count from 0.
    """
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() == suffix and path.is_file())
    if not found:
        raise FormatError(f"the folder holds no {suffix} files")
    at_most(len(found), MAX_FRAMES, what="files")
    at_most(sum(path.stat().st_size for path in found), MAX_TEXT_BYTES, what="bytes")
    numbers = [_number(path.stem) for path in found]
    known = [number for number in numbers if number is not None]
    if len(set(known)) != len(found):
        return FrameFiles(tuple(found), tuple(range(len(found))))
    pairs = sorted(zip(known, found, strict=True))
    return FrameFiles(tuple(path for _, path in pairs), tuple(number for number, _ in pairs))


def _number(stem: str) -> int | None:
    match = _NUMBER.search(stem)
    return int(match.group(1)) if match else None
