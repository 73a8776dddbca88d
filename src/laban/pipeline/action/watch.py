"""Live: frames of a camera or file in, what begins and what ends out, as soon as it is known."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from laban.models.protocol import SequenceModel
from laban.pipeline.recording.live_frames import live_frames, people_in
from laban.pose.protocol import PoseEstimator
from laban.sources.protocol import FrameSource
from laban.tasks.action.frame_rates import FrameRateMonitor
from laban.tasks.action.timeline import ActionSettings
from laban.tasks.action.watch import ActionEvent, ActionWatcher

_STATS_EVERY_S = 5.0


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
    on_warning: Callable[[str], None] | None = None,
    stop: threading.Event | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[ActionEvent]:
    """What begins and what ends in ``source``, as soon as it is known; what is open at the end of it ends.

    A source without an end is live: where looking at a frame takes longer than the next is waited for, only the
    newest is looked at. Once ``stop`` is set the watching ends as if the source had. ``on_stats`` is told every
    five seconds how it goes, and at the end; ``on_warning``, once for each task of the model, that frames come too
    slowly for it. Raises what the source, the estimator and ``ActionWatcher`` raise.
    """
    watcher, stopped = ActionWatcher(model, settings=settings), stop or threading.Event()
    rates, warn = FrameRateMonitor(model.card), on_warning or (lambda _: None)
    meter = _Meter(on_stats or (lambda _: None), clock)
    with live_frames(source, stop=stopped) as frames:
        meter.skipped = lambda: frames.skipped
        for frame, poses in people_in(frames, estimator, live=source.times_s is None):
            began_s = time.thread_time()
            events = watcher.update(frame.time_s, poses)
            meter.count(people=len(poses), events=len(events), took_s=time.thread_time() - began_s)
            for sentence in rates.add(frame.time_s):
                warn(sentence)
            yield from events
    last = watcher.finish()
    meter.events += len(last)
    yield from last
    for sentence in rates.finish():
        warn(sentence)
    meter.tell()


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
