"""Of one set of images one accuracy is told, however a way answers the images that conditions are tried on."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

from laban.models.card import Task
from laban.models.image.view import View
from laban.pipeline.image.gathering import Gathered
from laban.pipeline.image.subjects import Subject
from laban.pipeline.image.training.conditions import CUT_OUT, tried
from laban.pipeline.image.values import LabelledImage

TASK = Task("class", ("a", "b"))


def _gathered(folder: Path, *, count: int = 6) -> Gathered:
    subjects = []
    for number in range(count):
        path = folder / f"{number}.png"
        cv2.imwrite(str(path), np.full((32, 32, 3), 10 * number, np.uint8))
        label = TASK.labels[number % 2]
        subjects.append(Subject(LabelledImage(path.name, path, label=label), label))
    empty = np.zeros((count, 4, 4, 3), np.uint8)
    return Gathered(tuple(subjects), empty, empty, (None,) * count, ("",) * count)


def _way(*, wrong_when_cut: bool) -> Any:
    def logits(rows: np.ndarray) -> np.ndarray:
        return np.eye(2, dtype=np.float32)[rows % 2]

    def logits_of(scenes: Sequence[Any]) -> np.ndarray:
        middle = scenes[0][0].shape[0] // 2
        row = round(float(scenes[0][0][middle, middle, 0]) / 10)
        answer = logits(np.array([row + wrong_when_cut]))
        return np.repeat(answer, len(scenes), axis=0)

    return SimpleNamespace(logits=logits, logits_of=logits_of)


@pytest.mark.parametrize("wrong_when_cut", [False, True])
def test_images_as_they_are_have_the_accuracy_of_the_test(tmp_path: Path, wrong_when_cut: bool) -> None:
    rows, way = np.arange(6), _way(wrong_when_cut=wrong_when_cut)
    table, _ = tried(way, TASK, _gathered(tmp_path), rows, find=None, view=View(whose="whole"))
    figures = {one.name: one.accuracy for one in table}
    assert table[0].name == "as they are"
    assert figures["as they are"] == 1.0
    assert (CUT_OUT in figures) is wrong_when_cut
    assert figures.get(CUT_OUT, 1.0) == (0.0 if wrong_when_cut else 1.0)
