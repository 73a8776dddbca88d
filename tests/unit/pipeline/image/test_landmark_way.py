"""A head on landmarks learns postures, answers nothing where nobody was found, and is used without PyTorch."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("litert_torch")

from tests.answers import answer

from laban.core.answers.metrics import RunAnswer
from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33
from laban.models.card import Task
from laban.models.deploy.zoo import open_model
from laban.pipeline.image.gathering import Gathered
from laban.pipeline.image.prediction import LandmarkModel, image_model
from laban.pipeline.image.subjects import Subject
from laban.pipeline.image.training.landmark_way import LandmarkWay
from laban.pipeline.image.training.settings import ImageLearningSettings
from laban.pipeline.image.values import LabelledImage
from laban.pipeline.training.run_folder import RunFolder

TASK = Task("class", ("arms_down", "left_arm_up", "right_arm_up"))
BODY = np.random.default_rng(3).uniform(-0.3, 0.3, (33, 3))
AT = BLAZEPOSE33.index


def pose(label: str, *, seed: int) -> Pose:
    points = BODY.copy()
    for side, sign in (("left", 1), ("right", -1)):
        points[AT(f"{side}_shoulder")], points[AT(f"{side}_hip")] = (0.2 * sign, -0.5, 0), (0.1 * sign, 0, 0)
        up = label == f"{side}_arm_up"
        points[AT(f"{side}_elbow")] = (0.3 * sign, -0.75 if up else -0.25, 0)
        points[AT(f"{side}_wrist")] = (0.3 * sign, -1.0 if up else 0.0, 0)
    points += np.random.default_rng(seed).normal(0, 0.01, points.shape)
    visible = np.ones(33, dtype=np.float32)
    return Pose(BLAZEPOSE33, points[:, :2] * 200 + 300, visible, world_m=points)


def gathered(*, count: int = 60) -> Gathered:
    labels = [TASK.labels[number % 3] for number in range(count)]
    subjects = tuple(
        Subject(LabelledImage(f"{number}.jpg", Path(f"{number}.jpg"), label=label), label)
        for number, label in enumerate(labels)
    )
    poses = [pose(label, seed=number) for number, label in enumerate(labels)]
    empty = np.zeros((count, 4, 4, 3), np.uint8)
    return Gathered(subjects, empty, empty, (*poses[:-1], None), ("",) * count)


@pytest.fixture(scope="module")
def way() -> LandmarkWay:
    settings = ImageLearningSettings(backbone="landmarks", epochs=25, threads=1)
    made = LandmarkWay(gathered(), TASK, settings, find=None)
    made.fit(np.arange(0, 40), np.arange(40, 50), lambda progress: None)
    return made


def test_arms_are_told_apart_and_sides_too(way: LandmarkWay) -> None:
    rows = np.arange(50, 59)
    assert (way.logits(rows).argmax(1) == rows % 3).all()


def test_nobody_is_given_no_answer(way: LandmarkWay) -> None:
    assert np.isnan(way.logits(np.array([59]))).all()
    assert np.isnan(way.logits_of([(np.zeros((8, 8, 3), np.uint8), None)])).all()


def test_the_files_answer_as_what_was_trained(way: LandmarkWay, tmp_path: Path) -> None:
    run = RunFolder(tmp_path, answer(RunAnswer, {}))
    shown = way.shown(np.arange(50, 60))
    told = {one.precision: one for one in run.write_models(way.trained, shown, way.precisions)}
    assert told["float32"].agreement == 1.0
    assert told["float32"].examples == 9
    assert told["int8"].latency_ms > 0
    model = image_model(open_model(tmp_path))
    assert isinstance(model, LandmarkModel)
    people = [pose("left_arm_up", seed=100), pose("right_arm_up", seed=101)]
    answers = model.answers(np.zeros((600, 600, 3), np.uint8), people)
    assert [one.label for one in answers] == ["left_arm_up", "right_arm_up"]
    assert [one.person for one in answers] == [0, 1]
    assert model.answers(np.zeros((600, 600, 3), np.uint8), []) == []
