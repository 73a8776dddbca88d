"""EfficientNet-Lite0 with the published ImageNet weights.

Tan and Le 2019, table 1, without squeeze and excitation, with ReLU6, stem and head of fixed width: the Lite
variant. Convolutions are padded as TensorFlow's "SAME" does, because the weights were trained that way: at stride 2
on an even side there is one pixel more to the right and below.
"""

from pathlib import Path
from typing import NamedTuple

from laban.errors import MissingExtraError, ModelError

try:
    from torch import Tensor, nn

    from laban.models.training.weights_file import read_state_dict
except ImportError as error:
    raise MissingExtraError(
        "a classifier of images is trained with PyTorch; get it with: pip install 'laban[train]'"
    ) from error

WIDTH = 1280
"""Numbers per position of the 7 by 7 feature map."""

_STEM = 32
CENTRE, SCALE = 127.0, 128.0
"""What is subtracted from pixels of 0 to 255, and what they are then divided by."""
_EPSILON = 1e-3


class Stage(NamedTuple):
    """``repeats`` blocks of ``kernel``; the first has ``stride``; ``expand`` widens within a block."""

    repeats: int
    kernel: int
    stride: int
    expand: int
    channels: int


STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)


class Same(nn.Conv2d):
    """A convolution padded so that n pixels at stride s give ceil(n / s)."""

    def __init__(self, inward: int, outward: int, kernel: int, *, stride: int = 1, groups: int = 1) -> None:
        padding = (kernel - 1) // 2 if stride == 1 else 0
        super().__init__(inward, outward, kernel, stride, padding, groups=groups, bias=False)

    def forward(self, values: Tensor) -> Tensor:
        if self.stride[0] > 1:
            missing = self.kernel_size[0] - self.stride[0]
            values = nn.functional.pad(values, (missing // 2, missing - missing // 2) * 2)
        return super().forward(values)


def _normalised(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=_EPSILON, momentum=0.01)


class Block(nn.Module):
    """An inverted residual: widen, convolve each channel, narrow; the input is added where shapes agree."""

    def __init__(self, inward: int, stage: Stage, *, stride: int) -> None:
        super().__init__()
        wide = inward * stage.expand
        steps: list[nn.Module] = []
        if stage.expand > 1:
            steps += [nn.Conv2d(inward, wide, 1, bias=False), _normalised(wide), nn.ReLU6()]
        steps += [Same(wide, wide, stage.kernel, stride=stride, groups=wide), _normalised(wide), nn.ReLU6()]
        steps += [nn.Conv2d(wide, stage.channels, 1, bias=False), _normalised(stage.channels)]
        self.steps = nn.Sequential(*steps)
        self.residual = stride == 1 and inward == stage.channels

    def forward(self, values: Tensor) -> Tensor:
        out: Tensor = self.steps(values)
        return out + values if self.residual else out


class Backbone(nn.Module):
    """From images (B, 3, 224, 224) of RGB 0 to 255 to the feature map (B, 1280, 7, 7).

    ``parts`` are the stem, the blocks and the head in order, so that the first of them can be frozen.
    """

    def __init__(self) -> None:
        super().__init__()
        stem = nn.Sequential(Same(3, _STEM, 3, stride=2), _normalised(_STEM), nn.ReLU6())
        blocks: list[nn.Module] = []
        inward = _STEM
        for stage in STAGES:
            for index in range(stage.repeats):
                blocks.append(Block(inward, stage, stride=stage.stride if index == 0 else 1))
                inward = stage.channels
        head = nn.Sequential(nn.Conv2d(inward, WIDTH, 1, bias=False), _normalised(WIDTH), nn.ReLU6())
        self.parts = nn.ModuleList([stem, *blocks, head])

    def forward(self, images: Tensor) -> Tensor:
        return self.after(self.before(images, parts=0), parts=0)

    def before(self, images: Tensor, *, parts: int) -> Tensor:
        """The output of the first ``parts`` parts."""
        values = (images - CENTRE) / SCALE
        for part in self.parts[:parts]:
            values = part(values)
        return values

    def after(self, values: Tensor, *, parts: int) -> Tensor:
        """The output of the other parts."""
        for part in self.parts[parts:]:
            values = part(values)
        return values


def pretrained(path: Path) -> Backbone:
    """The backbone with ImageNet's weights from the published file; no code in the file is run.

    The file has other names for its tensors, in the order in which the network uses them. Raises ModelError for
    any other content.
    """
    backbone = Backbone()
    own = backbone.state_dict()
    published = read_state_dict(path, advice="fetch it again")
    theirs = [tensor for name, tensor in published.items() if not name.startswith("_fc.")]
    if [tuple(one.shape) for one in theirs] != [tuple(one.shape) for one in own.values()]:
        raise ModelError(f"{path} does not hold the weights of EfficientNet-Lite0; fetch it again")
    backbone.load_state_dict(dict(zip(own, theirs, strict=True)))
    backbone.eval()
    return backbone
