"""Images as sources: one file, or a folder of them in natural order."""

import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from laban.core.arrays import Float64Array, ImageArray, IntArray
from laban.core.checks import positive
from laban.core.frame import Frame
from laban.errors import LabanError, SourceError
from laban.sources.containers import is_still, read_head
from laban.sources.headers import check_chunks, check_samples, image_size
from laban.sources.heif import read_heif_image
from laban.sources.limits import Limits
from laban.sources.numbered_frames import clock_times, image_times
from laban.sources.protocol import OpenSource
from laban.sources.quiet import quiet_opencv

IMAGE_SUFFIXES = (
    ".avif",
    ".bmp",
    ".heic",
    ".heif",
    ".hif",
    ".jpeg",
    ".jpg",
    ".png",
    ".tif",
    ".tiff",
    ".webp",
)
DEFAULT_FPS = 30.0
OWN_DRAWINGS = (".overlay.png", ".sheet.png", ".curves.png", ".answers.png")
"""Endings of images that Laban itself draws, which are not inputs."""


class ImageSource(OpenSource):
    """Images as frames, timed by their names or ``fps`` of them a second: see ``image_times``.

    Without ``fps`` it is ``DEFAULT_FPS``, with a note in ``warnings``.

    An image that cannot be read is skipped with a warning, as is one of another size than the first, because pixels
    of two sizes cannot form one movement. Raises SourceError where there is no image to read.
    """

    def __init__(
        self, paths: "list[Path]", *, name: str, fps: float | None = None, limits: Limits | None = None
    ) -> None:
        self._name = name
        self._fps = positive(DEFAULT_FPS if fps is None else fps, name="fps")
        self._limits = limits or Limits()
        self._warnings: list[str] = []
        self._refused: SourceError | None = None
        self._paths = self._readable(paths)
        self._size_wh = self._first_size()
        named = image_times(paths, fps=self._fps)
        place = {path: index for index, path in enumerate(paths)}
        times_s = named.times_s[
            [place[path] for path in self._paths]
        ]  # images that cannot be read leave gaps
        self._times_s: Float64Array = times_s - times_s[0]
        if named.said is not None:
            self._note(named.said)
        if fps is None and len(paths) > 1 and not named.by_clock:
            self._note(f"images have no frame rate; {self._fps:g} a second are assumed")
        self._times_s.flags.writeable = False
        self._limits.check_length(
            frames=len(self._paths), duration_s=float(self._times_s[-1]), name=self._name
        )

    @property
    def name(self) -> str:
        return self._name

    @property
    def size_wh(self) -> tuple[int, int]:
        return self._size_wh

    @property
    def fps(self) -> float | None:
        if len(self._paths) < 2:
            return None
        return (len(self._paths) - 1) / float(self._times_s[-1])

    @property
    def times_s(self) -> Float64Array:
        return self._times_s

    @property
    def keyframes(self) -> IntArray:
        return np.arange(len(self._paths))

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(self._warnings)

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Frame]:
        for index in range(start, len(self._paths) if stop is None else min(stop, len(self._paths))):
            try:
                image = read_image(self._paths[index], limits=self._limits)
            except LabanError as error:
                self._note(f"{error}; skipped")
                continue
            if _upright_size(image) != self._size_wh:
                self._note(f"{self._paths[index]} is not of the size of the first image; skipped")
                continue
            yield Frame.from_rgb(image, index=index, time_s=float(self._times_s[index]))

    def _readable(self, paths: "list[Path]") -> "list[Path]":
        kept = []
        for path in paths:
            try:
                self._limits.check_size(image_size(read_head(path), path=path), name=str(path))
            except SourceError as error:
                self._refused = self._refused or error
                self._note(f"{error}; skipped")
            else:
                kept.append(path)
        return kept

    def _first_size(self) -> tuple[int, int]:
        """The size of the first image that can be decoded; those before it are left out."""
        while self._paths:
            try:
                return _upright_size(read_image(self._paths[0], limits=self._limits))
            except SourceError as error:
                self._refused = self._refused or error
                self._note(f"{error}; skipped")
                self._paths = self._paths[1:]
        raise self._refused or SourceError(
            f"{self._name} holds no images to read; name a video, an image or another folder"
        )

    def _note(self, text: str) -> None:
        if text not in self._warnings:
            self._warnings.append(text)


def read_image(path: Path, *, limits: Limits) -> ImageArray:
    """(H, W, 3) RGB, turned upright by its EXIF orientation, or by the file's properties in HEIC and AVIF.

    Raises SourceError where it cannot be decoded, LimitError, before decoding, where it is too large.
    """
    head = read_head(path)
    try:
        limits.check_file(path.stat().st_size, name=str(path))
        limits.check_size(image_size(head, path=path), name=str(path))
        if is_still(head):
            return read_heif_image(path, limits=limits)
        check_samples(head, path=path)
        data = path.read_bytes()
        check_chunks(data, path=path)
        image = _decoded(data)
    except (OSError, cv2.error) as error:
        raise SourceError(f"{path} cannot be read: {str(error).strip().splitlines()[0]}") from error
    if image is None:
        raise SourceError(f"{path} is a damaged image; copy or export it again")
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def _decoded(data: bytes) -> ImageArray | None:
    """The image in BGR, None where it is damaged; OpenCV's own messages are suppressed."""
    with quiet_opencv():
        image = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_COLOR)
    return None if image is None else np.asarray(image, dtype=np.uint8)


def images_in(folder: Path) -> "list[Path]":
    """The images of a folder in the order of the clock in their names, or else in natural order: frame_2 before
    frame_10. Laban's own drawings are left out."""
    try:
        inside = list(folder.iterdir())
    except OSError as error:
        raise SourceError(f"{folder} cannot be read: {error.strerror}") from error
    found = [path for path in inside if is_image_name(path) and path.is_file()]
    ordered = sorted(found, key=lambda path: _natural(path.name))
    at_s = clock_times(ordered)
    return ordered if at_s is None else [ordered[index] for index in np.argsort(at_s)]


def is_image_name(path: Path) -> bool:
    """Whether a file has an image's suffix, and is not one that Laban drew."""
    return path.suffix.lower() in IMAGE_SUFFIXES and not path.name.endswith(OWN_DRAWINGS)


def _natural(name: str) -> list[tuple[int, int, str]]:
    parts = re.split(r"(\d{1,18})", name.lower())
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts]


def _upright_size(image: ImageArray) -> tuple[int, int]:
    return image.shape[1], image.shape[0]
