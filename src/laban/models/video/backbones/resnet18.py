"""ResNet-18 (He et al. 2016)."""

from laban.models.video.backbones import BackboneKind
from laban.models.video.backbones.residual import ResNet, two


def resnet18() -> ResNet:
    """Before it has learned anything."""
    return ResNet(two, (2, 2, 2, 2))


BACKBONE = BackboneKind("ResNet-18", resnet18)
