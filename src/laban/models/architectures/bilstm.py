"""Two LSTMs, one of them backwards, and attention over what they say of each row."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from laban.core.checks import in_range
from laban.features.spec import FeatureSpec
from laban.models.architectures import Architecture


@dataclass(frozen=True)
class BilstmSettings:
    """``units`` of memory each way; the share of the embedding that training leaves out at random."""

    units: int = 96
    dropout: float = 0.4

    def __post_init__(self) -> None:
        in_range(self.units, name="units", low=1, high=4096)
        in_range(self.dropout, name="dropout", low=0, high=0.95)


class Bilstm(nn.Module):
    def __init__(self, settings: BilstmSettings, spec: FeatureSpec, length: int) -> None:  # noqa: ARG002
        super().__init__()
        self.narrow = nn.Linear(2 * spec.width, settings.units)
        self.forwards = nn.LSTM(settings.units, settings.units, batch_first=True)
        self.backwards = nn.LSTM(settings.units, settings.units, batch_first=True)
        self.attention = nn.Linear(2 * settings.units, 1)
        self.dropout = nn.Dropout(settings.dropout)
        self.width = 2 * settings.units

    def forward(self, values: Tensor, known: Tensor) -> Tensor:
        rows = torch.relu(self.narrow(torch.cat([values, known], 2)))
        ahead, _ = self.forwards(rows)
        behind, _ = self.backwards(rows.flip(1))
        states = torch.cat([ahead, behind.flip(1)], 2)
        weights = self.attention(states).softmax(1)
        pooled: Tensor = self.dropout((states * weights).sum(1))
        return pooled


ARCHITECTURE = Architecture(BilstmSettings, Bilstm)
