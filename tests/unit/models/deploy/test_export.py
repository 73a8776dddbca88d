"""Exported models: one file with its card, as good as the network it was, and nothing else is taken for one."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from laban.core.clock import WholeClip
from laban.errors import InvalidValueError, ModelError
from laban.features.spec import FeatureSpec
from laban.models.card import Head, ModelCard, Task
from laban.models.deploy import export as exporting
from laban.models.deploy.convert import to_lite
from laban.models.deploy.export import MOST_DIFFERENCE, Exported, Shown, export
from laban.models.deploy.litert_model import CARD_MEMBER, read_card, with_card, without_card
from laban.models.deploy.loading import load_lite_model
from laban.models.examples import UNLABELLED, Clip, Examples
from laban.models.inputs import LandmarkInput
from laban.models.training.landmarks import build_network
from laban.models.training.torch_model import TorchModel
from laban.models.training.trained import Trained
from laban.models.training.training_settings import TrainingSettings

ROWS, SPEC = 8, FeatureSpec(skeleton="coco17")
TASKS = (Task("fall", ("no", "fall"), "no"), Task("fight", ("no", "fight"), "no"))
CARD = ModelCard("safety", "lstm", LandmarkInput(SPEC, WholeClip(ROWS)), tuple(Head(task) for task in TASKS))


def some(count: int = 40) -> Examples:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(count, ROWS, SPEC.width))
    values[rng.random(values.shape) < 0.1] = np.nan
    labels = np.stack([rng.integers(0, 2, count), np.full(count, UNLABELLED)], axis=1)
    zeros = np.zeros(count, dtype=int)
    return Examples(
        SPEC, WholeClip(ROWS), TASKS, (Clip("a", "a"),), values, labels, zeros, zeros, zeros * 1.0
    )


@pytest.fixture(scope="module")
def trained() -> Trained:
    settings = TrainingSettings(architecture="lstm", options={"units": 32})
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        network = build_network(settings, CARD).eval()
    network.normalize_by(some().values)
    return Trained(network, CARD, settings, (), 0)


@pytest.fixture(scope="module")
def converted(trained: Trained) -> bytes:
    return to_lite(trained.network, trained.card)


@pytest.fixture(scope="module")
def exported(trained: Trained, converted: bytes, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    path = tmp_path_factory.mktemp("model") / "model.tflite"
    return export(trained, path, shown=Shown.of(some()), converted=converted)


def test_an_exported_model_agrees_with_pytorch(exported: Exported, trained: Trained) -> None:
    assert exported.max_difference <= 1e-6
    assert (exported.scheme, exported.examples) == ("float32", 40)
    assert exported.accuracy_change == (0.0, None)
    assert exported.size_bytes == exported.path.stat().st_size
    one, other = load_lite_model(exported.path).run(some().values), TorchModel.of(trained).run(some().values)
    np.testing.assert_allclose(one.logits[1], other.logits[1], atol=1e-5)
    np.testing.assert_allclose(one.embedding, other.embedding, atol=1e-5)


def test_a_model_in_8_bits_is_smaller_and_nearly_as_good(
    exported: Exported, trained: Trained, converted: bytes
) -> None:
    small = export(
        trained,
        exported.path.parent / "small.tflite",
        shown=Shown.of(some()),
        precision="int8",
        converted=converted,
    )
    assert small.scheme in ("static int8", "dynamic int8")
    assert small.size_bytes < exported.size_bytes
    assert 0 < small.max_difference < 0.05
    assert load_lite_model(small.path).card.about["export"]["scheme"] == small.scheme


def test_a_file_that_differs_is_not_written(
    trained: Trained, converted: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST_DIFFERENCE", 0.0)
    with pytest.raises(ModelError, match="differs from PyTorch by"):
        export(trained, tmp_path / "m.tflite", shown=Shown.of(some()), converted=converted)
    assert list(tmp_path.iterdir()) == []
    assert MOST_DIFFERENCE == 1e-4


def test_an_export_without_windows_is_refused(trained: Trained, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="real examples; none were given"):
        export(trained, tmp_path / "m.tflite", shown=Shown.of(some(0)))


def test_the_card_travels_behind_the_network(exported: Exported, converted: bytes) -> None:
    content = exported.path.read_bytes()
    assert content.startswith(converted)
    assert without_card(content) == converted
    assert read_card(content, name="m").tasks == TASKS
    other = with_card(content, replace(CARD, name="other"))
    assert read_card(other, name="m").name == "other"
    assert without_card(other) == converted
    assert zipfile.ZipFile(io.BytesIO(other)).namelist() == [CARD_MEMBER]


def test_an_unreasonable_number_of_threads_is_refused(exported: Exported) -> None:
    with pytest.raises(InvalidValueError, match="threads must be at least 1"):
        load_lite_model(exported.path, threads=0)


def _with_member(network: bytes, name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    file.write(network)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def _wider(network: bytes) -> bytes:
    return with_card(network, replace(CARD, input=LandmarkInput(FeatureSpec(), WholeClip(ROWS))))


def _more_labels(network: bytes) -> bytes:
    return with_card(network, replace(CARD, heads=(Head(Task("x", ("a", "b", "c"))), *CARD.heads)))


BAD: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", "carries no card"),
    "text": (lambda _: b"not a model at all", "carries no card"),
    "network without card": (lambda network: network, "carries no card"),
    "another zip": (lambda network: _with_member(network, "other.json", b"{}"), "carries no card"),
    "card of nonsense": (
        lambda network: _with_member(network, CARD_MEMBER, b"{]"),
        "card in .* cannot be read",
    ),
    "card of bytes": (
        lambda network: _with_member(network, CARD_MEMBER, b"\xff\x00"),
        "card in .* cannot be read",
    ),
    "card of nothing": (
        lambda network: _with_member(network, CARD_MEMBER, b"{}"),
        "card in .* cannot be read",
    ),
    "card too deep": (
        lambda network: _with_member(network, CARD_MEMBER, b"[" * 100_000),
        "card in .* cannot be read",
    ),
    "card that unpacks without end": (
        lambda network: _with_member(network, CARD_MEMBER, b" " * 2**25),
        "larger than a card may be",
    ),
    "card of other features": (
        _wider,
        r"does not fit its network: \w+ is \(1, 8, 34\), expected \(1, 8, 66\)",
    ),
    "card of other labels": (
        _more_labels,
        r"does not fit its network: logits is \(1, 4\), expected \(1, 7\)",
    ),
    "card before nothing": (lambda _: with_card(b"", CARD), "cannot be loaded by LiteRT"),
    "card before noise": (
        lambda network: with_card(np.random.default_rng(0).bytes(len(network)), CARD),
        "cannot be loaded by LiteRT",
    ),
    "network cut off": (lambda network: with_card(network[: len(network) // 2], CARD), "cannot be loaded by"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_model_is_refused_in_one_line(name: str, converted: bytes, tmp_path: Path) -> None:
    make, words = BAD[name]
    path = tmp_path / "model.tflite"
    path.write_bytes(make(converted))
    with pytest.raises(ModelError, match=words) as caught:
        load_lite_model(path)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600


def test_a_damaged_member_is_refused(exported: Exported, tmp_path: Path) -> None:
    content = bytearray(exported.path.read_bytes())
    place = without_card(bytes(content)).__len__() + 60
    content[place : place + 40] = b"\x00" * 40
    path = tmp_path / "model.tflite"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="card"):
        load_lite_model(path)


def test_a_file_that_is_not_there_or_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model can be read from .*No such file"):
        load_lite_model(tmp_path / "none.tflite")
    with (tmp_path / "huge.tflite").open("wb") as file:
        file.truncate(2**29)
    with pytest.raises(ModelError, match="larger than a model may be"):
        load_lite_model(tmp_path / "huge.tflite")
