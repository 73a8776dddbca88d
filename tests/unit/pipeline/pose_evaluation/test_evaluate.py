"""Estimators judged side by side: everybody sees the same images, and nothing is lost silently."""

import json
import pickle
import shutil
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.skeleton import COCO17
from laban.errors import AssetError, MissingExtraError, SourceError
from laban.pipeline.pose_evaluation.evaluate import PoseEvaluation, evaluate_pose, standard_contestants
from laban.pipeline.pose_evaluation.ground_truth import TrueImage, read_keypoint_truth
from laban.pipeline.recording.executor import Executor, Threads
from laban.pipeline.recording.processes import Processes


class Oracle:
    """Knows the truth, tells images apart by their order, and is off by ``shift_px``."""

    def __init__(self, listed: tuple[TrueImage, ...], *, shift_px: float = 0.0) -> None:
        self.listed = listed
        self.shift_px = shift_px
        self.closed = 0

    def detect(self, frame: Frame) -> list[Pose]:
        people = self.listed[frame.index].people
        return [
            Pose(COCO17, person.image_px + self.shift_px, np.ones(17))
            for person in people
            if person.marked.any()
        ]

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def samples(shared: Path) -> Path:
    return shared / "data" / "coco_samples" / "test_coco.json"


def unavailable():
    raise AssetError("the weights are not here; fetch them")


def test_estimators_stand_side_by_side(samples: Path):
    listed = read_keypoint_truth(samples)
    right, wrong = Oracle(listed), Oracle(listed, shift_px=6.0)
    told: list[tuple[int, int]] = []
    evaluation = evaluate_pose(
        samples,
        contestants={"right": lambda: right, "wrong": lambda: wrong, "absent": unavailable},
        progress=lambda done, total: told.append((done, total)),
    )
    assert [scores.name for scores in evaluation.scores] == ["right", "wrong"]
    best, second = evaluation.scores
    assert (best.average_precision.mean, best.correct_points.share) == (1.0, 1.0)
    assert second.average_precision.mean < 1.0
    assert best.people_per_image == 12 / 4
    assert evaluation.unavailable == {"absent": "the weights are not here; fetch them"}
    assert (evaluation.images, evaluation.people, dict(evaluation.skipped)) == (4, 14, {})
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert (right.closed, wrong.closed) == (1, 1)


def test_bad_images_are_left_out_with_a_reason(samples: Path, tmp_path: Path):
    for image in sorted(samples.parent.glob("*.jpg")):
        shutil.copy(image, tmp_path)
    names = sorted(path.name for path in tmp_path.iterdir())
    (tmp_path / names[0]).chmod(0o644)
    (tmp_path / names[0]).write_bytes(b"this is no image")
    (tmp_path / names[1]).unlink()
    listed = read_keypoint_truth(samples)
    evaluation = evaluate_pose(samples, images=tmp_path, contestants={"right": lambda: Oracle(listed)})
    assert sorted(evaluation.skipped) == names[:2]
    assert all(str(tmp_path / name) in evaluation.skipped[name] for name in names[:2])
    assert evaluation.images == 2
    assert evaluation.scores[0].average_precision.mean == 1.0


def test_images_of_another_size_are_left_out(samples: Path, tmp_path: Path):
    import cv2

    images = sorted(samples.parent.glob("*.jpg"))
    for image in images:
        shutil.copy(image, tmp_path)
    shrunk = tmp_path / images[2].name
    shrunk.chmod(0o644)
    cv2.imwrite(str(shrunk), cv2.imread(str(images[2]))[::2, ::2])
    listed = read_keypoint_truth(samples)
    evaluation = evaluate_pose(samples, images=tmp_path, contestants={"right": lambda: Oracle(listed)})
    assert list(evaluation.skipped) == [shrunk.name]
    assert "marked on" in evaluation.skipped[shrunk.name]


def test_no_image_at_all_is_an_error(samples: Path, tmp_path: Path):
    with pytest.raises(SourceError, match="none of the 4 images"):
        evaluate_pose(samples, images=tmp_path, contestants={})


def test_a_file_without_images_is_an_error(tmp_path: Path):
    path = tmp_path / "truth.json"
    path.write_text(json.dumps({"images": [], "annotations": []}))
    with pytest.raises(SourceError, match="lists no images"):
        evaluate_pose(path, contestants={})


def test_a_missing_evaluator_is_told_before_any_work(samples: Path, monkeypatch):
    monkeypatch.setitem(sys.modules, "faster_coco_eval", None)
    told: list[int] = []
    with pytest.raises(MissingExtraError, match="evaluate"):
        evaluate_pose(samples, contestants={}, progress=lambda done, total: told.append(done))
    assert told == []


@pytest.mark.parametrize("executor", [Threads(1), Threads(3), Processes(1), Processes(2)], ids=str)
def test_what_is_found_does_not_depend_on_the_executor(
    samples: Path, tmp_path: Path, executor: Executor, monkeypatch: pytest.MonkeyPatch
):
    for image in sorted(samples.parent.glob("*.jpg"))[1:]:
        shutil.copy(image, tmp_path)
    listed = read_keypoint_truth(samples)
    contestants = {
        "right": partial(Oracle, listed),
        "wrong": partial(Oracle, listed, shift_px=6.0),
        "absent": unavailable,
    }
    expected = evaluate_pose(samples, images=tmp_path, contestants=contestants)
    monkeypatch.setattr("laban.pipeline.pose_evaluation.evaluate._CHUNK", 1)
    told: list[tuple[float, float | None]] = []
    found = evaluate_pose(
        samples,
        images=tmp_path,
        contestants=contestants,
        executor=executor,
        progress=lambda *at: told.append(at),
    )
    assert without_times(found) == without_times(expected)
    assert (len(found.scores), len(found.skipped), len(found.unavailable)) == (2, 1, 1)
    assert told[-1] == (4, 4)


def without_times(evaluation: PoseEvaluation) -> tuple[object, ...]:
    scores = [replace(one, seconds_per_image=0.0) for one in evaluation.scores]
    about = evaluation.images, evaluation.people, dict(evaluation.skipped), dict(evaluation.unavailable)
    return repr(scores), about


def test_our_estimators_can_be_opened_in_another_process():
    contestants = standard_contestants()
    copies = pickle.loads(pickle.dumps(contestants))
    assert [one.keywords for one in copies.values()] == [one.keywords for one in contestants.values()]


def test_models_and_detectors_are_combined():
    names = list(standard_contestants(models=("lite", "full"), detectors=("yolox",)))
    assert names == ["laban lite + yolox", "laban full + yolox", "mediapipe lite", "mediapipe full"]
    assert list(standard_contestants(reference=False)) == ["laban full + blazepose", "laban full + yolox"]


def test_mediapipe_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "mediapipe", None)
    with pytest.raises(MissingExtraError, match=r"laban\[mediapipe\]"):
        standard_contestants()["mediapipe full"]()
