"""A small encoder in which every instant attends to every other (Vaswani et al. 2017; normalised before each part,
Xiong et al. 2020)."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from laban.core.checks import in_range
from laban.errors import InvalidValueError
from laban.features.spec import FeatureSpec
from laban.models.architectures import Architecture
from laban.models.architectures.pooling import FAR, AttentionPooling, rows_known


@dataclass(frozen=True)
class TransformerSettings:
    """``layers`` of ``width`` numbers for each instant, ``heads`` of attention; the dropout
    share."""

    width: int = 64
    layers: int = 3
    heads: int = 4
    dropout: float = 0.1

    def __post_init__(self) -> None:
        in_range(self.width, name="width", low=1, high=2048)
        in_range(self.layers, name="layers", low=1, high=24)
        in_range(self.heads, name="heads", low=1, high=64)
        in_range(self.dropout, name="dropout", low=0, high=0.95)
        if self.width % self.heads:
            raise InvalidValueError(
                f"width must be a multiple of heads, got width {self.width}, heads {self.heads}"
            )


class Transformer(nn.Module):
    def __init__(self, settings: TransformerSettings, spec: FeatureSpec, length: int) -> None:
        super().__init__()
        self.width = settings.width
        self.first = nn.Linear(2 * spec.width, self.width)
        self.place = nn.Parameter(0.02 * torch.randn(length, self.width))
        self.layers = nn.ModuleList(_Layer(settings) for _ in range(settings.layers))
        self.norm = nn.LayerNorm(self.width)
        self.pooling = AttentionPooling(self.width)

    def forward(self, values: Tensor, known: Tensor) -> Tensor:
        seen = rows_known(known)
        rows = self.first(torch.cat([values, known], 2)) + self.place
        unseen = ((1 - seen) * FAR)[:, None, None]
        for layer in self.layers:
            rows = layer(rows, unseen)
        return self.pooling(self.norm(rows), seen)


class _Layer(nn.Module):
    def __init__(self, settings: TransformerSettings) -> None:
        super().__init__()
        width = settings.width
        self.heads = settings.heads
        self.norm = nn.LayerNorm(width)
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.mix = nn.Linear(width, width)
        self.dropout = nn.Dropout(settings.dropout)
        self.thought = nn.Sequential(
            nn.LayerNorm(width),
            nn.Linear(width, 2 * width),
            nn.ReLU(),
            nn.Dropout(settings.dropout),
            nn.Linear(2 * width, width),
        )

    def forward(self, rows: Tensor, unseen: Tensor) -> Tensor:
        rows = rows + self.dropout(self._attended(self.norm(rows), unseen))
        return rows + self.dropout(self.thought(rows))

    def _attended(self, rows: Tensor, unseen: Tensor) -> Tensor:
        """(B, L, E); ``unseen`` (B, 1, 1, L) is added to the attention score of each row."""
        size = rows.shape[2] // self.heads
        query, key, value = (
            part(rows).unflatten(2, (self.heads, size)).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        )
        scores = torch.matmul(query, key.transpose(2, 3)) * size**-0.5 + unseen
        found = torch.matmul(torch.softmax(scores, 3), value)
        return self.mix(found.transpose(1, 2).flatten(2))


ARCHITECTURE = Architecture(TransformerSettings, Transformer)
