"""The published recipe: one LSTM and its final state.

It reads missing values as zero and has no mask of them, as published.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from laban.core.checks import in_range
from laban.features.spec import FeatureSpec
from laban.models.architectures import Architecture


@dataclass(frozen=True)
class LstmSettings:
    """``units`` of memory, and the dropout share."""

    units: int = 128
    dropout: float = 0.2

    def __post_init__(self) -> None:
        in_range(self.units, name="units", low=1, high=4096)
        in_range(self.dropout, name="dropout", low=0, high=0.95)


class Lstm(nn.Module):
    def __init__(self, settings: LstmSettings, spec: FeatureSpec, length: int) -> None:  # noqa: ARG002
        super().__init__()
        self.width = settings.units
        self.memory = nn.LSTM(spec.width, settings.units, batch_first=True)
        self.dropout = nn.Dropout(settings.dropout)

    def forward(self, values: Tensor, known: Tensor) -> Tensor:  # noqa: ARG002
        states, _ = self.memory(values)
        return self.dropout(states[:, -1])


ARCHITECTURE = Architecture(LstmSettings, Lstm)
