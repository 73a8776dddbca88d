"""VGG-16 without its three dense layers (Simonyan and Zisserman 2015, table 1, D)."""

from torch import nn

from laban.models.video.backbones import BackboneKind
from laban.models.video.backbones.frame import FrameBackbone

_BLOCKS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
"""Channels and convolutions of each block."""


class Vgg16(FrameBackbone):
    width = 512

    def __init__(self) -> None:
        super().__init__()
        parts, inward = [], 3
        for channels, count in _BLOCKS:
            steps: list[nn.Module] = []
            for _ in range(count):
                steps += [nn.Conv2d(inward, channels, 3, padding=1), nn.ReLU()]
                inward = channels
            parts.append(nn.Sequential(*steps, nn.MaxPool2d(2)))
        self.parts = nn.ModuleList(parts)


BACKBONE = BackboneKind("VGG-16", Vgg16)
