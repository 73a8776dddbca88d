"""Live frames, for answers without delay: of a camera only the newest, of a file all of them."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import takewhile
from typing import Any, Protocol

from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.pipeline.recording.prefetch import prefetched
from laban.pose.protocol import PoseEstimator
from laban.sources.protocol import FrameSource

_READ_AHEAD = 6
_POLL_S = 0.2
_PATIENCE_S = 2.0


class Frames(Protocol):
    """Frames that can be iterated once; ``skipped`` counts those that were dropped for newer ones."""

    @property
    def skipped(self) -> int: ...

    def __iter__(self) -> Iterator[Frame]: ...


@contextmanager
def live_frames(source: FrameSource, *, stop: threading.Event) -> Iterator[Frames]:
    """The frames of ``source`` until it ends or ``stop`` is set.

    Of the frames of a live source that arrive during processing, only the newest is kept.
    """
    if source.is_live:
        with closing(LatestFrame(source.frames(), stop=stop)) as newest:
            yield newest
    else:
        with prefetched(source.frames(), depth=_READ_AHEAD) as ahead:
            yield _All(takewhile(lambda _: not stop.is_set(), ahead))


def people_in(
    frames: Iterable[Frame], estimator: PoseEstimator | None, *, live: bool
) -> Iterator[tuple[Frame, list[Pose]]]:
    """Each frame with its people; none without an ``estimator``. Some engines work on two frames at a time, but not
    live, where an answer must not wait for the next frame."""
    run: Any = getattr(estimator, "run", None)
    if run is not None and not live:
        yield from run(frames)
        return
    for frame in frames:
        yield frame, [] if estimator is None else estimator.update(frame)


class _All:
    """Frames without any skipped."""

    skipped = 0

    def __init__(self, frames: Iterator[Frame]) -> None:
        self._frames = frames

    def __iter__(self) -> Iterator[Frame]:
        return self._frames


class LatestFrame:
    """The latest of the items that arrive during processing; ``skipped`` counts the others."""

    def __init__(self, items: Iterable[Frame], *, stop: threading.Event) -> None:
        self.skipped = 0
        self._stop = stop
        self._item: Frame | None = None
        self._error: BaseException | None = None
        self._ended = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._read, args=(items,), name="laban-newest", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[Frame]:
        while not self._stop.is_set():
            with self._changed:
                while self._item is None and not self._ended and not self._stop.is_set():
                    self._changed.wait(timeout=_POLL_S)  # an endless wait would not notice the stop
                item, self._item = self._item, None
            if item is None:
                if self._error is not None:
                    raise self._error
                return
            yield item

    def close(self) -> None:
        """Stops the reading after the current item, without waiting for a camera that hangs."""
        self._stop.set()
        self._thread.join(timeout=_PATIENCE_S)

    def _read(self, items: Iterable[Frame]) -> None:
        try:
            for item in items:
                with self._changed:
                    self.skipped += self._item is not None
                    self._item = item
                    self._changed.notify()
                if self._stop.is_set():
                    return
        except BaseException as error:  # raised again in the consuming thread
            self._error = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify()
