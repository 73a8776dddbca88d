"""Four blocks of convolution and pooling that begin with nothing, as the LRCN of widely read tutorials does."""

from torch import nn

from laban.models.video.backbones import BackboneKind
from laban.models.video.backbones.frame import FrameBackbone

_BLOCKS = ((3, 16, 4), (16, 32, 4), (32, 64, 2), (64, 64, 2))


class Small(FrameBackbone):
    """For images of 64 by 64 pixels."""

    width = 64
    centre, scale = (0.0,) * 3, (255.0,) * 3

    def __init__(self) -> None:
        super().__init__()
        self.parts = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(inward, outward, 3, padding=1), nn.ReLU(), nn.MaxPool2d(pool), nn.Dropout(0.25)
            )
            for inward, outward, pool in _BLOCKS
        )

    def train(self, mode: bool = True) -> "Small":
        """Parts of what it sees are left out in training."""
        nn.Module.train(self, mode)
        return self


BACKBONE = BackboneKind("small", Small)
