"""The image classifier: a backbone, and a linear head on the mean of its feature map."""

import numpy as np
import torch
from torch import Tensor, nn

from laban.core.arrays import ImageArray
from laban.models.card import Task
from laban.models.image.backbone import WIDTH, Backbone
from laban.models.network import SeparateHeads

_BATCH = 32


class Classifier(nn.Module):
    """From images (B, S, S, 3) of RGB 0 to 255 to the logits (B, K) and those of each position (B, H, W, K).

    The head is linear in the mean over positions, so that the contribution of each position to a class is known
    exactly, without a gradient: a class activation map (Zhou et al. 2016, section 2).
    """

    def __init__(self, backbone: Backbone, task: Task, *, dropout: float = 0.0) -> None:
        super().__init__()
        self.backbone = backbone
        self.dropout = nn.Dropout(dropout)
        self.heads = SeparateHeads(WIDTH, (task,))

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        features = self.backbone(image.permute(0, 3, 1, 2))
        linear = self.heads.linear
        places = nn.functional.conv2d(features, linear.weight[:, :, None, None], linear.bias)
        return linear(features.mean((2, 3))), places.permute(0, 2, 3, 1)

    def train(self, mode: bool = True) -> "Classifier":
        """Only dropout differs in training: normalisation keeps ImageNet's statistics, because a batch of a few
        images is too small a sample."""
        super().train(False)
        self.dropout.train(mode)
        return self

    def embedding(self, values: Tensor, *, parts: int) -> Tensor:
        """(B, 1280) the input of the head, from the output of the first ``parts`` parts of the backbone; if these
        are all parts, ``values`` are that mean already."""
        if parts == len(self.backbone.parts):
            return values
        return self.backbone.after(values, parts=parts).mean((2, 3))


def before(backbone: Backbone, images: ImageArray, *, parts: int) -> Tensor:
    """The output of the first ``parts`` parts for images (N, S, S, 3); its mean over positions if these are all."""
    out = []
    with torch.no_grad():
        for start in range(0, len(images), _BATCH):
            batch = torch.from_numpy(np.ascontiguousarray(images[start : start + _BATCH]))
            values = backbone.before(batch.permute(0, 3, 1, 2).float(), parts=parts)
            out.append(values.mean((2, 3)) if parts == len(backbone.parts) else values)
    return torch.cat(out)
