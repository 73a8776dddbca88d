"""Checkpoints: what is saved comes back, and what is no checkpoint is refused in one line."""

import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from laban.core.clock import WholeClip
from laban.errors import ModelError, OutputError
from laban.features.spec import FeatureSpec
from laban.models.card import Head, ModelCard, Task
from laban.models.inputs import LandmarkInput
from laban.models.training.checkpoint import CARD, WEIGHTS, load_checkpoint, save_checkpoint
from laban.models.training.landmarks import build_network
from laban.models.training.torch_model import TorchModel
from laban.models.training.trained import Trained
from laban.models.training.training_settings import TrainingSettings
from laban.models.training.training_state import Epoch

SETTINGS = TrainingSettings(options={"units": 6}, heads="unified")
TASKS = (Task("fall", ("no", "fall"), "no"), Task("fight", ("no", "fight"), "no"))
CARD_VALUE = ModelCard(
    "safety",
    "lstm",
    LandmarkInput(FeatureSpec(skeleton="coco17"), WholeClip(8)),
    tuple(Head(task, temperature=1.5) for task in TASKS),
    {"licence": "CC0"},
)


def a_model() -> Trained:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        network = build_network(SETTINGS, CARD_VALUE).eval()
    history = (Epoch(1, 0.7, None, (None, 0.5), 1e-3, 0.1), Epoch(2, 0.6, 0.5, (0.9, 0.5), 1e-3, 0.1))
    return Trained(network, CARD_VALUE, SETTINGS, history, 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_checkpoint(a_model(), tmp_path / "run")
    return tmp_path / "run"


def test_all_of_a_model_comes_back(folder: Path) -> None:
    loaded, saved = load_checkpoint(folder), a_model()
    assert (loaded.card, loaded.settings, loaded.history, loaded.best_epoch) == (
        saved.card,
        saved.settings,
        saved.history,
        2,
    )
    values = np.random.default_rng(0).normal(size=(3, 8, 34)).astype(np.float32)
    one, other = TorchModel.of(load_checkpoint(folder)).run(values), TorchModel.of(saved).run(values)
    assert np.array_equal(one.logits[0], other.logits[0])
    assert np.array_equal(one.embedding, other.embedding)
    assert sorted(path.name for path in folder.iterdir()) == [CARD, WEIGHTS]


def _cut(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:-50])


def _of_another_model(folder: Path) -> None:
    other = replace(a_model(), settings=replace(SETTINGS, options={"units": 7}))
    save_checkpoint(
        replace(other, network=build_network(other.settings, CARD_VALUE)), folder.parent / "other"
    )
    (folder.parent / "other" / WEIGHTS).replace(folder / WEIGHTS)


def _card(change: Callable[[dict], object]) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        content = json.loads((folder / CARD).read_text())
        change(content)
        (folder / CARD).write_text(json.dumps(content))

    return write


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "no weights": (lambda folder: (folder / WEIGHTS).unlink(), "No such file"),
    "no card": (lambda folder: (folder / CARD).unlink(), "no checkpoint in"),
    "weights cut off": (_cut, "is not the file that its card was written for"),
    "weights of another model": (_of_another_model, "is not the file that its card was written for"),
    "card cut off": (lambda folder: (folder / CARD).write_text('{"card": '), "holds no JSON"),
    "card a list": (lambda folder: (folder / CARD).write_text("[]"), "holds no JSON object"),
    "card deeply nested": (lambda folder: (folder / CARD).write_text("[" * 100_000), "holds no JSON"),
    "card binary": (lambda folder: (folder / CARD).write_bytes(b"\xff\xfe\x00"), "holds no JSON"),
    "card empty": (lambda folder: (folder / CARD).write_text("{}"), "no card of a checkpoint"),
    "no settings": (_card(lambda card: card.pop("settings")), "no card of a checkpoint"),
    "unknown setting": (_card(lambda card: card["settings"].update(colour=1)), "no card of a checkpoint"),
    "history of something": (_card(lambda card: card.update(history=[3])), "no card of a checkpoint"),
    "another width": (
        _card(lambda card: card["settings"].update(options={"units": 7})),
        "do not belong to the network",
    ),
    "huge network": (
        _card(lambda card: card["settings"].update(options={"units": 10**12})),
        "no network that can be built",
    ),
    "huge window": (_card(lambda card: card["card"]["clock"].update(whole_clip=10**9)), "asks for windows"),
    "other task": (
        _card(lambda card: card["card"]["heads"][0]["labels"].append("x")),
        "do not belong to the network",
    ),
    "unknown architecture": (
        _card(lambda card: card["settings"].update(architecture="os.system")),
        "unknown architecture",
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_what_is_no_checkpoint_is_refused_in_one_line(name: str, folder: Path) -> None:
    damage, words = DAMAGES[name]
    damage(folder)
    with pytest.raises(ModelError, match=words) as caught:
        load_checkpoint(folder)
    assert "\n" not in str(caught.value)


def test_a_pickle_in_the_place_of_weights_does_not_run(folder: Path, tmp_path: Path) -> None:
    canary = tmp_path / "canary"

    class Bad:
        def __reduce__(self) -> tuple:
            return Path.touch, (canary,)

    torch.save({"weights": Bad()}, folder / WEIGHTS)
    _signed(folder)
    with pytest.raises(ModelError, match="no weights that can be read"):
        load_checkpoint(folder)
    (folder / WEIGHTS).write_bytes(pickle.dumps(Bad()))
    _signed(folder)
    with pytest.raises(ModelError, match="no weights that can be read"):
        load_checkpoint(folder)
    assert not canary.exists()


def test_numbers_that_are_not_finite_are_refused(folder: Path) -> None:
    tensors = load_file(folder / WEIGHTS)
    tensors["mean"][0] = float("nan")
    save_file(tensors, folder / WEIGHTS)
    _signed(folder)
    with pytest.raises(ModelError, match="not finite in 'mean'"):
        load_checkpoint(folder)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        save_checkpoint(a_model(), tmp_path / "file" / "run")


def _signed(folder: Path) -> None:
    """The card tells of the weights as they are now, as somebody who means harm would have it."""
    import hashlib

    digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    _card(lambda card: card.update(weights_sha256=digest))(folder)
