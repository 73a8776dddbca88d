"""The one live loop: each frame is decoded once, its people are found once, and all watchers share them."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from laban.core.events import Event
from laban.core.frame import Frame, FrameInfo
from laban.core.pose import Pose
from laban.errors import InvalidValueError
from laban.live.watcher import Watcher
from laban.pipeline.recording.live_frames import live_frames, people_in
from laban.pose.protocol import PoseEstimator
from laban.sources.protocol import FrameSource

_STATS_EVERY_S = 5.0


@dataclass(frozen=True, eq=False)
class Moment:
    """One watched frame: its time, the people in it, and the events it produced."""

    time_s: float
    people: tuple[Pose, ...]
    info: FrameInfo
    events: tuple[Event, ...]


@dataclass(frozen=True)
class SessionStats:
    """Statistics of a session: ``frames`` watched, ``skipped`` because newer ones were available, recent ``fps``,
    ``people`` in the last frame, ``events`` so far, and the mean processor seconds of the watchers per frame."""

    frames: int = 0
    skipped: int = 0
    fps: float = 0.0
    people: int = 0
    events: int = 0
    watchers_s: float = 0.0


class LiveSession:
    """One pass through a source, for any number of watchers.

    Without an ``estimator`` no people are looked for, for watchers that look at the frames themselves.
    If estimation is slower than a live source, only its newest frame is used; of other sources every frame is. Once
    ``stop`` is set the session ends as if the source had ended. Events carry the name of the ``camera``, if given.
    ``on_stats`` is called every five seconds and at the end.

    >>> from laban.pose.replay import ReplayEstimator
    >>> from laban.sources import SyntheticScene, SyntheticSource
    >>> scene = SyntheticScene(people=2, seconds=0.5, size_wh=(64, 36))
    >>> session = LiveSession(SyntheticSource(scene), [], estimator=ReplayEstimator(scene.recording()))
    >>> sum(1 for moment in session.moments()), session.finish()
    (15, [])
    """

    def __init__(
        self,
        source: FrameSource,
        watchers: Sequence[Watcher],
        *,
        estimator: PoseEstimator | None,
        camera: str = "",
        stop: threading.Event | None = None,
        on_stats: Callable[[SessionStats], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.source, self._watchers, self._estimator = source, tuple(watchers), estimator
        self._camera, self._stop = camera, stop or threading.Event()
        self._meter = _Meter(on_stats or (lambda _: None), clock)
        self._began = self._finished = False

    def events(self) -> Iterator[Event]:
        """The watchers' events as soon as they are known; events that are open at the end are ended.

        Raises as ``moments`` does.
        """
        for moment in self.moments():
            yield from moment.events
        yield from self.finish()

    def moments(self) -> Iterator[Moment]:
        """Each frame as soon as all watchers have processed it; call ``finish`` after the last.

        Raises what the source, the estimator and the watchers raise, and InvalidValueError on a second call.
        """
        if self._began:
            raise InvalidValueError("a session goes through its source once; build another for another run")
        self._began = True
        with live_frames(self.source, stop=self._stop) as frames:
            self._meter.skipped = lambda: frames.skipped
            for frame, people in people_in(frames, self._estimator, live=self.source.is_live):
                yield self._moment(frame, people)

    def finish(self) -> list[Event]:
        """The watchers' events at the end of the stream; empty on a second call."""
        if self._finished:
            return []
        self._finished = True
        events = [self._placed(event) for watcher in self._watchers for event in watcher.finish()]
        self._meter.events += len(events)
        self._meter.tell()
        return events

    def stop(self) -> None:
        """Ends the session after the current frame."""
        self._stop.set()

    def _moment(self, frame: Frame, people: list[Pose]) -> Moment:
        info = FrameInfo.of(frame)
        began_s = time.thread_time()
        events = tuple(
            self._placed(event)
            for watcher in self._watchers
            for event in watcher.update(frame.time_s, people, info)
        )
        self._meter.count(people=len(people), events=len(events), took_s=time.thread_time() - began_s)
        return Moment(frame.time_s, tuple(people), info, events)

    def _placed(self, event: Event) -> Event:
        return event.seen_by(self._camera) if self._camera else event


class _Meter:
    """Counts frames, and reports every few seconds."""

    def __init__(self, tell: Callable[[SessionStats], None], clock: Callable[[], float]) -> None:
        self.skipped: Callable[[], int] = lambda: 0
        self._tell, self._clock = tell, clock
        self.events = self._frames = self._people = self._reported_frames = 0
        self._took_s = 0.0
        self._reported_s = clock()

    def count(self, *, people: int, events: int, took_s: float) -> None:
        self._frames += 1
        self.events += events
        self._people = people
        self._took_s += took_s
        if self._clock() - self._reported_s >= _STATS_EVERY_S:
            self.tell()

    def tell(self) -> None:
        now_s = self._clock()
        fps = (self._frames - self._reported_frames) / max(now_s - self._reported_s, 1e-9)
        took_s = self._took_s / max(self._frames, 1)
        self._tell(SessionStats(self._frames, self.skipped(), fps, self._people, self.events, took_s))
        self._reported_s, self._reported_frames = now_s, self._frames
