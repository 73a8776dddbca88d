"""Answers for many images do not depend on where they are computed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from laban.core.arrays import ImageArray
from laban.core.pose import Pose
from laban.errors import LabanError, SourceError
from laban.pipeline.image import predict_files as module
from laban.pipeline.image.predict_files import ImagePredictionTask, ImageResult, predict_image_files
from laban.pipeline.image.prediction import LocatedAnswer
from laban.pipeline.recording.executor import Executor, Threads
from laban.pipeline.recording.processes import Processes


@dataclass(frozen=True)
class Brightness:
    """Its probability is the mean of the image."""

    name: str = "brightness"
    needs_people: bool = False

    def answers(self, image_rgb: ImageArray, people: Sequence[Pose]) -> list[LocatedAnswer]:
        share = float(image_rgb.mean() / 255)
        return [LocatedAnswer("light", share, {"light": share, "dark": 1 - share})]


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("images")
    for number in range(5):
        image = np.random.default_rng(number).integers(0, 256, (20, 30, 3), dtype=np.uint8)
        cv2.imwrite(str(folder / f"{number}.png"), image)
    (folder / "broken.png").write_bytes(b"no image")
    named = [folder / f"{number}.png" for number in range(5)]
    return [*named[:2], folder / "broken.png", *named[2:], folder / "absent.png"]


@pytest.mark.parametrize("executor", [Threads(1), Threads(3), Processes(1), Processes(2)], ids=str)
def test_answers_are_the_same_bit_for_bit_with_any_executor(
    paths: list[Path], executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_CHUNK", 2)
    told: list[tuple[float, float | None]] = []
    task = ImagePredictionTask(Brightness())
    expected = list(predict_image_files(task, paths))
    found = list(predict_image_files(task, paths, executor=executor, progress=lambda *at: told.append(at)))
    assert [described(one) for one in found] == [described(one) for one in expected]
    assert [number for number, one in enumerate(found) if isinstance(one, SourceError)] == [2, 6]
    assert told[-1] == (7, 7)


def test_networks_that_cannot_be_opened_are_an_error_of_every_image(paths: list[Path]) -> None:
    task = ImagePredictionTask(Brightness(needs_people=True), detector="none such")
    found = list(predict_image_files(task, paths))
    assert len(found) == len(paths)
    assert all(isinstance(one, LabanError) and "none such" in str(one) for one in found)


def described(result: ImageResult) -> object:
    return [one.answer() for one in result] if isinstance(result, list) else (type(result), str(result))
