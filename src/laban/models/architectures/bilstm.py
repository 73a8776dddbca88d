"""A bidirectional LSTM with attention over the instants."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from laban.core.checks import in_range
from laban.features.spec import FeatureSpec
from laban.models.architectures import Architecture
from laban.models.architectures.pooling import AttentionPooling, rows_known


@dataclass(frozen=True)
class BilstmSettings:
    """``units`` of memory in each direction, stacked in ``layers``; the dropout share."""

    units: int = 64
    layers: int = 1
    dropout: float = 0.3

    def __post_init__(self) -> None:
        in_range(self.units, name="units", low=1, high=4096)
        in_range(self.layers, name="layers", low=1, high=8)
        in_range(self.dropout, name="dropout", low=0, high=0.95)


class Bilstm(nn.Module):
    def __init__(self, settings: BilstmSettings, spec: FeatureSpec, length: int) -> None:  # noqa: ARG002
        super().__init__()
        self.width = 2 * settings.units
        inner = settings.dropout if settings.layers > 1 else 0.0
        self.memory = nn.LSTM(
            2 * spec.width,
            settings.units,
            settings.layers,
            batch_first=True,
            bidirectional=True,
            dropout=inner,
        )
        self.pooling = AttentionPooling(self.width)
        self.dropout = nn.Dropout(settings.dropout)

    def forward(self, values: Tensor, known: Tensor) -> Tensor:
        states, _ = self.memory(torch.cat([values, known], 2))
        return self.dropout(self.pooling(states, rows_known(known)))


ARCHITECTURE = Architecture(BilstmSettings, Bilstm)
