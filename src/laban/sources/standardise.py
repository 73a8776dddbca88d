"""Any source as frames of one size on one uniform clock, for consumers that need that."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np

from laban.core.arrays import Float64Array, ImageArray, IntArray
from laban.core.checks import in_range, positive
from laban.core.frame import Frame, YuvPlanes
from laban.errors import InvalidValueError
from laban.sources.limits import Limits
from laban.sources.protocol import FrameSource, OpenSource, known_times_s

STANDARD_FPS = 30.0
_SLACK = 1e-6


@dataclass(frozen=True)
class Standard:
    """The size and the clock that frames are converted to.

    ``longest_px`` is the longest side or ``height_px`` the height, in pixels; both None keeps the size. ``fps`` is
    the rate of the clock.
    """

    fps: float = STANDARD_FPS
    longest_px: int | None = None
    height_px: int | None = None

    def __post_init__(self) -> None:
        positive(self.fps, name="fps")
        if self.longest_px is not None and self.height_px is not None:
            raise InvalidValueError("longest_px and height_px were both given; give one of them")
        for name in ("longest_px", "height_px"):
            if getattr(self, name) is not None:
                in_range(getattr(self, name), name=name, low=1)

    def size_for(self, size_wh: tuple[int, int]) -> tuple[int, int]:
        """The standard size of an image of ``size_wh``, of the same shape to the nearest pixel.

        >>> Standard(longest_px=640).size_for((1920, 1080))
        (640, 360)
        >>> Standard(height_px=720).size_for((1080, 1920))
        (405, 720)
        """
        width, height = size_wh
        if self.longest_px is not None:
            scale = self.longest_px / max(width, height)
        elif self.height_px is not None:
            scale = self.height_px / height
        else:
            return size_wh
        return max(1, round(width * scale)), max(1, round(height * scale))


class StandardSource(OpenSource):
    """The frames of ``source`` on the clock and in the size of ``standard``.

    Frame k has exactly the time k ÷ fps and shows the latest image that the source had by then: images of a slower
    source are repeated, of a faster one skipped; none is shown before its time, and each less than one tick late. A
    tick whose image cannot be decoded has no frame. The clock starts at the source's first frame and ends at its
    last. Closing this closes ``source``.

    Raises LimitError where the standard size or clock exceeds ``limits``.
    """

    def __init__(
        self, source: FrameSource, *, standard: Standard | None = None, limits: Limits | None = None
    ) -> None:
        self._source = source
        self._standard = standard or Standard()
        self._limits = limits or Limits()
        self._size_wh = self._standard.size_for(source.size_wh)
        self._limits.check_size(self._size_wh, name=self.name)
        if not source.is_live:
            last_s = float(known_times_s(source)[-1])
            ticks = _last_tick(last_s, self._standard.fps) + 1
            self._limits.check_length(frames=ticks, duration_s=last_s, name=self.name)

    @property
    def name(self) -> str:
        return self._source.name

    @property
    def size_wh(self) -> tuple[int, int]:
        return self._size_wh

    @property
    def fps(self) -> float:
        return self._standard.fps

    @property
    def times_s(self) -> Float64Array | None:
        return None if self.is_live else self._times_s

    @property
    def is_live(self) -> bool:
        return self._source.is_live

    @cached_property
    def _times_s(self) -> Float64Array:
        times_s = np.arange(len(self._shown)) / self._standard.fps
        times_s.flags.writeable = False
        return times_s

    @cached_property
    def _shown(self) -> IntArray:
        """(K,) the source's frame that each tick shows; empty for a live source."""
        if self.is_live:
            return np.array([], dtype=np.int64)
        times_s = known_times_s(self._source)
        ticks = np.arange(_last_tick(float(times_s[-1]), self._standard.fps) + 1)
        return np.searchsorted(times_s, (ticks + _SLACK) / self._standard.fps, side="right") - 1

    @cached_property
    def keyframes(self) -> IntArray:
        """The ticks that show a keyframe of the source, or the first image after it."""
        ticks = np.searchsorted(self._shown, self._source.keyframes)
        return np.unique(ticks[ticks < len(self._shown)])

    @property
    def warnings(self) -> tuple[str, ...]:
        return self._source.warnings

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Frame]:
        if self.is_live:
            return self._live(start, stop)
        return self._known(start, len(self._shown) if stop is None else min(stop, len(self._shown)))

    def close(self) -> None:
        self._source.close()

    def _known(self, start: int, stop: int) -> Iterator[Frame]:
        if start >= stop:
            return
        first, last = int(self._shown[start]), int(self._shown[stop - 1])
        for frame in self._source.frames(first, last + 1):
            begin, end = np.searchsorted(self._shown, (frame.index, frame.index + 1))
            yield from self._repeated(frame, max(int(begin), start), min(int(end), stop))

    def _live(self, start: int, stop: int | None) -> Iterator[Frame]:
        """Like ``_known``, for a source whose frame times are not known in advance."""
        held: Frame | None = None
        tick = 0
        for frame in self._source.frames():
            if held is not None:
                due = _ticks_before(frame.time_s, self._standard.fps)
                end = due if stop is None else min(due, stop)
                yield from self._repeated(held, max(tick, start), end)
                tick = max(tick, due)
            if stop is not None and tick >= stop:
                return
            held = frame
        if held is not None:
            end = _last_tick(held.time_s, self._standard.fps) + 1
            yield from self._repeated(held, max(tick, start), end if stop is None else min(end, stop))

    def _repeated(self, frame: Frame, start: int, stop: int) -> Iterator[Frame]:
        if start >= stop:
            return
        scaled = resized(frame, size_wh=self._size_wh)
        for tick in range(start, stop):
            yield replace(scaled, index=tick, time_s=tick / self._standard.fps)


def resized(frame: Frame, *, size_wh: tuple[int, int]) -> Frame:
    """The same image, as planes, in another size."""
    if frame.size_wh == size_wh:
        return replace(frame, to_rgb=lambda: frame.image_rgb)
    small = _Resized(frame, size_wh)
    if frame.planes is None:
        return replace(frame, size_wh=size_wh, to_rgb=small.rgb)
    return Frame.from_planes(
        _resized_planes(frame.planes, size_wh), to_rgb=small.rgb, index=frame.index, time_s=frame.time_s
    )


@dataclass(frozen=True, eq=False)
class _Resized:
    """Scales once, however often the frame is repeated."""

    frame: Frame
    size_wh: tuple[int, int]

    def rgb(self) -> ImageArray:
        return self._image

    @cached_property
    def _image(self) -> ImageArray:
        return _scaled(self.frame.image_rgb, self.size_wh)


def _resized_planes(planes: YuvPlanes, size_wh: tuple[int, int]) -> YuvPlanes:
    half = ((size_wh[0] + 1) // 2, (size_wh[1] + 1) // 2)
    return replace(
        planes,
        luma=_scaled(planes.luma, size_wh),
        blue=_scaled(planes.blue, half),
        red=_scaled(planes.red, half),
    )


def _scaled(image: ImageArray, size_wh: tuple[int, int]) -> ImageArray:
    """Averages over pixels where it shrinks and interpolates where it grows."""
    shrinks = size_wh[0] < image.shape[1]
    out = cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return np.asarray(out, dtype=np.uint8)


def _last_tick(time_s: float, fps: float) -> int:
    return int(time_s * fps + _SLACK)


def _ticks_before(time_s: float, fps: float) -> int:
    """The number of ticks before ``time_s``, including one exactly at it."""
    return max(0, int(np.ceil(time_s * fps - _SLACK)))
