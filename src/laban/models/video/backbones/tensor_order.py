"""The order in which a network uses its layers, from their names: safetensors keeps tensors by name."""

import re
from collections.abc import Collection, Iterable

_LAYER = re.compile(r"(conv|bn|norm|layer|stage)(\d+)")
_DEPTHWISE = {"conv_stem": 0, "conv_pw": 1, "conv_dw": 2, "conv_pwl": 3}
"""In timm's inverted residuals; its first block, which does not widen, has no conv_pwl and begins with conv_dw."""
_LATE = ("downsample", "shortcut")
_LAST = ("conv_head", "fc", "classifier", "head", "pre_logits")


def in_order(layers: Collection[str]) -> list[str]:
    """Names of layers as torchvision and timm give them, in the order of their networks.

    >>> in_order(["bn1", "conv1", "fc", "layer1.0.bn1", "layer1.0.conv1", "layer1.0.downsample.0"])
    ['conv1', 'bn1', 'layer1.0.conv1', 'layer1.0.bn1', 'layer1.0.downsample.0', 'fc']
    >>> in_order(["features.10", "features.2"])
    ['features.2', 'features.10']
    """
    return sorted(layers, key=lambda name: tuple(_ranks(name, layers)))


def _ranks(name: str, layers: Collection[str]) -> Iterable[tuple[int, int, int, str]]:
    block = name.rpartition(".")[0]
    for part in name.split("."):
        found = _LAYER.fullmatch(part)
        if part.isdecimal():
            yield 1, int(part), 0, ""
        elif name == "bn2" and "conv_head" in layers:  # timm's last normalisation
            yield 5, 0, 1, ""
        elif found:
            yield (1 if found[1] in ("conv", "bn", "norm") else 2), int(found[2]), found[1] != "conv", ""
        elif part in _DEPTHWISE:
            at = _DEPTHWISE[part]
            if f"{block}.conv_pwl" not in layers and part in ("conv_pw", "conv_dw"):
                at = 3 - at
            yield 1, at, 0, ""
        elif part in _LATE:
            yield 4, 0, 0, part
        elif part in _LAST:
            yield 5, _LAST.index(part), 0, ""
        else:
            yield 3, 0, 0, part
