"""A small encoder of self-attention over time (Vaswani et al. 2017, section 3), normalised before each step."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from laban.core.checks import in_range
from laban.errors import InvalidValueError
from laban.features.spec import FeatureSpec
from laban.models.architectures import Architecture

_STRIDE = 2


@dataclass(frozen=True)
class TransformerSettings:
    """``units`` of each row, parted between ``heads``; ``layers`` of attention; the share left out in training."""

    units: int = 96
    heads: int = 4
    layers: int = 2
    dropout: float = 0.2

    def __post_init__(self) -> None:
        for name, high in (("units", 4096), ("heads", 64), ("layers", 24)):
            in_range(getattr(self, name), name=name, low=1, high=high)
        in_range(self.dropout, name="dropout", low=0, high=0.95)
        if self.units % self.heads:
            raise InvalidValueError(f"{self.units} units cannot be parted between {self.heads} heads")


class Transformer(nn.Module):
    def __init__(self, settings: TransformerSettings, spec: FeatureSpec, length: int) -> None:
        super().__init__()
        self.narrow = nn.Conv1d(2 * spec.width, settings.units, 5, stride=_STRIDE, padding=2)
        rows = (length - 1) // _STRIDE + 1
        self.places = nn.Parameter(torch.randn(1, rows, settings.units) * 0.02)
        self.layers = nn.ModuleList(Layer(settings) for _ in range(settings.layers))
        self.norm = nn.LayerNorm(settings.units)
        self.width = settings.units

    def forward(self, values: Tensor, known: Tensor) -> Tensor:
        rows = self.narrow(torch.cat([values, known], 2).transpose(1, 2)).transpose(1, 2) + self.places
        for layer in self.layers:
            rows = layer(rows)
        pooled: Tensor = self.norm(rows).mean(1)
        return pooled


class Layer(nn.Module):
    """Attention between rows, then a step for each row alone; (B, L, U) to the same."""

    def __init__(self, settings: TransformerSettings) -> None:
        super().__init__()
        self.heads = settings.heads
        self.before, self.between = nn.LayerNorm(settings.units), nn.LayerNorm(settings.units)
        self.asked = nn.Linear(settings.units, 3 * settings.units)
        self.told = nn.Linear(settings.units, settings.units)
        self.alone = nn.Sequential(
            nn.Linear(settings.units, 2 * settings.units),
            nn.ReLU(),
            nn.Dropout(settings.dropout),
            nn.Linear(2 * settings.units, settings.units),
        )
        self.dropout = nn.Dropout(settings.dropout)

    def forward(self, rows: Tensor) -> Tensor:
        rows = rows + self.dropout(self._attended(self.before(rows)))
        stepped: Tensor = rows + self.dropout(self.alone(self.between(rows)))
        return stepped

    def _attended(self, rows: Tensor) -> Tensor:
        batch, length, units = rows.shape
        each = units // self.heads
        query, key, value = (
            part.reshape(batch, length, self.heads, each).transpose(1, 2)
            for part in self.asked(rows).split(units, 2)
        )
        weights = (query @ key.transpose(2, 3) / math.sqrt(each)).softmax(3)
        joined: Tensor = self.told((weights @ value).transpose(1, 2).reshape(batch, length, units))
        return joined


ARCHITECTURE = Architecture(TransformerSettings, Transformer)
