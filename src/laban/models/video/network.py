"""The whole recogniser: a network for each frame, and one for what the frames say over time."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import torch
from torch import Tensor, nn

from laban.core.arrays import Float32Array
from laban.models.card import Task
from laban.models.network import SeparateHeads
from laban.models.video.backbones.frame import FrameBackbone
from laban.models.video.networks import network_settings, time_network
from laban.models.video.settings import ClipTrainingSettings

_LEAST_SPREAD = 1e-3


class ClipNetwork(nn.Module):
    """From clips (B, T, H, W, 3) of RGB 0 to 255 to the logits of all tasks side by side and the embedding.

    ``frame`` takes images (B, H, W, 3) to features (B, F) and is all that sees pixels; ``head`` takes the features
    of a clip's frames (B, T, F) to the answers. A stream needs ``frame`` once for each frame.
    """

    def __init__(self, frame: FrameBackbone, head: "ClipHead") -> None:
        super().__init__()
        self.frame, self.head = frame, head

    def forward(self, clip: Tensor) -> tuple[Tensor, Tensor]:
        answers: tuple[Tensor, Tensor] = self.head(self.features(clip))
        return answers

    def features(self, clip: Tensor) -> Tensor:
        """(B, T, F)"""
        seen: Tensor = self.frame(clip.flatten(0, 1))
        return seen.unflatten(0, clip.shape[:2])

    def features_after(self, values: Tensor, *, parts: int) -> Tensor:
        """(B, T, F) from what the first ``parts`` parts of the backbone give (B, T, C, h, w)."""
        return self.frame.after(values.flatten(0, 1), parts=parts).unflatten(0, values.shape[:2])


class ClipHead(nn.Module):
    """From features (B, T, F) to the logits (B, sum K) and the embedding (B, E).

    ``mean`` and ``spread`` (R,) are what each value of a row is centred and divided by.
    """

    mean: Tensor
    spread: Tensor

    def __init__(self, settings: ClipTrainingSettings, width: int, tasks: Sequence[Task]) -> None:
        super().__init__()
        network = time_network(settings.network)
        self.rows = network.rows
        self.register_buffer("mean", torch.zeros(len(self.rows) * width))
        self.register_buffer("spread", torch.ones(len(self.rows) * width))
        chosen = network_settings(settings.network, settings.options)
        self.over_time = network.build(chosen, len(self.rows) * width)
        self.heads = SeparateHeads(self.over_time.width, tuple(tasks))

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        embedding = self.embed(features)
        return self.heads(embedding), embedding

    def embed(self, features: Tensor) -> Tensor:
        """(B, E)"""
        rows = torch.cat([ROWS[name](features) for name in self.rows], 2)
        embedding: Tensor = self.over_time((rows - self.mean) / self.spread)
        return embedding

    def normalize_by(self, features: Float32Array) -> None:
        """Takes mean and standard deviation of each value of a row from the features (N, T, F) of clips."""
        values = torch.from_numpy(features)
        rows = torch.cat([ROWS[name](values) for name in self.rows], 2).flatten(0, 1).double()
        spread = rows.std(0, correction=0)
        self.mean.copy_(rows.mean(0))
        self.spread.copy_(torch.where(spread > _LEAST_SPREAD, spread, 1.0))


def _steps(features: Tensor) -> Tensor:
    """How each frame differs from the one before; the first, which has none, as the second does."""
    steps = features[:, 1:] - features[:, :-1]
    return torch.cat([steps[:, :1], steps], 1)


def _spread(features: Tensor) -> Tensor:
    """How each frame differs from the mean of the clip."""
    return features - features.mean(1, keepdim=True)


def _itself(features: Tensor) -> Tensor:
    return features


def _pace(features: Tensor) -> Tensor:
    return _steps(features).abs()


def _distance(features: Tensor) -> Tensor:
    return _spread(features).abs()


ROWS: Mapping[str, Callable[[Tensor], Tensor]] = MappingProxyType(
    {"features": _itself, "steps": _steps, "pace": _pace, "spread": _spread, "distance": _distance}
)
"""What a row may hold of the features (B, T, F) of a clip, each of the same shape. ``steps`` and ``spread`` say
which way something changes, ``pace`` and ``distance`` how much."""
