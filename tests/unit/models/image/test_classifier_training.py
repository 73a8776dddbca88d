"""The classifier learns what can be learned, goes on where it was stopped, and reads only what it should."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from torch import nn

from laban.errors import ModelError
from laban.models.card import Task
from laban.models.image.backbone import WIDTH, Backbone, pretrained
from laban.models.image.classifier import Classifier, before
from laban.models.image.settings import ImageTrainingSettings
from laban.models.image.training import PreparedImages, train_images
from laban.models.image.view import View
from laban.models.inputs import ImageInput
from laban.models.training.checkpoint import load_checkpoint, save_checkpoint
from laban.models.training.loop import TrainingProgress
from laban.models.training.torch_model import TorchModel

TASK = Task("class", ("dark", "light"))
FROZEN = ImageTrainingSettings(tune="frozen", head_epochs=6, versions=1, batch=8, threads=1, head_rate=1e-2)


def features(*, count: int = 24, seed: int = 0) -> PreparedImages:
    """What a frozen backbone might say: the two classes lie apart in the first numbers."""
    source = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    values = source.normal(size=(1, count, WIDTH)).astype(np.float32) * 0.01
    values[0, :, :40] += labels[:, None]
    return PreparedImages(torch.from_numpy(values), labels[None])


@pytest.fixture(scope="module")
def backbone() -> Backbone:
    torch.manual_seed(0)
    return Backbone().eval()


def test_a_frozen_backbone_leaves_only_the_head_to_learn(backbone: Backbone) -> None:
    kept = {name: value.clone() for name, value in backbone.state_dict().items()}
    longer = replace(FROZEN, head_epochs=40)
    done = train_images(lambda: backbone, TASK, features(), features(seed=1), longer)
    assert done.history[done.best_epoch - 1].accuracy == (1.0,)
    assert all(torch.equal(value, kept[name]) for name, value in done.network.backbone.state_dict().items())
    assert len(done.history) == 40


class StoppedError(Exception):
    pass


def stop_after(epoch: int) -> Callable[[TrainingProgress], None]:
    def stop(progress: TrainingProgress) -> None:
        if progress.epoch.number == epoch:
            raise StoppedError

    return stop


def images(*, count: int = 8, seed: int = 0) -> PreparedImages:
    """What eleven parts of a backbone might make of images in two forms, small in the plane."""
    source = np.random.default_rng(seed)
    values = source.normal(size=(2, count, 112, 3, 3)).astype(np.float32)
    labels = np.arange(count) % 2
    values[:, labels == 1] += 0.5
    return PreparedImages(torch.from_numpy(values), np.stack([labels, labels]))


TUNED = ImageTrainingSettings(
    tune="partly", head_epochs=3, tune_epochs=3, versions=2, batch=4, threads=1, head_rate=1e-2
)


@pytest.mark.parametrize("epoch", [2, 3, 4])
def test_an_interrupted_training_ends_with_the_same_weights(tmp_path: Path, epoch: int) -> None:
    """Within the first stage, between the two and within the second; the optimiser's memory is kept too."""

    def backbone() -> Backbone:
        torch.manual_seed(3)
        return Backbone().eval()

    file, data = tmp_path / "state.safetensors", (images(), images(seed=1))
    with pytest.raises(StoppedError):
        train_images(backbone, TASK, *data, TUNED, resume=file, progress=stop_after(epoch))
    seen: list[int] = []
    resumed = train_images(
        backbone, TASK, *data, TUNED, resume=file, progress=lambda one: seen.append(one.epoch.number)
    )
    whole = train_images(backbone, TASK, *data, TUNED)
    assert seen == list(range(epoch + 1, 7))
    assert resumed.best_epoch == whole.best_epoch
    assert [one.train_loss for one in resumed.history] == [one.train_loss for one in whole.history]
    ends = zip(resumed.network.state_dict().values(), whole.network.state_dict().values(), strict=True)
    assert all(torch.equal(one, other) for one, other in ends)


def test_a_state_of_other_images_is_refused(backbone: Backbone, tmp_path: Path) -> None:
    file = tmp_path / "state.safetensors"
    train_images(lambda: backbone, TASK, features(), None, FROZEN, resume=file, data="a")
    with pytest.raises(ModelError, match="other examples or settings; delete it"):
        train_images(lambda: backbone, TASK, features(), None, FROZEN, resume=file, data="b")


def test_a_checkpoint_holds_the_classifier_and_its_card(backbone: Backbone, tmp_path: Path) -> None:
    settings = replace(FROZEN, head_epochs=1)
    trained = train_images(lambda: backbone, TASK, features(), None, settings, view=View(whose="whole"))
    save_checkpoint(trained, tmp_path)
    loaded = load_checkpoint(tmp_path)
    assert (loaded.card, loaded.settings, loaded.history) == (trained.card, settings, trained.history)
    assert loaded.card.input == ImageInput(View(whose="whole"))
    image = np.random.default_rng(0).integers(0, 255, (1, 224, 224, 3), dtype=np.uint8)
    one, other = TorchModel.of(loaded).run(image), TorchModel.of(trained).run(image)
    assert np.array_equal(one.logits[0], other.logits[0])
    assert one.places is not None
    assert one.places.shape == (1, 7, 7, 2)
    assert one.embedding.shape == (1, 0)


def test_frozen_parts_and_the_rest_make_the_whole(backbone: Backbone) -> None:
    image = np.random.default_rng(0).integers(0, 255, (1, 224, 224, 3), dtype=np.uint8)
    classifier = Classifier(backbone, TASK).eval()
    with torch.no_grad():
        logits, places = classifier(torch.from_numpy(image).float())
        parted = classifier.heads(classifier.embedding(before(backbone, image, parts=12), parts=12))
    assert places.shape == (1, 7, 7, 2)
    torch.testing.assert_close(logits, places.mean((1, 2)), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(logits, parted, atol=1e-4, rtol=1e-4)


def test_the_backbone_has_the_published_form(backbone: Backbone) -> None:
    assert len(backbone.parts) == 1 + 16 + 1
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
