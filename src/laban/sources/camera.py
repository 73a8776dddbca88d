"""A webcam as a source: frames as they arrive, timed by the clock of this machine."""

import time
from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np

from laban.core.arrays import Array, Float64Array, ImageArray, IntArray
from laban.core.frame import Frame
from laban.errors import SourceError
from laban.sources.limits import Limits
from laban.sources.protocol import OpenSource
from laban.sources.quiet import quiet_opencv

_MAX_FAILED_READS = 10


class Capture(Protocol):
    """The part of OpenCV's VideoCapture that is used; tests provide a fake."""

    def isOpened(self) -> bool: ...  # noqa: N802
    def read(self) -> tuple[bool, Array | None]: ...
    def release(self) -> None: ...


class CameraSource(OpenSource):
    """A webcam by number, until it is closed or unplugged. Times are seconds from the first frame.

    Raises SourceError if there is no such camera or it gives no images.
    """

    def __init__(
        self,
        number: int,
        *,
        limits: Limits | None = None,
        open_capture: Callable[[int], Capture] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._number = number
        self._limits = limits or Limits()
        self._clock = clock
        self._capture = (open_capture or _opencv_capture)(number)
        self._closed = False
        first = self._read() if self._capture.isOpened() else None
        if first is None:
            self.close()
            raise SourceError(f"camera {number} cannot be opened; check that it is plugged in and not in use")
        self._first: ImageArray | None = first
        self._size_wh = (first.shape[1], first.shape[0])
        self._limits.check_size(self._size_wh, name=self.name)

    @property
    def name(self) -> str:
        return f"camera {self._number}"

    @property
    def size_wh(self) -> tuple[int, int]:
        return self._size_wh

    @property
    def fps(self) -> float | None:
        return None

    @property
    def times_s(self) -> Float64Array | None:
        return None

    @property
    def is_live(self) -> bool:
        return True

    @property
    def keyframes(self) -> IntArray:
        return np.array([], dtype=np.int64)

    @property
    def warnings(self) -> tuple[str, ...]:
        return ()

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Frame]:
        """Frames from now on, without the first ``start``. They can be read only once."""
        began_s: float | None = None
        last_s = -1.0
        index = 0
        while not self._closed and (stop is None or index < stop):
            image, self._first = self._first if self._first is not None else self._read(), None
            if image is None:
                return
            clock_s = self._clock()
            began_s = clock_s if began_s is None else began_s
            now_s = clock_s - began_s
            if index >= start and now_s > last_s:
                last_s = now_s
                yield Frame.from_rgb(image, index=index, time_s=now_s)
            index += 1

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._capture.release()

    def _read(self) -> ImageArray | None:
        """The next image as RGB; None where the camera keeps failing."""
        for _ in range(_MAX_FAILED_READS):
            good, image_bgr = self._capture.read()
            if good and image_bgr is not None:
                return np.ascontiguousarray(image_bgr[..., ::-1], dtype=np.uint8)
        return None


def _opencv_capture(number: int) -> Capture:
    import cv2

    with quiet_opencv():  # a missing camera is reported once, by our own error
        return cv2.VideoCapture(number)
