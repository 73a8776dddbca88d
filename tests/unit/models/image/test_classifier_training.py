"""The classifier learns what can be learned, goes on where it was stopped, and reads only what it should."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from torch import nn

from laban.errors import ModelError
from laban.models.card import Task
from laban.models.image.backbone import BLOCKS, WIDTH, Backbone, pretrained
from laban.models.image.classifier import Classifier, before
from laban.models.image.settings import PictureTraining
from laban.models.image.training import Prepared, train_pictures

TASK = Task("class", ("dark", "light"))
FROZEN = PictureTraining(tune="frozen", head_epochs=6, versions=1, batch=8, threads=1, head_rate=1e-2)


def features(*, count: int = 24, seed: int = 0) -> Prepared:
    """What a frozen backbone might say: the two classes lie apart in the first numbers."""
    source = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    values = source.normal(size=(1, count, WIDTH)).astype(np.float32) * 0.01
    values[0, :, :40] += labels[:, None]
    return Prepared(torch.from_numpy(values), labels[None])


@pytest.fixture(scope="module")
def backbone() -> Backbone:
    torch.manual_seed(0)
    return Backbone().eval()


def test_a_frozen_backbone_leaves_only_the_head_to_learn(backbone: Backbone) -> None:
    kept = {name: value.clone() for name, value in backbone.state_dict().items()}
    longer = replace(FROZEN, head_epochs=40)
    done = train_pictures(lambda: backbone, TASK, features(), features(seed=1), longer)
    assert done.history[done.best_epoch - 1].accuracy == (1.0,)
    assert all(
        torch.equal(value, kept[name]) for name, value in done.classifier.backbone.state_dict().items()
    )
    assert len(done.history) == 40


def test_an_interrupted_training_goes_on(backbone: Backbone, tmp_path: Path) -> None:
    file = tmp_path / "state.safetensors"

    class StoppedError(Exception):
        pass

    def stop(progress: object) -> None:
        if getattr(progress, "epoch").number == 3:  # noqa: B009
            raise StoppedError

    with pytest.raises(StoppedError):
        train_pictures(lambda: backbone, TASK, features(), None, FROZEN, resume=file, progress=stop)
    seen: list[int] = []
    done = train_pictures(
        lambda: backbone,
        TASK,
        features(),
        None,
        FROZEN,
        resume=file,
        progress=lambda one: seen.append(one.epoch.number),
    )
    assert seen == [4, 5, 6]
    assert [one.number for one in done.history] == [1, 2, 3, 4, 5, 6]


def test_a_state_of_other_pictures_is_left_aside(backbone: Backbone, tmp_path: Path) -> None:
    file = tmp_path / "state.safetensors"
    train_pictures(lambda: backbone, TASK, features(), None, FROZEN, resume=file, key={"data": "a"})
    seen: list[int] = []
    train_pictures(
        lambda: backbone,
        TASK,
        features(),
        None,
        FROZEN,
        resume=file,
        key={"data": "b"},
        progress=lambda one: seen.append(one.epoch.number),
    )
    assert seen == [1, 2, 3, 4, 5, 6]


def test_frozen_parts_and_the_rest_make_the_whole(backbone: Backbone) -> None:
    image = np.random.default_rng(0).integers(0, 255, (1, 224, 224, 3), dtype=np.uint8)
    classifier = Classifier(backbone, TASK).eval()
    with torch.no_grad():
        told = classifier(torch.from_numpy(image).float())
        parted = classifier.heads(classifier.embedding(before(backbone, image, parts=12), parts=12))
    assert told["places"].shape == (1, 7, 7, 2)
    torch.testing.assert_close(told["logits"], told["places"].mean((1, 2)), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(told["logits"], parted, atol=1e-4, rtol=1e-4)


def test_the_backbone_has_the_published_form(backbone: Backbone) -> None:
    assert len(backbone.parts) == BLOCKS + 2
    assert sum(one.numel() for one in backbone.parameters()) == 3_371_008


def test_weights_of_something_else_are_refused(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(3)}, tmp_path / "other.pth")
    with pytest.raises(ModelError, match="does not hold the weights of EfficientNet-Lite0"):
        pretrained(tmp_path / "other.pth")
    torch.save(nn.Linear(2, 2), tmp_path / "code.pth")
    with pytest.raises(ModelError, match="holds more than tensors"):
        pretrained(tmp_path / "code.pth")
    (tmp_path / "none.pth").write_bytes(b"nothing")
    with pytest.raises(ModelError):
        pretrained(tmp_path / "none.pth")
