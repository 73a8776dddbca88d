"""ResNet-50 (He et al. 2016)."""

from laban.models.video.backbones import BackboneKind
from laban.models.video.backbones.residual import ResNet, three


def resnet50() -> ResNet:
    """Before it has learned anything."""
    return ResNet(three, (3, 4, 6, 3))


BACKBONE = BackboneKind("ResNet-50", resnet50)
