"""The live loop: what is looked at, what is passed over, who shares it, and what is told of how it goes."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest

from laban.core.clock import WindowSpec
from laban.core.events import Event, event_id
from laban.core.frame import Frame, FrameInfo
from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33
from laban.errors import InvalidValueError, SourceError
from laban.features.spec import FeatureSpec
from laban.live.session import LiveSession, SessionStats
from laban.live.watcher import Watcher
from laban.models.card import Head, ModelCard, Task
from laban.models.inputs import LandmarkInput
from laban.models.protocol import FunctionModel, Outputs
from laban.pipeline.action.watch import ActionWatch
from laban.pipeline.coaching.workout import CoachedWorkout
from laban.pipeline.posture.watch import PostureWatch
from laban.sources.protocol import OpenSource
from laban.tasks.coaching.exercise_file import load_exercise
from laban.tasks.posture.watch import PostureWatcher

BODY = np.random.default_rng(0).uniform(0, 60, (33, 2)).astype(np.float32)
IMAGE = np.zeros((48, 64, 3), dtype=np.uint8)
CARD = ModelCard(
    "m",
    "none",
    LandmarkInput(FeatureSpec(), WindowSpec(0.5, 0.1, 20.0)),
    (Head(Task("fall", ("fall", "o"), background="o")),),
)


def always(values: np.ndarray) -> Outputs:
    logits = np.tile(np.array([[3.0, 0.0]], dtype=np.float32), (len(values), 1))
    return Outputs((logits,), logits)


class Camera(OpenSource):
    """Frames without an end of their own, as fast as they are read or ``every_s``; a file where not ``is_live``."""

    name, size_wh, fps, warnings = "camera", (64, 48), None, ()
    keyframes = np.array([], dtype=np.int64)
    is_live = True

    def __init__(
        self, count: int, *, every_s: float = 0.0, fails: bool = False, is_live: bool = True
    ) -> None:
        self._count, self._every_s, self._fails, self.is_live = count, every_s, fails, is_live
        self.times_s = None if is_live else np.arange(count) / 20
        self.decoded: list[int] = []

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Frame]:
        for index in range(self._count):
            time.sleep(self._every_s)
            self.decoded.append(index)
            yield Frame.from_rgb(IMAGE, index=index, time_s=index / 20)
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


class Noted:
    """A watcher that notes what it was given, and finds that something goes on as long as frames come."""

    def __init__(self) -> None:
        self.given: list[tuple[float, list[int | None], FrameInfo]] = []

    def update(self, time_s: float, people: Sequence[Pose], info: FrameInfo) -> list[Event]:
        self.given.append((time_s, [one.person for one in people], info))
        return [self._begun()] if len(self.given) == 1 else []

    def finish(self) -> list[Event]:
        last_s = self.given[-1][0]
        return [self._begun().ended(last_s, time_s=last_s)]

    def _begun(self) -> Event:
        return Event(
            id=event_id("t", "on", start_s=0.0), kind="begin", task="t", label="on", start_s=0.0, time_s=0.0
        )


@pytest.mark.parametrize("is_live", [False, True])
def test_three_watchers_share_frames_that_are_decoded_and_looked_at_once(is_live: bool) -> None:
    source, estimator = Camera(60, every_s=0.002 if is_live else 0.0, is_live=is_live), OnePerson()
    workout, noted = CoachedWorkout(load_exercise("squat")), Noted()
    watchers: list[Watcher] = [
        ActionWatch(FunctionModel(CARD, always)),
        workout,
        PostureWatch(PostureWatcher()),
        noted,
    ]
    assert all(isinstance(one, Watcher) for one in watchers)
    events = list(LiveSession(source, watchers, estimator=estimator, camera="hall").events())
    assert source.decoded == list(range(60))
    assert estimator.looked == sorted(set(estimator.looked))
    assert len(estimator.looked) == len(noted.given) == workout.attendance.frames
    if not is_live:
        assert estimator.looked == source.decoded
    assert [info.index for _, _, info in noted.given] == estimator.looked
    assert all(info.size_wh == (64, 48) and info.frame is not None for _, _, info in noted.given)
    assert {tuple(people) for _, people, _ in noted.given} == {(2,)}
    assert {event.task for event in events} >= {"fall", "t"}
    assert {event.camera for event in events} == {"hall"}
    for begun in (one for one in events if one.kind == "begin"):
        assert [one.kind for one in events if one.id == begun.id][-1] == "end"


def test_a_camera_is_watched_until_it_ends() -> None:
    told: list[SessionStats] = []
    estimator = OnePerson()
    session = LiveSession(Camera(60, every_s=0.002), [Noted()], estimator=estimator, on_stats=told.append)
    assert [event.kind for event in session.events()] == ["begin", "end"]
    assert told[-1].frames + told[-1].skipped == 60
    assert told[-1].frames == len(estimator.looked)
    assert (told[-1].people, told[-1].events) == (1, 2)
    assert 0 <= told[-1].watchers_s < 0.1


def test_a_slow_engine_looks_at_the_newest_frame_only() -> None:
    told: list[SessionStats] = []
    estimator = OnePerson(look=lambda _: time.sleep(0.03))
    camera = Camera(60, every_s=0.004)
    list(LiveSession(camera, [], estimator=estimator, on_stats=told.append).events())
    assert told[-1].skipped > 20
    assert estimator.looked == sorted(set(estimator.looked))
    assert estimator.looked[-1] == 59


@pytest.mark.parametrize("is_live", [False, True])
def test_stopping_ends_what_is_going_on(is_live: bool) -> None:
    stop = threading.Event()
    camera = Camera(10_000, every_s=0.001, is_live=is_live)
    session = LiveSession(camera, [Noted()], estimator=OnePerson(), stop=stop)
    events = []
    for event in session.events():
        events.append(event.kind)
        session.stop()
    assert events == ["begin", "end"]
    assert stop.is_set()
    assert threading.active_count() < 10


def test_what_a_camera_raises_is_raised_where_it_is_watched() -> None:
    with pytest.raises(SourceError, match="unplugged"):
        list(LiveSession(Camera(3, fails=True), [], estimator=OnePerson()).events())


def test_a_source_is_gone_through_once_and_ends_once() -> None:
    session = LiveSession(Camera(3), [Noted()], estimator=OnePerson())
    assert [event.kind for event in session.events()] == ["begin", "end"]
    assert session.finish() == []
    with pytest.raises(InvalidValueError, match="goes through its source once"):
        list(session.moments())


def test_figures_are_told_every_few_seconds() -> None:
    told: list[SessionStats] = []
    ticks = iter(np.arange(0, 1000, 1.0).tolist())
    session = LiveSession(
        Camera(40, every_s=0.002), [], estimator=OnePerson(), on_stats=told.append, clock=lambda: next(ticks)
    )
    list(session.events())
    assert len(told) > 2
    assert [one.frames for one in told] == sorted(one.frames for one in told)
