"""Posture live is of one person, whoever comes near, and what changes are events."""

from collections.abc import Iterator

import numpy as np

from laban.core.frame import Frame, FrameInfo
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33
from laban.core.subject import biggest_person
from laban.live.session import LiveSession
from laban.pipeline.posture.watch import PostureWatch
from laban.pose.replay import ReplayEstimator
from laban.sources.protocol import OpenSource
from laban.tasks.posture.holding import PostureEvent
from laban.tasks.posture.watch import PostureWatcher

IMAGE = np.full((480, 640, 3), 90, np.uint8)
BODY = np.random.default_rng(0).uniform(0.2, 1, (33, 2))


class Clip(OpenSource):
    size_wh, fps, warnings, name = (640, 480), 10.0, (), "clip"
    keyframes = np.array([], dtype=np.int64)

    def __init__(self, times_s: np.ndarray) -> None:
        self.times_s = times_s

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Frame]:
        for index, time_s in enumerate(self.times_s.tolist()):
            yield Frame.from_rgb(IMAGE, index=index, time_s=time_s)


class Watched(PostureWatcher):
    def __init__(self) -> None:
        super().__init__()
        self.people: list[int | None] = []

    def update(self, time_s: float, pose: Pose | None, **how: object) -> list[object]:  # type: ignore[override]
        self.people.append(None if pose is None else pose.person)
        return []


def person(times_s: np.ndarray, size_px: np.ndarray | float, *, score: float = 1.0) -> PoseSequence:
    sizes = np.broadcast_to(np.asarray(size_px, float), times_s.shape)
    points = BODY * sizes[:, None, None]
    sure = np.full(len(times_s), score, np.float32)
    return PoseSequence(
        times_s, BLAZEPOSE33, np.ones(points.shape[:2]), image_px=points, score=sure, size_wh=(640, 480)
    )


def people_watched(*people: PoseSequence) -> list[int | None]:
    times_s = people[0].times_s
    recording = Recording("clip", times_s, dict(enumerate(people)), size_wh=(640, 480))
    watcher = Watched()
    watch = PostureWatch(watcher)
    list(LiveSession(Clip(times_s), [watch], estimator=ReplayEstimator(recording)).events())
    return watcher.people


TIMES_S = np.arange(60) / 10


def test_two_of_about_one_size_do_not_take_turns() -> None:
    sway = 20 * np.sin(TIMES_S * 5)
    assert people_watched(person(TIMES_S, 250 + sway), person(TIMES_S, 245 - sway)) == [0] * 60


def test_who_passes_nearer_to_the_camera_does_not_take_over() -> None:
    near = person(TIMES_S[20:30], 450.0)
    assert people_watched(person(TIMES_S, 200.0), near) == [0] * 60


def test_a_recording_and_a_camera_mean_the_same_one() -> None:
    """A coat on a hook is bigger, and hardly a person."""
    coat, sitter = person(TIMES_S, 400.0, score=0.5), person(TIMES_S, 200.0)
    recording = Recording("clip", TIMES_S, {0: coat, 1: sitter}, size_wh=(640, 480))
    assert biggest_person(recording) == 1
    assert people_watched(coat, sitter) == [1] * 60


class Told(PostureWatcher):
    """Says of each frame what it is given to say."""

    def __init__(self, *said: list[PostureEvent]) -> None:
        super().__init__()
        self._said = iter(said)

    def update(self, time_s: float, pose: Pose | None, **how: object) -> list[PostureEvent]:  # type: ignore[override]
        return next(self._said)


def band(time_s: float, since_s: float, before: str, now: str, words: str = "") -> PostureEvent:
    return PostureEvent("band", time_s, since_s, "forward_head", "above", now, before, 0.3, words)  # type: ignore[arg-type]


def test_a_measure_beyond_its_limit_begins_changes_and_ends() -> None:
    watch = PostureWatch(
        Told(
            [band(4.0, 1.0, "within", "slight", "head ahead")],
            [band(5.0, 4.5, "slight", "marked", "head ahead")],
            [band(9.0, 6.0, "marked", "within")],
            [band(9.5, 9.0, "unknown", "slight", "head ahead")],
        )
    )
    body = Pose(BLAZEPOSE33, BODY * 200, np.ones(33), person=7)
    events = [event for step in range(4) for event in watch.update(float(step), [body], FrameInfo(step))]
    assert [(one.kind, one.label, one.reason) for one in events] == [
        ("begin", "forward_head above", "head ahead (slight)"),
        ("update", "forward_head above", "head ahead (marked)"),
        ("end", "forward_head above", "head ahead (slight)"),
        ("begin", "forward_head above", "head ahead (slight)"),
    ]
    begun, changed, ended, again = events
    assert begun.id == changed.id == ended.id != again.id
    assert (begun.start_s, begun.time_s, ended.end_s, ended.time_s) == (1.0, 4.0, 6.0, 9.0)
    assert {one.person for one in events} == {7}
    (last,) = watch.finish()
    assert (last.kind, last.id, last.end_s) == ("end", again.id, 9.0)
    assert watch.finish() == []


def test_slumps_breaks_and_reminders() -> None:
    watch = PostureWatch(
        Told(
            [PostureEvent("slump", 2.0, 2.0)],
            [PostureEvent("remind", 62.0, 2.0, "forward_head", words="sit up")],
            [PostureEvent("slump_end", 70.0, 2.0), PostureEvent("break", 70.0, 60.0)],
            [PostureEvent("break_end", 90.0, 60.0)],
        )
    )
    events = [event for step in range(4) for event in watch.update(float(step), [], FrameInfo(step))]
    assert [(one.kind, one.label, one.start_s, one.end_s) for one in events] == [
        ("begin", "slump", 2.0, None),
        ("update", "slump", 2.0, None),
        ("end", "slump", 2.0, 70.0),
        ("begin", "break", 60.0, None),
        ("end", "break", 60.0, 90.0),
    ]
    assert events[1].reason == "sit up"
    assert watch.finish() == []
