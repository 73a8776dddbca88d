"""The promises of Watcher, asked of every watcher there is."""

from collections.abc import Callable

import numpy as np
import pytest

from laban.core.clock import WindowSpec
from laban.core.events import Event
from laban.core.frame import Frame, FrameInfo
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence
from laban.errors import InvalidValueError
from laban.features.spec import FeatureSpec
from laban.live.watcher import Watcher
from laban.models.card import Head, ModelCard, Task
from laban.models.inputs import ClipInput, LandmarkInput
from laban.models.protocol import FunctionModel, Outputs
from laban.pipeline.action.watch import ActionWatch
from laban.pipeline.coaching.workout import CoachedWorkout
from laban.pipeline.posture.watch import PostureWatch
from laban.pipeline.video.stream import WindowStream
from laban.pipeline.video.streamed_model import StreamedModel
from laban.pipeline.video.watch import ClipWatch
from laban.tasks.action.timeline import ActionSettings
from laban.tasks.coaching.exercise_file import load_exercise
from laban.tasks.posture.settings import HoldingSettings
from laban.tasks.posture.watch import PostureWatcher

CARD = ModelCard(
    "m",
    "none",
    LandmarkInput(FeatureSpec(), WindowSpec(0.5, 0.1, 20.0)),
    (Head(Task("low", ("low", "o"), background="o")),),
)
SQUAT = load_exercise("squat")


def low(values: np.ndarray) -> Outputs:
    logits = np.tile(np.array([[3.0, 0.0]], dtype=np.float32), (len(values), 1))
    return Outputs((logits,), logits)


GIVEN = ClipInput(WindowSpec(1.0, 0.25, 8.0), (16, 16))
IMAGE = np.random.default_rng(0).integers(0, 250, (16, 16, 3), dtype=np.uint8)


class Bright:
    """A model of clips that answers by the brightness of their frames."""

    card = ModelCard("m", "none", GIVEN, (Head(Task("light", ("lit", "o"), background="o")),))

    def run(self, values: np.ndarray) -> Outputs:
        return self.answers(np.stack([self.features(one) for one in values]))

    def features(self, images: np.ndarray, /) -> np.ndarray:
        return images.mean((1, 2, 3), dtype=np.float32)[:, None]

    def answers(self, features: np.ndarray, /) -> Outputs:
        lit = features.mean((1, 2)) - 127
        return Outputs((np.stack([lit, -lit], 1),), features[..., 0])


def frame(index: int, time_s: float) -> Frame:
    """Bright and dark by turns of a second and a half."""
    return Frame.from_rgb(IMAGE // 2 + 127 * (int(time_s / 1.5) % 2), index=index, time_s=time_s)


KINDS: dict[str, Callable[[], Watcher]] = {
    "action": lambda: ActionWatch(FunctionModel(CARD, low)),
    "clips": lambda: ClipWatch(
        WindowStream(StreamedModel(Bright(), GIVEN, Bright.card.heads[0], ActionSettings()), tell=print)
    ),
    "coaching": lambda: CoachedWorkout(SQUAT),
    "posture": lambda: PostureWatch(
        PostureWatcher(holding=HoldingSettings(enter_s=0.2, leave_s=0.2, break_s=0.5, remind_after_s=0.5))
    ),
}


@pytest.fixture(params=KINDS)
def watcher(request: pytest.FixtureRequest) -> Watcher:
    return KINDS[request.param]()


@pytest.fixture
def frames(trainee: Callable[..., PoseSequence]) -> list[tuple[float, list[Pose]]]:
    """Somebody who squats seen from the side, too shallow now and then, and is away for a while."""
    one = trainee(SQUAT, repetitions=3, turn_deg=88.0, depth=0.7)
    gone = (one.times_s > 4.0) & (one.times_s < 6.0)
    return [
        (
            float(time_s),
            []
            if gone[row]
            else [
                Pose(one.skeleton, one.image_px[row], one.visibility[row], world_m=one.world_m[row], person=1)
            ],
        )
        for row, time_s in enumerate(one.times_s)
    ]


def watched(watcher: Watcher, frames: list[tuple[float, list[Pose]]]) -> list[list[Event]]:
    steps = [
        watcher.update(time_s, people, FrameInfo(index, (640, 480), frame(index, time_s)))
        for index, (time_s, people) in enumerate(frames)
    ]
    return [*steps, watcher.finish()]


def test_what_begins_ends_under_the_same_id(watcher: Watcher, frames: list[tuple[float, list[Pose]]]) -> None:
    assert isinstance(watcher, Watcher)
    events = [event for step in watched(watcher, frames) for event in step]
    assert events
    going_on: dict[str, Event] = {}
    for event in events:
        if event.kind == "begin":
            assert event.id not in going_on
            going_on[event.id] = event
        elif event.kind == "update":
            assert event.id in going_on
        elif event.id in going_on:
            begun = going_on.pop(event.id)
            assert (begun.label, begun.start_s, begun.person) == (event.label, event.start_s, event.person)
        else:
            assert event.label == "repetition"  # which is known once it is over
    assert not going_on


def test_nothing_is_told_before_it_is_known(watcher: Watcher, frames: list[tuple[float, list[Pose]]]) -> None:
    *steps, last = watched(watcher, frames)
    for (time_s, _), events in zip(frames, steps, strict=True):
        assert all(event.start_s <= event.time_s == time_s for event in events)
        assert all(event.end_s is None or event.end_s <= time_s for event in events)
    assert all(event.kind == "end" and event.time_s == frames[-1][0] for event in last)


def test_half_a_stream_gives_the_same_events(
    request: pytest.FixtureRequest, watcher: Watcher, frames: list[tuple[float, list[Pose]]]
) -> None:
    half = len(frames) // 2
    *first, _ = watched(watcher, frames[:half])
    other = KINDS[request.node.callspec.params["watcher"]]()
    assert watched(other, frames)[:half] == first


def test_an_event_of_it_survives_json(watcher: Watcher, frames: list[tuple[float, list[Pose]]]) -> None:
    for step in watched(watcher, frames):
        assert [Event.from_json(event.to_json()) for event in step] == step


def test_time_must_go_on(watcher: Watcher, frames: list[tuple[float, list[Pose]]]) -> None:
    time_s, people = frames[3]
    info = FrameInfo(3, (640, 480), frame(3, time_s))
    watcher.update(time_s, people, info)
    with pytest.raises(InvalidValueError, match="order of time"):
        watcher.update(time_s, people, info)


def test_without_frames_there_is_nothing_to_end(watcher: Watcher) -> None:
    assert watcher.finish() == []
