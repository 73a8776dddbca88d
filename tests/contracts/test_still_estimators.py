"""The promises of StillEstimator, asked of every estimator that takes single images."""

import importlib.util
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from laban.assets import find_asset
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.pose.protocol import StillEstimator

IMAGES = ("000000000785.jpg", "000000197388.jpg", "000000040083.jpg")


def engine(detector: str, asset: str) -> Callable[[], StillEstimator]:
    need(asset, "blazepose_landmarker_full")
    from laban.pose.blazepose.engine import BlazePoseEngine, EngineSettings

    return lambda: BlazePoseEngine(EngineSettings(detector=detector))


def mediapipe() -> Callable[[], StillEstimator]:
    if importlib.util.find_spec("mediapipe") is None:
        pytest.skip("MediaPipe is not installed here; make bench runs this suite where it is")
    need("blazepose_detector", "blazepose_landmarker_full")
    from laban.pose.mediapipe import MediaPipeEstimator

    return lambda: MediaPipeEstimator(mode="image", num_poses=4)


def need(*names: str) -> None:
    missing = [name for name in names if find_asset(name) is None]
    if missing:
        pytest.skip(f"the networks are not here; laban assets fetch {' '.join(missing)}")


BUILDERS: dict[str, Callable[[], Callable[[], StillEstimator]]] = {
    "blazepose": lambda: engine("blazepose", "blazepose_detector"),
    "blazepose-yolox": lambda: engine("yolox", "yolox_nano"),
    "mediapipe": mediapipe,
}


@pytest.fixture(scope="module", params=BUILDERS)
def build(request: pytest.FixtureRequest) -> Callable[[], StillEstimator]:
    return BUILDERS[request.param]()


@pytest.fixture(scope="module")
def images(shared: Path) -> list[Frame]:
    import cv2

    paths = [shared / "data" / "coco_samples" / name for name in IMAGES]
    return [Frame.from_rgb(cv2.imread(str(path))[:, :, ::-1]) for path in paths]


def answers(build: Callable[[], StillEstimator], shown: list[Frame]) -> list[list[Pose]]:
    estimator = build()
    try:
        return [estimator.detect(frame) for frame in shown]
    finally:
        estimator.close()


def test_people_are_found_without_ids(build, images):
    found = answers(build, images)
    assert found[0]
    assert {pose.person for poses in found for pose in poses} == {None}


def test_nobody_is_an_empty_list(build):
    assert answers(build, [Frame.from_rgb(np.full((120, 160, 3), 127, np.uint8))]) == [[]]


def test_the_order_of_images_makes_no_difference(build, images):
    alone = [answers(build, [frame])[0] for frame in images]
    for order in list(permutations(range(len(images))))[::2]:
        assert answers(build, [images[place] for place in order]) == [alone[place] for place in order]


def test_images_are_not_altered(build, images):
    copies = [frame.image_rgb.copy() for frame in images]
    answers(build, images)
    assert all(np.array_equal(frame.image_rgb, copy) for frame, copy in zip(images, copies, strict=True))
