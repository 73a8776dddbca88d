"""The promises of PoseEstimator, asked of every estimator there is."""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from types import TracebackType
from typing import Any, Self

import numpy as np
import pytest

from laban.assets import find_asset
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import COCO17, Skeleton
from laban.errors import InvalidValueError
from laban.pose.protocol import FrameOrder, PoseEstimator
from laban.pose.replay import ReplayEstimator

STEP_S = 1 / 30
CLIP = "single_person_cam01"
BYSTANDER_PX = 160
LANDMARKER = "blazepose_landmarker_full"
DETECTORS = {"blazepose": "blazepose_detector", "yolox": "yolox_nano"}
BODY = np.random.default_rng(7).uniform(-12, 12, size=(len(COCO17), 2)).astype(np.float32)


@dataclass(frozen=True)
class Subject:
    """An estimator and what it may be asked: a scene in which the same ``people`` are always in sight, and
    another without anybody."""

    build: Callable[[], PoseEstimator]
    scene: tuple[Frame, ...]
    deserted: tuple[Frame, ...]
    people: int


class PaintedEstimator:
    """The synthetic one: a body stands wherever a square is painted, and its colour is who it is."""

    def __init__(self) -> None:
        self._order = FrameOrder()

    @property
    def skeleton(self) -> Skeleton:
        return COCO17

    def update(self, frame: Frame) -> list[Pose]:
        self._order.check(frame)
        red = frame.image_rgb[..., 0]
        return [self._pose(red == colour, person=int(colour)) for colour in np.unique(red[red > 0])]

    def close(self) -> None:
        self._order.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _pose(self, painted: Any, *, person: int) -> Pose:
        rows, columns = np.nonzero(painted)
        centre = np.array([columns.mean(), rows.mean()], dtype=np.float32)
        return Pose(COCO17, BODY + centre, np.ones(len(COCO17)), person=person)


def frames(images: list[Any]) -> tuple[Frame, ...]:
    return tuple(
        Frame.from_rgb(image, index=index, time_s=index * STEP_S) for index, image in enumerate(images)
    )


def grey(count: int, *, size_wh: tuple[int, int] = (96, 128), level: int = 0) -> list[Any]:
    return [np.full((size_wh[1], size_wh[0], 3), level, np.uint8) for _ in range(count)]


def painted() -> Subject:
    images = grey(8)
    for step, image in enumerate(images):
        image[20:40, 20 + step : 40 + step, 0] = 90
        image[70:90, 60 - step : 80 - step, 0] = 180
    return Subject(PaintedEstimator, frames(images), frames(grey(4)), people=2)


def replay() -> Subject:
    scene, deserted = frames(grey(12)), frames(grey(16))[12:]
    times = np.array([frame.time_s for frame in scene] + [frame.time_s for frame in deserted])

    def sequence(offset: float) -> PoseSequence:
        steps = np.arange(len(scene), dtype=np.float32)[:, None, None]
        image_px = BODY[None] + offset + steps
        return PoseSequence(
            times[: len(scene)], COCO17, np.ones(image_px.shape[:2]), image_px=image_px, size_wh=(96, 128)
        )

    recording = Recording("scene", times, {4: sequence(20.0), 9: sequence(60.0)}, size_wh=(96, 128))
    return Subject(lambda: ReplayEstimator(recording), scene, deserted, people=2)


def real_scene(build: Callable[[], PoseEstimator]) -> Subject:
    """One person walking, in every third frame of a sample clip; a bystander at the left edge is cut off."""
    if (clip := find_asset(CLIP)) is None:
        pytest.skip(f"the sample {CLIP} is not here; laban assets fetch {CLIP}")
    import cv2

    capture = cv2.VideoCapture(str(clip))
    images = [capture.read()[1][:, BYSTANDER_PX:, ::-1] for _ in range(30)][::3]
    capture.release()
    height, width = images[0].shape[:2]
    deserted = grey(5, size_wh=(width, height), level=127)
    return Subject(build, frames(images), frames(deserted), people=1)


def blazepose(detector: str) -> Subject:
    need_networks(DETECTORS[detector])
    from laban.pose.blazepose.engine import BlazePoseEngine, EngineSettings

    return real_scene(lambda: BlazePoseEngine(EngineSettings(detector=detector)))


def mediapipe(mode: str) -> Subject:
    if importlib.util.find_spec("mediapipe") is None:
        pytest.skip("MediaPipe is not installed here; make bench runs this suite where it is")
    need_networks(DETECTORS["blazepose"])
    from laban.pose.mediapipe import MediaPipeEstimator

    return real_scene(lambda: MediaPipeEstimator(mode=mode, num_poses=2))


def need_networks(detector: str) -> None:
    missing = [name for name in (detector, LANDMARKER) if find_asset(name) is None]
    if missing:
        pytest.skip(f"the networks are not here; laban assets fetch {' '.join(missing)}")


SUBJECTS: dict[str, Callable[[], Subject]] = {
    "painted": painted,
    "replay": replay,
    "blazepose": lambda: blazepose("blazepose"),
    "blazepose-yolox": lambda: blazepose("yolox"),
    "mediapipe-video": lambda: mediapipe("video"),
    "mediapipe-image": lambda: mediapipe("image"),
}


@pytest.fixture(scope="module", params=SUBJECTS)
def subject(request: pytest.FixtureRequest) -> Subject:
    return SUBJECTS[request.param]()


def answers(subject: Subject, shown: tuple[Frame, ...]) -> list[list[Pose]]:
    with subject.build() as estimator:
        return [estimator.update(frame) for frame in shown]


@pytest.fixture(scope="module")
def seen(subject: Subject) -> list[list[Pose]]:
    return answers(subject, subject.scene)


def test_it_has_the_parts_of_the_protocol(subject: Subject):
    with subject.build() as estimator:
        assert isinstance(estimator, PoseEstimator)
        assert len(estimator.skeleton) > 0


def test_nobody_is_an_empty_list(subject: Subject):
    assert answers(subject, subject.deserted) == [[]] * len(subject.deserted)


def test_poses_are_whole_and_lie_in_the_image(subject: Subject, seen: list[list[Pose]]):
    width, height = subject.scene[0].size_wh
    with subject.build() as estimator:
        joints = estimator.skeleton
    for pose in (pose for poses in seen for pose in poses):
        assert pose.skeleton == joints
        assert np.isfinite(pose.image_px).all()
        assert ((pose.visibility >= 0) & (pose.visibility <= 1)).all()
        centre = pose.image_px.mean(axis=0)
        assert (centre > 0).all()
        assert (centre < (width, height)).all()


def test_everybody_is_found_in_every_frame(subject: Subject, seen: list[list[Pose]]):
    assert [len(poses) for poses in seen] == [subject.people] * len(subject.scene)


def test_ids_are_given_and_stay(subject: Subject, seen: list[list[Pose]]):
    ids = [sorted(pose.person for pose in poses) for poses in seen]
    assert all(isinstance(person, int) for person in ids[0])
    assert len(set(ids[0])) == subject.people
    assert ids == [ids[0]] * len(ids)


def test_an_id_stays_with_its_body(subject: Subject, seen: list[list[Pose]]):
    for before, after in pairwise(seen):
        was = {pose.person: pose.image_px.mean(axis=0) for pose in before}
        for pose in after:
            moved = {person: np.linalg.norm(pose.image_px.mean(axis=0) - old) for person, old in was.items()}
            assert min(moved, key=moved.__getitem__) == pose.person


def test_the_same_frames_give_the_same_people(subject: Subject, seen: list[list[Pose]]):
    assert answers(subject, subject.scene) == seen


def test_images_are_not_altered(subject: Subject):
    shown = subject.scene[:3]
    copies = [frame.image_rgb.copy() for frame in shown]
    answers(subject, shown)
    for frame, copy in zip(shown, copies, strict=True):
        assert np.array_equal(frame.image_rgb, copy)


def test_read_only_images_will_do(subject: Subject, seen: list[list[Pose]]):
    first = subject.scene[0]
    locked = first.image_rgb.copy()
    locked.flags.writeable = False
    frame = Frame.from_rgb(locked, index=first.index, time_s=first.time_s)
    assert answers(subject, (frame,)) == seen[:1]


def test_closing_twice_is_closing_once(subject: Subject):
    estimator = subject.build()
    estimator.close()
    estimator.close()
    with pytest.raises(InvalidValueError, match="closed"):
        estimator.update(subject.scene[0])


def test_leaving_the_block_closes(subject: Subject):
    with subject.build() as estimator:
        estimator.update(subject.scene[0])
    with pytest.raises(InvalidValueError, match="closed"):
        estimator.update(subject.scene[1])


@pytest.mark.parametrize("back", [0, 1])
def test_time_must_go_on(subject: Subject, seen: list[list[Pose]], back: int):
    """A frame at the time of the last or before is refused, and leaves no trace."""
    late = replace(subject.scene[2 - back], index=99)
    with subject.build() as estimator:
        for frame, expected in zip(subject.scene[:3], seen, strict=False):
            assert estimator.update(frame) == expected
        with pytest.raises(InvalidValueError, match="order of time"):
            estimator.update(late)
        assert estimator.update(subject.scene[3]) == seen[3]
