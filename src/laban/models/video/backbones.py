"""What sees each frame of a clip, by name: a network from images to features."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from torch import Tensor, nn

from laban.core.checks import choose
from laban.models.image.backbone import WIDTH, Backbone, pretrained


class Pooled(nn.Module):
    """The mean over places of what EfficientNet-Lite0 says of images (B, H, W, 3) of RGB 0 to 255: (B, 1280)."""

    width = WIDTH

    def __init__(self, backbone: Backbone | None = None) -> None:
        super().__init__()
        self.backbone = Backbone() if backbone is None else backbone

    @classmethod
    def pretrained(cls, path: Path) -> "Pooled":
        """With ImageNet's weights from the published file; raises ModelError where it holds something else."""
        return cls(pretrained(path))

    def forward(self, image: Tensor) -> Tensor:
        places: Tensor = self.backbone(image.permute(0, 3, 1, 2))
        return places.mean((2, 3))

    def train(self, mode: bool = True) -> "Pooled":  # noqa: ARG002
        """It stays as ImageNet left it."""
        super().train(False)
        return self


class Small(nn.Module):
    """Four blocks of convolution and pooling on images (B, 64, 64, 3) of RGB 0 to 255: (B, 64).

    It begins with nothing, as the LRCN of widely read tutorials does.
    """

    width = 64
    _BLOCKS = ((3, 16, 4), (16, 32, 4), (32, 64, 2), (64, 64, 2))

    def __init__(self) -> None:
        super().__init__()
        blocks: list[nn.Module] = []
        for inward, outward, pool in self._BLOCKS:
            blocks += [
                nn.Conv2d(inward, outward, 3, padding=1),
                nn.ReLU(),
                nn.MaxPool2d(pool),
                nn.Dropout(0.25),
            ]
        self.blocks = nn.Sequential(*blocks)

    def forward(self, image: Tensor) -> Tensor:
        features: Tensor = self.blocks(image.permute(0, 3, 1, 2) / 255)
        return features.mean((2, 3))


UNTRAINED: Mapping[str, Callable[[], nn.Module]] = MappingProxyType(
    {"efficientnet_lite0": Pooled, "small": Small}
)
"""The backbones by name, as they are before anything was learned."""


def untrained(name: str) -> nn.Module:
    """The backbone ``name`` without what it has learned; an unknown name raises with the nearest."""
    return choose(name, UNTRAINED, what="backbone")()
