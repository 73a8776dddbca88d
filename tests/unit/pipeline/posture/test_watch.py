"""Posture live is of one person, whoever comes near."""

from collections.abc import Iterator

import numpy as np

from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import BLAZEPOSE33
from laban.pipeline.posture.watch import watch
from laban.pipeline.recording.subject import biggest_person
from laban.pose.replay import ReplayEstimator
from laban.sources.protocol import OpenSource
from laban.tasks.posture.watch import PostureWatcher

PICTURE = np.full((480, 640, 3), 90, np.uint8)
BODY = np.random.default_rng(0).uniform(0.2, 1, (33, 2))


class Clip(OpenSource):
    size_wh, fps, warnings, name = (640, 480), 10.0, (), "clip"
    keyframes = np.array([], dtype=np.int64)

    def __init__(self, times_s: np.ndarray) -> None:
        self.times_s = times_s

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[Frame]:
        for index, time_s in enumerate(self.times_s.tolist()):
            yield Frame.from_rgb(PICTURE, index=index, time_s=time_s)


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
    list(watch(Clip(times_s), watcher, estimator=ReplayEstimator(recording)))
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
