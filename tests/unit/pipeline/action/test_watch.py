"""Live: what is looked at, what is passed over, what is told of how it goes."""

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from laban.core.clock import WindowSpec
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33
from laban.errors import SourceError
from laban.features.spec import FeatureSpec
from laban.models.card import Head, ModelCard, Task
from laban.models.protocol import FunctionModel, Outputs
from laban.pipeline.action.watch import WatchStats, watch
from laban.pipeline.recording.live_frames import Newest
from laban.sources.protocol import OpenSource

CARD = ModelCard(
    "m",
    "none",
    FeatureSpec(),
    WindowSpec(0.5, 0.1, 20.0),
    (Head(Task("fall", ("fall", "o"), background="o")),),
)
BODY = np.random.default_rng(0).uniform(0, 60, (33, 2)).astype(np.float32)
PICTURE = np.zeros((48, 64, 3), dtype=np.uint8)


def always(values: np.ndarray) -> Outputs:
    logits = np.tile(np.array([[3.0, 0.0]], dtype=np.float32), (len(values), 1))
    return Outputs((logits,), logits)


MODEL = FunctionModel(CARD, always)


class Camera(OpenSource):
    """Frames without an end of their own, as fast as they are read or ``every_s``."""

    name, size_wh, fps, times_s, warnings = "camera", (64, 48), None, None, ()
    keyframes = np.array([], dtype=np.int64)

    def __init__(self, count: int, *, every_s: float = 0.0, fails: bool = False) -> None:
        self._count, self._every_s, self._fails = count, every_s, fails

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Frame]:
        for index in range(self._count):
            time.sleep(self._every_s)
            yield Frame.from_rgb(PICTURE, index=index, time_s=index / 20)
        if self._fails:
            raise SourceError("the camera was unplugged")


class OnePerson:
    """Finds the same body in every frame, and notes which frames it was given."""

    skeleton = BLAZEPOSE33

    def __init__(self, *, look: Callable[[Frame], None] = lambda _: None) -> None:
        self.looked: list[int] = []
        self._look = look

    def update(self, frame: Frame) -> list[Pose]:
        self.looked.append(frame.index)
        self._look(frame)
        return [Pose(BLAZEPOSE33, BODY, np.ones(33, dtype=np.float32), person=2)]

    def close(self) -> None: ...

    def __enter__(self) -> "OnePerson":
        return self

    def __exit__(self, *_: object) -> None: ...


def test_a_camera_is_watched_until_it_ends_and_what_is_open_ends() -> None:
    told: list[WatchStats] = []
    estimator = OnePerson()
    events = list(watch(MODEL, Camera(60, every_s=0.002), estimator=estimator, on_stats=told.append))
    assert [(event.kind, event.span.person) for event in events] == [("begin", 2), ("end", 2)]
    assert told[-1].frames + told[-1].skipped == 60
    assert told[-1].frames == len(estimator.looked)
    assert (told[-1].people, told[-1].events) == (1, 2)
    assert 0 < told[-1].recognition_s < 0.1


def test_a_slow_engine_looks_at_the_newest_frame_only() -> None:
    told: list[WatchStats] = []
    estimator = OnePerson(look=lambda _: time.sleep(0.03))
    list(watch(MODEL, Camera(60, every_s=0.004), estimator=estimator, on_stats=told.append))
    assert told[-1].skipped > 20
    assert estimator.looked == sorted(set(estimator.looked))
    assert estimator.looked[-1] == 59


def test_stopping_ends_what_is_open() -> None:
    stop = threading.Event()

    def look(frame: Frame) -> None:
        if frame.index >= 30:
            stop.set()

    camera = Camera(10_000, every_s=0.001)
    events = list(watch(MODEL, camera, estimator=OnePerson(look=look), stop=stop))
    assert [event.kind for event in events] == ["begin", "end"]
    assert threading.active_count() < 10


def test_a_stall_does_not_keep_the_watching_from_stopping() -> None:
    stop, go_on = threading.Event(), threading.Event()

    def stalled() -> Iterator[Frame]:
        go_on.wait(5.0)
        yield from ()

    newest = Newest(stalled(), stop=stop)
    threading.Timer(0.05, stop.set).start()
    assert list(newest) == []
    go_on.set()
    newest.close()


def test_what_a_camera_raises_is_raised_where_it_is_watched() -> None:
    with pytest.raises(SourceError, match="unplugged"):
        list(watch(MODEL, Camera(3, fails=True), estimator=OnePerson()))


def test_figures_are_told_every_few_seconds() -> None:
    told: list[WatchStats] = []
    ticks = iter(np.arange(0, 1000, 1.0).tolist())
    list(
        watch(
            MODEL,
            Camera(40, every_s=0.002),
            estimator=OnePerson(),
            on_stats=told.append,
            clock=lambda: next(ticks),
        )
    )
    assert len(told) > 2
    assert [one.frames for one in told] == sorted(one.frames for one in told)
