"""MobileNetV2 (Sandler et al. 2018, table 2)."""

from torch import Tensor, nn

from laban.models.video.backbones import BackboneKind
from laban.models.video.backbones.frame import FrameBackbone, normalised

_STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""How much wider a block is inside, its channels, the number of blocks, and the stride of the first."""
_STEM, _HEAD = 32, 1280


class _Block(nn.Module):
    def __init__(self, inward: int, outward: int, *, stride: int, expand: int) -> None:
        super().__init__()
        wide = inward * expand
        steps: list[nn.Module] = [*normalised(inward, wide, 1), nn.ReLU6()] if expand > 1 else []
        steps += [*normalised(wide, wide, 3, stride=stride, groups=wide), nn.ReLU6()]
        self.steps = nn.Sequential(*steps, *normalised(wide, outward, 1))
        self.residual = stride == 1 and inward == outward

    def forward(self, values: Tensor) -> Tensor:
        out: Tensor = self.steps(values)
        return out + values if self.residual else out


class MobileNetV2(FrameBackbone):
    width = _HEAD
    last = 2

    def __init__(self) -> None:
        super().__init__()
        parts: list[nn.Module] = [nn.Sequential(*normalised(3, _STEM, 3, stride=2), nn.ReLU6())]
        inward = _STEM
        for expand, outward, repeats, stride in _STAGES:
            for index in range(repeats):
                parts.append(_Block(inward, outward, stride=stride if index == 0 else 1, expand=expand))
                inward = outward
        parts.append(nn.Sequential(*normalised(inward, _HEAD, 1), nn.ReLU6()))
        self.parts = nn.ModuleList(parts)


BACKBONE = BackboneKind("MobileNetV2", MobileNetV2)
