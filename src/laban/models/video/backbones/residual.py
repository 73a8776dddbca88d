"""Residual networks of two and three convolutions a block (He et al. 2016, table 1)."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from laban.models.video.backbones.frame import FrameBackbone, normalised

_STEM = 64
_CHANNELS = (64, 128, 256, 512)
_WIDER = 4
"""How much wider a block of three convolutions is at its end."""


def two(inward: int, channels: int, stride: int) -> tuple[nn.Sequential, int]:
    """Two convolutions of 3 by 3, and how many channels come of them."""
    steps = [*normalised(inward, channels, 3, stride=stride), nn.ReLU(), *normalised(channels, channels, 3)]
    return nn.Sequential(*steps), channels


def three(inward: int, channels: int, stride: int) -> tuple[nn.Sequential, int]:
    """Narrow, convolve, widen; the stride lies in the middle, as in published weights."""
    outward = channels * _WIDER
    steps = [
        *normalised(inward, channels, 1),
        nn.ReLU(),
        *normalised(channels, channels, 3, stride=stride),
        nn.ReLU(),
        *normalised(channels, outward, 1),
    ]
    return nn.Sequential(*steps), outward


class Block(nn.Module):
    """What is added to the input, and the input where its shape changes."""

    def __init__(self, steps: nn.Sequential, shortcut: nn.Sequential) -> None:
        super().__init__()
        self.steps, self.shortcut = steps, shortcut

    def forward(self, values: Tensor) -> Tensor:
        return torch.relu(self.steps(values) + self.shortcut(values))


class ResNet(FrameBackbone):
    """Stem, and four stages of ``repeats`` blocks, each block a part."""

    last = 2

    def __init__(
        self, block: Callable[[int, int, int], tuple[nn.Sequential, int]], repeats: Sequence[int]
    ) -> None:
        super().__init__()
        parts: list[nn.Module] = [
            nn.Sequential(*normalised(3, _STEM, 7, stride=2), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
        ]
        inward = _STEM
        for stage, (channels, count) in enumerate(zip(_CHANNELS, repeats, strict=True)):
            for index in range(count):
                stride = 2 if stage and not index else 1
                steps, outward = block(inward, channels, stride)
                changes = stride > 1 or inward != outward
                shortcut = normalised(inward, outward, 1, stride=stride) if changes else []
                parts.append(Block(steps, nn.Sequential(*shortcut)))
                inward = outward
        self.parts = nn.ModuleList(parts)
        self.width = inward
