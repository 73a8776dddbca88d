"""Frames spread evenly over a clip, and over a part of it, in augmented forms."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from laban.core.arrays import Float64Array, ImageArray, IntArray
from laban.core.checks import in_range
from laban.core.frame import Frame
from laban.errors import SourceError
from laban.models.video.augmentation import ClipAugmentation, changed_clip, part_of_clip
from laban.pipeline.video.bars import WHOLE, BlackBars
from laban.sources import open_source

LONGEST_S = 600.0
"""A longer video is no clip of one label."""

_LEAST, _MOST = 2, 256
"""Frames of a clip that are held at once: of a longer one every second, third, ... is."""


@dataclass(frozen=True)
class ClipSampling:
    """How a clip is shown: ``frames`` of ``size_wh`` pixels, in ``versions`` forms of which the first is unchanged;
    ``seed`` decides the others."""

    frames: int = 20
    size_wh: tuple[int, int] = (448, 288)
    versions: int = 1
    changes: ClipAugmentation = field(default_factory=ClipAugmentation)
    seed: int = 0

    def __post_init__(self) -> None:
        in_range(self.frames, name="frames", low=2, high=1000)
        in_range(self.versions, name="versions", low=1, high=1000)


@dataclass(frozen=True, eq=False)
class Strip:
    """Frames (M, H, W, 3) of a clip in order and their times (M,) in seconds; ``count`` is how many it has in all,
    ``length_s`` how long it lasts. ``inside`` are left, top, right and bottom of what is shown, as shares of the
    video's frame: bars around it are left out."""

    images: ImageArray
    times_s: Float64Array
    count: int
    inside: tuple[float, float, float, float] = WHOLE

    @property
    def length_s(self) -> float:
        """From the first frame to the end of the last."""
        if self.count < _LEAST:
            return 0.0
        return float(self.times_s[-1] - self.times_s[0]) * self.count / (self.count - 1)

    def spread(self, count: int, *, begin: float = 0.0, end: float = 1.0) -> IntArray:
        """(count,) rows spread evenly over the part of the clip from ``begin`` to ``end``, shares of its time."""
        first, last = self.times_s[0], self.times_s[-1]
        wanted = first + (last - first) * np.linspace(begin, end, count)
        between = (self.times_s[1:] + self.times_s[:-1]) / 2
        return np.asarray(np.searchsorted(between, wanted), dtype=np.int64)


def read_strip(path: Path, *, size_wh: tuple[int, int], fps: float | None = None) -> Strip:
    """The frames of a clip, each stretched to ``size_wh``; of a long one no more than are needed.

    Raises SourceError where it cannot be read, has fewer than two frames or lasts longer than ``LONGEST_S``.
    """
    with open_source(path, fps=fps) as source:
        times_s = source.times_s
        if times_s is not None and len(times_s) and times_s[-1] > LONGEST_S:
            raise SourceError(
                f"{path} lasts {times_s[-1] / 60:.0f} minutes; a clip with one label lasts at most "
                f"{LONGEST_S / 60:.0f}: cut it into clips"
            )
        return strip_of(source.frames(), size_wh=size_wh, name=str(path))


def strip_of(frames: Iterable[Frame], *, size_wh: tuple[int, int], name: str) -> Strip:
    """The same of frames in order of time; ``name`` is their source, for messages."""
    growing = GrowingStrip(size_wh, name=name)
    for frame in frames:
        growing.add(frame)
    return growing.strip()


class GrowingStrip:
    """A strip of frames in order of time as they come, without black bars: every n-th, with n doubled whenever too
    many are held."""

    def __init__(self, size_wh: tuple[int, int], *, name: str) -> None:
        self._size_wh, self._name = size_wh, name
        self._kept: list[tuple[ImageArray, float]] = []
        self._every, self._count = 1, 0

    def add(self, frame: Frame) -> None:
        """Adds the next frame."""
        if self._count % self._every == 0:
            self._kept.append((stretched(frame.image_rgb, self._size_wh), frame.time_s))
        if len(self._kept) > _MOST:
            self._kept, self._every = self._kept[::2], self._every * 2
        self._count += 1

    def strip(self) -> Strip:
        """The strip so far; raises SourceError where there are fewer than two frames."""
        if self._count < _LEAST:
            raise SourceError(
                f"{self._name} has {self._count} frame that can be read; a clip needs at least {_LEAST}"
            )
        images, times_s = zip(*self._kept, strict=True)
        bars, stacked = BlackBars(), np.stack(images)
        bars.add(stacked)
        return Strip(bars.removed(stacked), np.array(times_s), self._count, bars.inside)


def stretched(image_rgb: ImageArray, size_wh: tuple[int, int]) -> ImageArray:
    """The image (H, W, 3) at another size, averaged where it shrinks."""
    smaller = image_rgb.shape[1] > size_wh[0]
    way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image_rgb, size_wh, interpolation=way), dtype=np.uint8)


def form_of(
    strip: Strip, sampling: ClipSampling, version: int, *, key: int = 0, mirror: bool = True
) -> ImageArray:
    """(T, H, W, 3) one form of a clip; version 0 is unchanged. Without ``mirror`` none is mirrored.

    What is random depends on the seed, the version and the clip's own ``key``, so that a clip has the same forms
    in any company.
    """
    if version == 0:
        return strip.images[strip.spread(sampling.frames)]
    source = np.random.default_rng((sampling.seed, version, key))
    begin, end = part_of_clip(sampling.changes, source)
    images = strip.images[strip.spread(sampling.frames, begin=begin, end=end)]
    changes = sampling.changes if mirror else replace(sampling.changes, mirror=0.0)
    return changed_clip(images, changes, source)
