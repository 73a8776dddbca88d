"""EfficientNet-Lite0 (Tan and Le 2019, table 1, the Lite variant)."""

from torch import nn

from laban.models.image.backbone import CENTRE, SCALE, WIDTH, Backbone
from laban.models.video.backbones import BackboneKind
from laban.models.video.backbones.frame import FrameBackbone


class EfficientNetLite0(FrameBackbone):
    width = WIDTH
    last = 2
    centre, scale = (CENTRE,) * 3, (SCALE,) * 3

    def __init__(self) -> None:
        super().__init__()
        self.parts: nn.ModuleList = Backbone().parts


BACKBONE = BackboneKind("EfficientNet-Lite0", EfficientNetLite0)
