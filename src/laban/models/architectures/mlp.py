"""An ensemble of small two-layer networks, for single instants, which have no order in time.

Their input includes which values are known.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from laban.core.checks import in_range
from laban.features.spec import FeatureSpec
from laban.models.architectures import Architecture


@dataclass(frozen=True)
class MlpSettings:
    """``units`` of each of the ``members``, and the dropout shares of units and of
    inputs."""

    units: int = 48
    members: int = 5
    dropout: float = 0.3
    hidden: float = 0.1

    def __post_init__(self) -> None:
        in_range(self.units, name="units", low=1, high=4096)
        in_range(self.members, name="members", low=1, high=64)
        in_range(self.dropout, name="dropout", low=0, high=0.95)
        in_range(self.hidden, name="hidden", low=0, high=0.95)


class Mlp(nn.Module):
    def __init__(self, settings: MlpSettings, spec: FeatureSpec, length: int) -> None:
        super().__init__()
        self.members = settings.members
        self.width = settings.units * settings.members
        self.hiding = nn.Dropout(settings.hidden)
        self.each = nn.ModuleList(_member(2 * length * spec.width, settings) for _ in range(settings.members))

    def forward(self, values: Tensor, known: Tensor) -> Tensor:
        told = self.hiding(torch.cat([values, known], 2).flatten(1))
        return torch.cat([one(told) for one in self.each], 1)


def _member(inward: int, settings: MlpSettings) -> nn.Module:
    return nn.Sequential(
        nn.Linear(inward, settings.units),
        nn.ReLU(),
        nn.Dropout(settings.dropout),
        nn.Linear(settings.units, settings.units),
        nn.ReLU(),
        nn.Dropout(settings.dropout),
    )


ARCHITECTURE = Architecture(MlpSettings, Mlp)
