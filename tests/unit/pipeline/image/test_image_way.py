"""What frozen parts make of images is worked out once and kept; a mirrored image has its mirrored class."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from tests.answers import answer

from laban.core.answers.metrics import RunAnswer
from laban.models.card import Task
from laban.models.image.backbone import Backbone
from laban.pipeline.image.gathering import ROOM, Gathered
from laban.pipeline.image.subjects import Subject
from laban.pipeline.image.training.image_way import ImageWay
from laban.pipeline.image.training.settings import ImageLearningSettings
from laban.pipeline.image.values import LabelledImage
from laban.pipeline.training.run_folder import RunFolder

TASK = Task("class", ("lean_left", "lean_right", "left_hand_up"))
SETTINGS = ImageLearningSettings(tune="frozen", versions=4, epochs=2, threads=1)


def gathered(*, count: int = 6) -> Gathered:
    labels = [TASK.labels[number % 3] for number in range(count)]
    subjects = tuple(
        Subject(LabelledImage(f"{number}.jpg", Path(f"{number}.jpg"), label=label), label)
        for number, label in enumerate(labels)
    )
    source = np.random.default_rng(0)
    roomy = source.integers(0, 255, (count, round(224 * ROOM), round(224 * ROOM), 3), dtype=np.uint8)
    return Gathered(subjects, roomy, roomy[:, :224, :224].copy(), (None,) * count, ("",) * count)


class Counting:
    """A backbone that counts how often it is asked for."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.made, self.backbone = 0, Backbone().eval()

    def __call__(self) -> Backbone:
        self.made += 1
        return self.backbone


def way(folder: Path, *, key: str = "a") -> ImageWay:
    about = answer(RunAnswer, {"training": SETTINGS.training.to_dict(), "data_sha256": key})
    return ImageWay(gathered(), TASK, SETTINGS, backbone=Counting(), run=RunFolder(folder, about))


def test_classes_with_a_side_are_exchanged_where_an_image_is_mirrored(tmp_path: Path) -> None:
    made = way(tmp_path)
    made.prepare(lambda done, total: None)
    assert made._prepared is not None
    labels = made._prepared.labels
    assert labels[0].tolist() == [0, 1, 2, 0, 1, 2]
    assert set(np.unique(labels[:, [0, 3]])) == {0, 1}
    assert set(np.unique(labels[:, [2, 5]])) == {2}  # its other side is no class, so it is never mirrored


def test_an_interrupted_run_does_not_look_again(tmp_path: Path) -> None:
    first, again, other = way(tmp_path), way(tmp_path), way(tmp_path, key="b")
    first.prepare(lambda done, total: None)
    kept = sorted(path.name for path in tmp_path.glob(".training/*.npz"))
    again.prepare(lambda done, total: None)
    assert sorted(path.name for path in tmp_path.glob(".training/*.npz")) == kept
    assert first._prepared is not None
    assert again._prepared is not None
    assert torch.equal(first._prepared.forms, again._prepared.forms)
    other.prepare(lambda done, total: None)
    assert len(list(tmp_path.glob(".training/*.npz"))) == 2 * len(kept) == 8


def test_a_damaged_file_is_worked_out_anew(tmp_path: Path) -> None:
    first = way(tmp_path)
    first.prepare(lambda done, total: None)
    for path in tmp_path.glob(".training/*.npz"):
        path.write_bytes(path.read_bytes()[:50])
    again = way(tmp_path)
    again.prepare(lambda done, total: None)
    assert first._prepared is not None
    assert again._prepared is not None
    assert torch.equal(first._prepared.forms, again._prepared.forms)
