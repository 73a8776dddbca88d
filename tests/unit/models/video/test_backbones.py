"""Backbones by name, their parts, and weights that come from elsewhere."""

import pickle
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from laban.core.clock import WindowSpec
from laban.errors import ModelError
from laban.models.card import Task
from laban.models.image.settings import Tune
from laban.models.inputs import ClipInput
from laban.models.video.backbones import BACKBONES, backbone_kind, untrained
from laban.models.video.backbones.frame import Before, FrameBackbone
from laban.models.video.backbones.tensor_order import in_order
from laban.models.video.backbones.weights import with_weights
from laban.models.video.settings import ClipTrainingSettings
from laban.models.video.training import PreparedClips, frozen_parts, logits_of, train_clips

PARAMETERS = {
    "efficientnet_lite0": 3_371_008,
    "mobilenet_v2": 2_223_872,
    "resnet18": 11_176_512,
    "resnet50": 23_508_032,
    "vgg16": 14_714_688,
}
"""As published, without the layer of the classes (torchvision's documentation; Liu et al. for the Lite variant)."""


def layers_of(name: str) -> Iterator[str]:
    """The layers of torchvision's network of this name, in its order."""
    if name == "vgg16":
        yield from (f"features.{index}" for index in (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28))
        return
    if name == "mobilenet_v2":
        yield from ("features.0.0", "features.0.1")
        yield from (f"features.1.conv.{one}" for one in ("0.0", "0.1", "1", "2"))
        for block in range(2, 18):
            yield from (f"features.{block}.conv.{one}" for one in ("0.0", "0.1", "1.0", "1.1", "2", "3"))
        yield from ("features.18.0", "features.18.1")
        return
    yield from ("conv1", "bn1")
    counts, steps = ((2, 2, 2, 2), 2) if name == "resnet18" else ((3, 4, 6, 3), 3)
    for layer, count in enumerate(counts, start=1):
        for block in range(count):
            for step in range(1, steps + 1):
                yield from (f"layer{layer}.{block}.conv{step}", f"layer{layer}.{block}.bn{step}")
            if block == 0 and (layer > 1 or steps == 3):
                yield from (f"layer{layer}.0.downsample.{one}" for one in (0, 1))


def timm_mobilenet() -> Iterator[str]:
    """The same of timm's MobileNetV2."""
    yield from ("conv_stem", "bn1")
    yield from (f"blocks.0.0.{one}" for one in ("conv_dw", "bn1", "conv_pw", "bn2"))
    for stage, count in enumerate((2, 3, 4, 3, 3, 1), start=1):
        for block in range(count):
            steps = ("conv_pw", "bn1", "conv_dw", "bn2", "conv_pwl", "bn3")
            yield from (f"blocks.{stage}.{block}.{one}" for one in steps)
    yield from ("conv_head", "bn2")


def random_weights(backbone: FrameBackbone) -> dict[str, Tensor]:
    source = torch.Generator().manual_seed(0)
    return {
        name: torch.rand(one.shape, generator=source) + 0.1
        for name, one in backbone.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }


def called(tensors: dict[str, Tensor], layers: list[str], *, before: str = "") -> dict[str, Tensor]:
    """The tensors under other names for their layers."""
    own = list(dict.fromkeys(name.rpartition(".")[0] for name in tensors))
    assert len(own) == len(layers)
    new = dict(zip(own, layers, strict=True))
    return {
        f"{before}{new[layer]}.{leaf}": one
        for name, one in tensors.items()
        for layer, _, leaf in [name.rpartition(".")]
    }


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_backbone_has_the_published_size(name: str) -> None:
    backbone = untrained(name)
    assert sum(one.numel() for one in backbone.parameters()) == PARAMETERS[name]
    with torch.no_grad():
        assert backbone(torch.full((2, 64, 96, 3), 100.0)).shape == (2, backbone.width)


@pytest.mark.parametrize("name", BACKBONES)
def test_first_and_last_parts_give_what_the_whole_gives(name: str) -> None:
    backbone = untrained(name).eval()
    image = torch.from_numpy(np.random.default_rng(0).uniform(0, 255, (1, 64, 96, 3)).astype(np.float32))
    parts = len(backbone.parts) - backbone.last
    with torch.no_grad():
        both = backbone.after(Before(backbone, parts)(image), parts=parts)
        assert torch.equal(both, backbone(image))


@pytest.mark.parametrize(
    ("name", "before", "form"),
    [
        ("mobilenet_v2", "", "safetensors"),
        ("mobilenet_v2", "module.", "checkpoint"),
        ("resnet18", "", "state_dict"),
        ("resnet18", "module.", "safetensors"),
        ("resnet50", "", "safetensors"),
        ("vgg16", "", "safetensors"),
    ],
)
def test_weights_named_as_torchvision_names_them_are_read(
    tmp_path: Path, name: str, before: str, form: str
) -> None:
    kind, path = backbone_kind(name), tmp_path / "weights"
    wanted = random_weights(kind.build())
    given = called(wanted, list(layers_of(name)), before=before)
    given |= {f"{before}fc.weight": torch.ones(1000, 8), f"{before}fc.bias": torch.ones(1000)}
    if form == "safetensors":
        save_file(given, path)
    else:
        torch.save(given if form == "state_dict" else {"epoch": 3, "state_dict": given}, path)
    found = with_weights(kind, path).state_dict()
    assert all(torch.equal(found[key], one) for key, one in wanted.items())


def test_weights_of_timm_are_read(tmp_path: Path) -> None:
    kind, path = backbone_kind("mobilenet_v2"), tmp_path / "model.safetensors"
    wanted = random_weights(kind.build())
    classes = {"classifier.weight": torch.ones(1000, 1280), "classifier.bias": torch.ones(1000)}
    save_file(called(wanted, list(timm_mobilenet())) | classes, path)
    found = with_weights(kind, path).state_dict()
    assert all(torch.equal(found[key], one) for key, one in wanted.items())


@pytest.mark.parametrize("name", ["mobilenet_v2", "resnet18", "resnet50", "vgg16"])
def test_layers_are_put_in_order(name: str) -> None:
    layers = list(layers_of(name))
    assert in_order(sorted(layers)) == layers


@pytest.mark.parametrize(
    "content", ["other", "short", "empty", "text", "object", "canary", "nan", "list", "cut"]
)
def test_weights_that_do_not_serve_are_refused_in_one_line(tmp_path: Path, content: str) -> None:
    kind, path = backbone_kind("resnet18"), tmp_path / "weights.pth"
    good = called(random_weights(kind.build()), list(layers_of("resnet18")))
    canary = tmp_path / "canary"
    made: dict[str, object] = {
        "other": random_weights(untrained("mobilenet_v2")),
        "short": dict(list(good.items())[:20]),
        "nan": {**good, "conv1.weight": torch.full((64, 3, 7, 7), torch.nan)},
        "object": {"weights": untrained("small")},
        "list": [1, 2, 3],
    }
    if content in made:
        torch.save(made[content], path)
    elif content == "canary":
        path.write_bytes(pickle.dumps(Touches(str(canary))))
    else:
        torch.save(good, path)
        whole = path.read_bytes()
        path.write_bytes(
            {"empty": b"", "text": b"weights, I promise\n", "cut": whole[: len(whole) // 2]}[content]
        )
    with pytest.raises(ModelError) as refused:
        with_weights(kind, path)
    assert "\n" not in str(refused.value)
    assert str(path) in str(refused.value)
    assert not canary.exists()


class Touches:
    """Pickled, it writes a file when it is read by anything that runs what a pickle says."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (self.path, "w")


def test_a_missing_file_of_weights_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        with_weights(backbone_kind("vgg16"), tmp_path / "none.pth")


GIVEN = ClipInput(WindowSpec(length_s=1.0, fps=4.0, hop_s=0.5), (32, 32))


@pytest.mark.parametrize("tune", ["frozen", "partly", "free"])
def test_what_is_tuned_learns_and_nothing_else(tune: Tune) -> None:
    torch.manual_seed(0)
    start = untrained("mobilenet_v2").eval()
    settings = ClipTrainingSettings(
        network="mean", backbone="mobilenet_v2", tune=tune, epochs=3, batch=4, threads=1, backbone_rate=1.0
    )
    frozen = frozen_parts(start, settings)
    source = np.random.default_rng(0)
    pixels = source.integers(0, 256, (8, 4, 32, 32, 3), dtype=np.uint8)
    forms: np.ndarray = pixels
    if tune != "free":
        seen = [start.before(torch.from_numpy(clip).float(), parts=frozen) for clip in pixels]
        forms = (
            torch.stack([one.mean((2, 3)) if tune == "frozen" else one.half() for one in seen])
            .detach()
            .numpy()
        )
    clips = PreparedClips(forms[None], np.arange(8) % 2)

    def frame() -> FrameBackbone:
        made = untrained("mobilenet_v2")
        made.load_state_dict(start.state_dict())
        return made

    trained = train_clips(frame, Task("action", ("a", "b")), clips, None, settings, given=GIVEN)
    before, after = start.state_dict(), trained.network.frame.state_dict()
    changed = {int(name.split(".")[1]) for name in before if not torch.allclose(before[name], after[name])}
    assert changed == set(range(frozen, len(start.parts)))
    for name in before:
        if "running" in name:
            assert torch.allclose(before[name], after[name]), name
    np.testing.assert_allclose(
        logits_of(trained, forms), logits_of(trained, pixels), atol=2e-2 if tune == "partly" else 1e-4
    )


def test_parts_are_numbered_from_first_to_last() -> None:
    for name in PARAMETERS:
        counts = [
            frozen_parts(untrained(name), ClipTrainingSettings(backbone=name, tune=tune))
            for tune in ("free", "partly", "frozen")
        ]
        assert counts[0] == 0
        assert all(one < other for one, other in pairwise(counts))
