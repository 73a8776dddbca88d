"""What all backbones have in common: parts in a row, and the mean over places of what the last one gives."""

from collections.abc import Sequence

from torch import Tensor, nn

_MEAN, _SPREAD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
"""Of ImageNet's pixels, 0 to 255 in red, green and blue, as networks for PyTorch are published with."""


class FrameBackbone(nn.Module):
    """From images (B, H, W, 3) of RGB 0 to 255 to the mean over places (B, ``width``).

    ``parts`` are in order, the first of them on images (B, 3, H, W) centred by ``centre`` and divided by ``scale``.
    ``last`` of them are what a partly trained backbone learns. Statistics of normalisation stay as they were
    learned: clips are too few to learn others.
    """

    width: int
    last = 1
    centre: Sequence[float] = _MEAN
    scale: Sequence[float] = _SPREAD
    parts: nn.ModuleList

    def forward(self, image: Tensor) -> Tensor:
        return self.after(self.before(image, parts=0), parts=0)

    def before(self, image: Tensor, *, parts: int) -> Tensor:
        """What the first ``parts`` parts give: (B, C, h, w); with 0 the image that the first is given."""
        values = image.permute(0, 3, 1, 2)
        values = (values - values.new_tensor(self.centre)[:, None, None]) / values.new_tensor(self.scale)[
            :, None, None
        ]
        for part in self.parts[:parts]:
            values = part(values)
        return values

    def after(self, values: Tensor, *, parts: int) -> Tensor:
        """(B, width) what comes of that."""
        for part in self.parts[parts:]:
            values = part(values)
        return values.mean((2, 3))

    def train(self, mode: bool = True) -> "FrameBackbone":  # noqa: ARG002
        """It runs in training as it does in use."""
        super().train(False)
        return self


class Before(nn.Module):
    """The first parts of a backbone alone, from images (B, H, W, 3) to what a partly trained one learns from."""

    def __init__(self, backbone: FrameBackbone, parts: int) -> None:
        super().__init__()
        self.backbone, self.count = backbone, parts

    def forward(self, image: Tensor) -> Tensor:
        return self.backbone.before(image, parts=self.count)


def normalised(
    inward: int, outward: int, kernel: int, *, stride: int = 1, groups: int = 1
) -> list[nn.Module]:
    """A convolution that keeps the size at stride 1, and its normalisation."""
    convolution = nn.Conv2d(inward, outward, kernel, stride, kernel // 2, groups=groups, bias=False)
    return [convolution, nn.BatchNorm2d(outward)]
