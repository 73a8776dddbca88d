"""Live: frames of a camera or file in, what begins and what ends out, as soon as it is known."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.models.protocol import SequenceModel
from laban.pipeline.prefetch import prefetched
from laban.pose.protocol import PoseEstimator
from laban.sources.protocol import FrameSource
from laban.tasks.action.timeline import ActionSettings
from laban.tasks.action.watch import ActionEvent, ActionWatcher

_READ_AHEAD = 6
_STATS_EVERY_S = 5.0
_POLL_S = 0.2
_PATIENCE_S = 2.0


@dataclass(frozen=True)
class WatchStats:
    """How the watching goes: ``frames`` looked at, ``skipped`` because newer ones were there, ``fps`` lately, the
    ``people`` in the last frame, and the seconds of processor time that recognition took for a frame."""

    frames: int = 0
    skipped: int = 0
    fps: float = 0.0
    people: int = 0
    events: int = 0
    recognition_s: float = 0.0


def watch(
    model: SequenceModel,
    source: FrameSource,
    *,
    estimator: PoseEstimator,
    settings: ActionSettings | None = None,
    on_stats: Callable[[WatchStats], None] | None = None,
    stop: threading.Event | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[ActionEvent]:
    """What begins and what ends in ``source``, as soon as it is known; what is open at the end of it ends.

    A source without an end is live: where looking at a frame takes longer than the next is waited for, only the
    newest is looked at. Once ``stop`` is set the watching ends as if the source had. ``on_stats`` is told every
    five seconds how it goes, and at the end. Raises what the source, the estimator and ``ActionWatcher`` raise.
    """
    watcher, stopped = ActionWatcher(model, settings=settings), stop or threading.Event()
    meter = _Meter(on_stats or (lambda _: None), clock)
    with _frames_of(source, stopped, meter) as frames:
        for frame, poses in _seen_in(frames, estimator, live=source.times_s is None):
            began_s = time.thread_time()
            events = watcher.update(frame.time_s, poses)
            meter.count(people=len(poses), events=len(events), took_s=time.thread_time() - began_s)
            yield from events
    last = watcher.finish()
    meter.events += len(last)
    yield from last
    meter.tell()


@contextmanager
def _frames_of(source: FrameSource, stop: threading.Event, meter: "_Meter") -> Iterator[Iterator[Frame]]:
    if source.times_s is None:
        with closing(Newest(source.frames(), stop=stop)) as newest:
            meter.skipped = lambda: newest.skipped
            yield iter(newest)
    else:
        with prefetched(source.frames(), depth=_READ_AHEAD) as ahead:
            yield takewhile(lambda _: not stop.is_set(), ahead)


def _seen_in(
    frames: Iterable[Frame], estimator: PoseEstimator, *, live: bool
) -> Iterator[tuple[Frame, list[Pose]]]:
    """Each frame with its people. An engine that can works on two frames at a time, but not live, where an answer
    must not wait for the next frame."""
    run: Any = getattr(estimator, "run", None)
    if run is not None and not live:
        yield from run(frames)
        return
    for frame in frames:
        yield frame, estimator.update(frame)


class Newest:
    """Of the items that come while one is worked on, the last; ``skipped`` counts the others."""

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
                    self._changed.wait(timeout=_POLL_S)  # a wait without end would not notice the stop
                item, self._item = self._item, None
            if item is None:
                if self._error is not None:
                    raise self._error
                return
            yield item

    def close(self) -> None:
        """Stops the reading after the item that is being read; a camera that hangs is not waited for."""
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
        except BaseException as error:  # raised again in the thread that works
            self._error = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify()


class _Meter:
    """Counts, and tells every few seconds."""

    def __init__(self, tell: Callable[[WatchStats], None], clock: Callable[[], float]) -> None:
        self.skipped: Callable[[], int] = lambda: 0
        self._tell, self._clock = tell, clock
        self.events = self._frames = self._people = self._told_frames = 0
        self._took_s = 0.0
        self._told_s = clock()

    def count(self, *, people: int, events: int, took_s: float) -> None:
        self._frames += 1
        self.events += events
        self._people = people
        self._took_s += took_s
        if self._clock() - self._told_s >= _STATS_EVERY_S:
            self.tell()

    def tell(self) -> None:
        now_s = self._clock()
        fps = (self._frames - self._told_frames) / max(now_s - self._told_s, 1e-9)
        self._tell(
            WatchStats(
                self._frames,
                self.skipped(),
                fps,
                self._people,
                self.events,
                self._took_s / max(self._frames, 1),
            )
        )
        self._told_s, self._told_frames = now_s, self._frames
