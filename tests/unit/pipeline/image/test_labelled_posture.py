"""The posture of labelled people is measured as that of those whom the engine finds."""

import numpy as np
import pytest
from benchmarks.posture.posture_of_labels import pose_of_labels, posture_of_labels
from tests.unit.pipeline.image.conftest import HEIGHT, WIDTH, YoloSet, frontal_px, line_of

from laban.core.skeleton import COCO17
from laban.errors import InvalidValueError
from laban.pipeline.image.open import open_images
from laban.pipeline.image.values import Person

SIZE = (WIDTH, HEIGHT)


def test_a_level_body_from_the_front_is_level(yolo: YoloSet) -> None:
    report = posture_of_labels(open_images(yolo.root).images[0].people[0], size_wh=SIZE)
    assert report.view.name == "front"
    tilt = report["shoulder_tilt"].interval
    assert tilt is not None
    assert abs(tilt.value) < 0.5


def test_a_shoulder_that_is_higher_is_measured_in_degrees(yolo: YoloSet) -> None:
    points = frontal_px()
    points[COCO17.index("left_shoulder"), 1] -= 10
    yolo.labels("a").write_text(line_of(points))
    report = posture_of_labels(open_images(yolo.root).images[0].people[0], size_wh=SIZE)
    tilt = report["shoulder_tilt"].interval
    assert tilt is not None
    assert abs(tilt.value) == pytest.approx(np.degrees(np.arctan2(10, 56)), abs=0.5)


def test_flags_become_visibility_and_missing_is_nan() -> None:
    flags = np.full(17, 2)
    flags[0], flags[1] = 0, 1
    pose = pose_of_labels(Person(None, None, frontal_px() / SIZE, flags), size_wh=SIZE)
    assert np.isnan(pose.image_px[0]).all()
    assert pose.visibility[:3].tolist() == [0.0, 0.5, 1.0]


def test_other_joints_are_refused_in_words() -> None:
    with pytest.raises(InvalidValueError, match=r"measured on COCO's 17 joints, a\.txt:1 has 3"):
        pose_of_labels(Person(None, None, np.full((3, 2), 0.5), np.full(3, 2), "a.txt:1"), size_wh=SIZE)
