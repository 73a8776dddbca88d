"""Somebody who lies is found in the turned image, and told of in the image as it was."""

import numpy as np
import pytest
from tests.unit.pipeline.image.conftest import YoloSet

from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33
from laban.errors import InvalidValueError
from laban.models.image.view import View
from laban.pipeline.image.gathering import gather_images, scene_of
from laban.pipeline.image.open import open_images
from laban.pipeline.image.people import find_people, pose_box, whose
from laban.pipeline.image.subjects import subjects_of


def body(points: np.ndarray, *, score: float = 0.9) -> Pose:
    world = np.column_stack([points / 100, np.zeros(len(points))])
    return Pose(BLAZEPOSE33, points, np.ones(33, dtype=np.float32), world_m=world, score=score)


class Marker:
    """Finds one body round the only red pixel, in images that are ``tall``: it knows nobody who lies."""

    def __init__(self, *, tall: bool = True, score: float = 0.9) -> None:
        self.tall, self.score = tall, score

    def detect(self, frame: Frame) -> list[Pose]:
        image = frame.image_rgb
        if (image.shape[0] > image.shape[1]) != self.tall:
            return []
        row, column = np.argwhere(image[..., 0] == 255)[0]
        return [
            body(np.tile([[column, row]], (33, 1)) + np.arange(33)[:, None] * [0.0, 1.0], score=self.score)
        ]

    def close(self) -> None: ...


def image(*, size_wh: tuple[int, int], red_xy: tuple[int, int]) -> np.ndarray:
    image = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    image[red_xy[1], red_xy[0]] = 255, 0, 0
    return image


def test_who_is_found_upright_is_not_looked_for_again() -> None:
    (found,) = find_people([Marker()], image(size_wh=(40, 80), red_xy=(11, 22)))
    np.testing.assert_allclose(found.image_px[0], [11, 22])


@pytest.mark.parametrize("red_xy", [(3, 5), (70, 30), (40, 20)])
def test_who_lies_is_found_where_they_are(red_xy: tuple[int, int]) -> None:
    (found,) = find_people([Marker()], image(size_wh=(80, 40), red_xy=red_xy))
    np.testing.assert_allclose(found.image_px[0], red_xy)
    along = found.image_px[-1] - found.image_px[0]
    assert abs(along[0]) == pytest.approx(32)  # a body that stood in the turned image lies in this one
    assert found.world_m is not None
    np.testing.assert_allclose(np.sign(found.world_m[-1, 0] - found.world_m[0, 0]), np.sign(along[0]))


def test_the_next_estimator_is_asked_and_the_unsure_are_nobody() -> None:
    wide = image(size_wh=(80, 40), red_xy=(3, 5))
    (found,) = find_people([Marker(score=0.3), Marker(tall=False)], wide)
    np.testing.assert_allclose(found.image_px[0], [3, 5])
    assert find_people([Marker(score=0.3)], wide) == []


def test_the_largest_is_meant_unless_a_box_says_who() -> None:
    small, large = (
        body(np.random.default_rng(0).uniform(0, size, (33, 2)) + at) for size, at in ((20, 0), (50, 100))
    )
    people = [large, small]
    assert whose(people, None) is large
    assert whose(people, pose_box(small)) is small
    assert whose(people, np.array([500.0, 500, 600, 600])) is None
    assert whose([], None) is None


class Crowd:
    """Finds everybody it was given, in that order."""

    def __init__(self, *people: Pose) -> None:
        self.people = list(people)

    def detect(self, frame: Frame) -> list[Pose]:
        return self.people

    def close(self) -> None: ...


def test_the_most_prominent_comes_first_and_not_who_spreads_the_limbs() -> None:
    """By one rule for all answers: how long the trunk is, and how sure that it is a person."""
    upright = np.stack([np.full(33, 20.0), np.linspace(0, 100, 33)], axis=1)
    spread = np.random.default_rng(0).uniform(0, 100, (33, 2)) * [2.0, 1.0]
    spread[[11, 12, 23, 24]] = [[100, 35], [110, 35], [100, 65], [110, 65]]
    near, far, unsure = body(upright * 2), body(spread), body(upright * 2, score=0.5)
    found = find_people([Crowd(far, unsure, near)], image(size_wh=(300, 300), red_xy=(1, 1)))
    assert [one is other for one, other in zip(found, (near, far, unsure), strict=True)] == [True] * 3


def test_an_image_that_cannot_be_read_is_left_out_and_told(yolo: YoloSet) -> None:
    yolo.image("b").write_bytes(b"nothing")
    subjects = subjects_of(open_images(yolo.root))
    seen: list[int] = []
    found = gather_images(
        subjects,
        View(side_px=64),
        find=None,
        need_poses=False,
        progress=lambda done, total: seen.append(done),
    )
    assert len(found) == 8
    assert [one.name for one in found.failed] == [yolo.name("b")]
    assert found.exact.shape == (8, 64, 64, 3)
    assert found.roomy.shape == (8, 90, 90, 3)
    assert seen == list(range(1, 10))


def test_nothing_readable_is_refused_with_the_first_reason(yolo: YoloSet) -> None:
    for path in yolo.root.glob("images/*/*.jpg"):
        path.write_bytes(b"nothing")
    with pytest.raises(InvalidValueError, match="none of 9 images can be learned from"):
        gather_images(subjects_of(open_images(yolo.root)), View(), find=None, need_poses=False)


def test_a_scene_shows_what_is_shown_and_its_surroundings(yolo: YoloSet) -> None:
    subject = subjects_of(open_images(yolo.root))[0]
    scene = scene_of(subject, None, View(side_px=64, margin=1.0), None)
    assert scene.image.shape[0] == scene.image.shape[1]
    assert scene.mask is None
    assert scene.box_xyxy_px is not None
    box = scene.box_xyxy_px
    assert np.ptp(box.reshape(2, 2), axis=0).max() * 1.4 == pytest.approx(scene.image.shape[0], rel=0.02)
