"""The adapter against a stand-in for MediaPipe: what it is asked, and what its answers become.

The real one is asked by the contract suite, in an environment that has it.
"""

import sys
import zipfile
from io import BytesIO
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from laban.core.frame import Frame
from laban.errors import InvalidValueError, MissingExtraError, ModelError, UnknownNameError
from laban.pose.mediapipe import MediaPipeEstimator

RNG = np.random.default_rng(11)


class FakeLandmarker:
    """Answers with the people it is given, and keeps what it was asked."""

    made: "list[FakeLandmarker]" = []  # noqa: RUF012
    people = 1
    refusal: Exception | None = None

    def __init__(self, options):
        self.options = options
        self.images, self.times_ms, self.closed = [], [], 0

    @classmethod
    def create_from_options(cls, options):
        if cls.refusal is not None:
            raise cls.refusal
        cls.made.append(cls(options))
        return cls.made[-1]

    def detect(self, image):
        self.images.append(image)
        return SimpleNamespace(
            pose_landmarks=[landmarks(0.25 + 0.5 * person) for person in range(self.people)],
            pose_world_landmarks=[landmarks(0.0) for _ in range(self.people)],
        )

    def detect_for_video(self, image, time_ms):
        self.times_ms.append(time_ms)
        return self.detect(image)

    def close(self):
        self.closed += 1


def landmarks(x: float) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(x=x + joint / 1000, y=0.5, z=-0.1, visibility=joint / 40, presence=0.75)
        for joint in range(33)
    ]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> type[FakeLandmarker]:
    class Fresh(FakeLandmarker):
        made: list[FakeLandmarker] = []  # noqa: RUF012

    vision = SimpleNamespace(
        PoseLandmarker=Fresh,
        PoseLandmarkerOptions=SimpleNamespace,
        RunningMode=SimpleNamespace(IMAGE="image", VIDEO="video"),
    )
    top, tasks, python = (
        ModuleType(name) for name in ("mediapipe", "mediapipe.tasks", "mediapipe.tasks.python")
    )
    top.Image = SimpleNamespace
    top.ImageFormat = SimpleNamespace(SRGB="srgb")
    python.BaseOptions, python.vision = SimpleNamespace, vision
    for module in (top, tasks, python):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    return Fresh


def frame(index: int, time_s: float, *, size_wh: tuple[int, int] = (64, 32)) -> Frame:
    width, height = size_wh
    image = RNG.integers(0, 255, size=(height, width, 3), dtype=np.uint8)
    return Frame.from_rgb(image, index=index, time_s=time_s)


def estimator(**options) -> MediaPipeEstimator:
    return MediaPipeEstimator(bundle=Path("pose.task"), **options)


def test_landmarks_become_pixels_and_metres(fake):
    (pose,) = estimator().update(frame(0, 0.0))
    assert pose.skeleton.name == "blazepose33"
    assert pose.image_px[10] == pytest.approx([(0.25 + 0.01) * 64, 0.5 * 32])
    assert pose.depth_px[10] == pytest.approx(-0.1 * 64)
    assert pose.world_m[10] == pytest.approx([0.01, 0.5, -0.1])
    assert pose.visibility[10] == pytest.approx(0.25)
    assert pose.score == pytest.approx(0.75)


def test_options_reach_mediapipe(fake):
    estimator(mode="image", num_poses=3, min_confidence=0.25)
    options = fake.made[0].options
    assert (options.running_mode, options.num_poses) == ("image", 3)
    assert options.base_options.model_asset_path == "pose.task"
    confidences = {value for name, value in vars(options).items() if name.startswith("min_")}
    assert confidences == {0.25}


def test_video_times_are_whole_milliseconds_that_always_grow(fake):
    with estimator(mode="video") as one:
        for index, time_s in enumerate((5.0, 5.0004, 5.0008, 5.1)):
            one.update(frame(index, time_s))
    assert fake.made[0].times_ms == [0, 1, 2, 100]
    assert fake.made[0].closed == 1


def test_images_are_handed_over_without_gaps(fake):
    wide = RNG.integers(0, 255, size=(32, 128, 3), dtype=np.uint8)
    view = wide[:, ::2]
    strided = Frame(0, 0.0, (64, 32), None, lambda: view)
    estimator().update(strided)
    (image,) = fake.made[0].images
    assert image.image_format == "srgb"
    assert image.data.flags.c_contiguous
    assert np.array_equal(image.data, view)


def test_people_keep_their_ids(fake):
    fake.people = 2
    with estimator(num_poses=2) as one:
        ids = [[pose.person for pose in one.update(frame(index, index / 30))] for index in range(3)]
    assert ids == [[0, 1]] * 3


def test_nobody_is_an_empty_list(fake):
    fake.people = 0
    assert estimator().update(frame(0, 0.0)) == []


def test_stills_have_no_ids_and_need_image_mode(fake):
    one = estimator(mode="image")
    assert [pose.person for pose in one.detect(frame(5, 0.0))] == [None]
    assert [pose.person for pose in one.detect(frame(5, 0.0))] == [None]
    with pytest.raises(InvalidValueError, match="mode='image'"):
        estimator(mode="video").detect(frame(0, 0.0))


def test_our_networks_are_bundled(fake, monkeypatch):
    monkeypatch.setattr("laban.pose.task_bundle.with_normalization", lambda model, **_: model)
    monkeypatch.setattr("laban.assets.asset_path", lambda name: SimpleNamespace(read_bytes=name.encode))
    MediaPipeEstimator(model="lite")
    content = fake.made[0].options.base_options.model_asset_buffer
    with zipfile.ZipFile(BytesIO(content)) as bundle:
        members = [bundle.read(name) for name in bundle.namelist()]
    assert members == [b"blazepose_detector", b"blazepose_landmarker_lite"]


def test_a_refused_bundle_is_one_line(fake):
    fake.refusal = RuntimeError("bad flatbuffer\nat line 3 of something long")
    with pytest.raises(ModelError, match=r"bad flatbuffer$"):
        estimator()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"model": "huge"}, UnknownNameError),
        ({"mode": "stream"}, UnknownNameError),
        ({"num_poses": 0}, InvalidValueError),
        ({"min_confidence": 1.5}, InvalidValueError),
    ],
)
def test_wrong_options_are_refused(fake, options, error):
    with pytest.raises(error):
        estimator(**options)


def test_a_missing_mediapipe_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "mediapipe", None)
    with pytest.raises(MissingExtraError, match=r"laban\[mediapipe\]"):
        estimator()
