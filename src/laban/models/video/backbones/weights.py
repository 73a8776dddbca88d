"""Weights that others have published or trained, into a backbone, without running their code."""

from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path

import torch
from torch import Tensor

from laban.errors import ModelError
from laban.models.training.weights_file import MOST_BYTES, read_state_dict, read_weights
from laban.models.video.backbones import BackboneKind
from laban.models.video.backbones.frame import FrameBackbone
from laban.models.video.backbones.tensor_order import in_order

_COUNTS = "num_batches_tracked"

Layers = dict[str, dict[str, Tensor]]
"""The tensors of each layer, such as ``weight`` and ``bias``, by its name."""


def with_weights(kind: BackboneKind, path: Path) -> FrameBackbone:
    """The backbone with the weights in a file: safetensors, or what ``torch.save`` makes of a state dict.

    Layers are taken in the order of the network, so that weights of torchvision, of timm and of training scripts
    serve; those that follow, such as the layer of ImageNet's classes, are left out. Raises ModelError in one line
    for weights of another network, and for a file that is damaged or holds more than tensors.
    """
    backbone = kind.build()
    own, theirs = _layers(backbone.state_dict()), read_layers(path)
    found: dict[str, Tensor] = {}
    for (name, layer), other in zip_longest(own.items(), list(theirs.items())[: len(own)]):
        if other is None:
            raise _other_network(kind, path, f"it has {len(theirs)} layers, expected {len(own)}")
        for leaf, tensor in layer.items():
            given = other[1].get(leaf)
            if given is None or given.shape != tensor.shape:
                shape = "no such tensor" if given is None else str(tuple(given.shape))
                named = f"{other[0]}.{leaf}".removeprefix(".")
                raise _other_network(kind, path, f"{named}: {shape}, expected {tuple(tensor.shape)}")
            if not bool(torch.isfinite(given).all()):
                raise ModelError(
                    f"{path} holds numbers that are not finite in {other[0]}.{leaf}; export it again"
                )
            found[f"{name}.{leaf}"] = given
    backbone.load_state_dict(found, strict=False)
    backbone.eval()
    return backbone


def read_layers(path: Path) -> Layers:
    """The tensors of a file by layer, in the order of the network. Raises ModelError for anything else."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(9)
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}") from error
    if size > MOST_BYTES:
        raise ModelError(f"{path} is larger than weights may be ({MOST_BYTES} bytes)")
    if head[8:] == b"{":
        layers = _layers(read_weights(path)[0])
        return {name: layers[name] for name in in_order(layers)}
    return _layers(
        read_state_dict(path, advice="save the state_dict of the network, or safetensors", nested=True)
    )


def _layers(tensors: Mapping[str, Tensor]) -> Layers:
    layers: Layers = {}
    for name, tensor in tensors.items():
        layer, _, leaf = name.rpartition(".")
        if leaf != _COUNTS:
            layers.setdefault(layer, {})[leaf] = tensor
    shared = _shared({layer.split(".")[0] for layer in layers})
    return {layer.removeprefix(shared): one for layer, one in layers.items()}


def _shared(firsts: set[str]) -> str:
    """What all names begin with, such as ``module.`` of parallel training."""
    (only, *more) = firsts or {""}
    return "" if more or only in ("features", "parts") else f"{only}."


def _other_network(kind: BackboneKind, path: Path, why: str) -> ModelError:
    return ModelError(
        f"{path} does not hold the weights of {kind.title} ({why}); say with --backbone what it holds"
    )
