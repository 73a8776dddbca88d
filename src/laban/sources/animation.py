"""Animated WebP, which libav cannot read: frames and their times, decoded a part at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from laban.core.arrays import Float64Array, ImageArray, IntArray
from laban.core.frame import Frame
from laban.errors import LimitError, SourceError
from laban.sources.headers import image_size
from laban.sources.limits import Limits
from laban.sources.notes import Notes
from laban.sources.protocol import OpenSource
from laban.sources.quiet import quiet_opencv

_FRAME = b"ANMF"
_RIFF_HEAD, _CHUNK_HEAD, _DURATION_AT = 12, 8, 12
# What browsers, and libav for GIF, use for frames without a usable duration.
_SHORTEST_MS, _USUAL_MS = 11, 100
_MOST_BYTES = 256 << 20


@dataclass(frozen=True)
class _Held:
    """The durations in a file, and whether the file is complete."""

    lasts_ms: list[int]
    whole: bool


class AnimationSource(OpenSource):
    """An animated WebP. Each frame is painted over the previous one, so that reading begins at the first.

    Raises SourceError where it cannot be read, LimitError where it exceeds ``limits``.
    """

    def __init__(self, path: Path, *, limits: Limits | None = None) -> None:
        self._path = path
        self._limits = limits or Limits()
        self._notes = Notes()
        self._limits.check_size(image_size(_read(path, 64), path=path), name=self.name)
        self._limits.check_file(path.stat().st_size, name=self.name)
        self._data = _read(path)
        held = _frames_of(self._data)
        self._lasts_ms = held.lasts_ms
        if len(self._lasts_ms) > self._limits.max_frames:
            raise LimitError(f"{path}: more than {self._limits.max_frames} frames; cut it into parts")
        first = self._decoded(0, 1) if self._lasts_ms else []
        if not first:
            raise SourceError(f"{path} is a damaged image; copy or export it again")
        if not held.whole:
            self._notes.add(f"the file is cut short; it holds {len(self._lasts_ms)} frames")
        self._size_wh = (first[0].shape[1], first[0].shape[0])
        self._limits.check_size(self._size_wh, name=self.name)
        self._limits.check_length(
            frames=len(self._lasts_ms), duration_s=float(self._times_s[-1]), name=self.name
        )

    @property
    def name(self) -> str:
        return str(self._path)

    @property
    def size_wh(self) -> tuple[int, int]:
        return self._size_wh

    @property
    def fps(self) -> float | None:
        """Mean frames a second; None where there is only one frame."""
        return (len(self._times_s) - 1) / float(self._times_s[-1]) if len(self._times_s) > 1 else None

    @property
    def times_s(self) -> Float64Array:
        return self._times_s

    @cached_property
    def _times_s(self) -> Float64Array:
        shown_ms = [last if last >= _SHORTEST_MS else _USUAL_MS for last in self._lasts_ms]
        times_s = np.concatenate([[0.0], np.cumsum(shown_ms[:-1])]) / 1000
        times_s.flags.writeable = False
        return times_s

    @property
    def keyframes(self) -> IntArray:
        return np.array([0], dtype=np.int64)

    @property
    def warnings(self) -> tuple[str, ...]:
        return self._notes.texts

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Frame]:
        last = len(self._lasts_ms) if stop is None else min(stop, len(self._lasts_ms))
        width, height = self._size_wh
        at_once = max(1, _MOST_BYTES // (4 * width * height))
        for begin in range(start, last, at_once):
            wanted = min(at_once, last - begin)
            images = self._decoded(begin, wanted)
            if len(images) < wanted:
                self._notes.add("a part cannot be decoded; its frames are missing")
            for index, image in enumerate(images, start=begin):
                yield Frame.from_rgb(image, index=index, time_s=float(self._times_s[index]))

    def _decoded(self, start: int, count: int) -> list[ImageArray]:
        """RGB images (H, W, 3) of the span, those that can be decoded."""
        if not hasattr(cv2, "imdecodeanimation"):
            raise SourceError(f"{self._path}: animated WebP needs OpenCV 4.11 or later; save it as a video")
        try:
            with quiet_opencv():
                good, found = cv2.imdecodeanimation(
                    np.frombuffer(self._data, np.uint8), start=start, count=count
                )
        except cv2.error as error:
            raise SourceError(f"{self._path} is a damaged image; copy or export it again") from error
        return [_rgb(np.asarray(image, np.uint8)) for image in found.frames] if good else []


def _rgb(image: ImageArray) -> ImageArray:
    code = cv2.COLOR_BGRA2RGB if image.shape[2] == 4 else cv2.COLOR_BGR2RGB
    return np.asarray(cv2.cvtColor(image, code), np.uint8)


def _read(path: Path, count: int = -1) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(count)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}") from error


def _frames_of(data: bytes) -> _Held:
    """The durations in milliseconds of the complete frames (WebP container specification)."""
    lasts: list[int] = []
    at = _RIFF_HEAD
    while at + _CHUNK_HEAD <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        body, end = at + _CHUNK_HEAD, at + _CHUNK_HEAD + size
        if end > len(data):
            return _Held(lasts, whole=False)
        if data[at : at + 4] == _FRAME:
            begin = body + _DURATION_AT
            lasts.append(int.from_bytes(data[begin : begin + 3], "little"))
        at = end + size % 2
    declared = 8 + int.from_bytes(data[4:8], "little")
    return _Held(lasts, whole=declared <= len(data))
