"""Dilated convolutions over time: each block sees twice as far as the one before (Bai et al. 2018, section 3)."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from laban.core.checks import in_range
from laban.errors import InvalidValueError
from laban.features.spec import FeatureSpec
from laban.models.architectures import Architecture
from laban.models.architectures.pooling import mean_and_max, rows_known


@dataclass(frozen=True)
class TcnSettings:
    """``blocks`` of two convolutions of ``channels``, ``kernel`` rows wide, an odd number; the dropout share."""

    channels: int = 96
    blocks: int = 4
    kernel: int = 3
    dropout: float = 0.2

    def __post_init__(self) -> None:
        in_range(self.channels, name="channels", low=1, high=4096)
        in_range(self.blocks, name="blocks", low=1, high=12)
        in_range(self.kernel, name="kernel", low=1, high=31)
        in_range(self.dropout, name="dropout", low=0, high=0.95)
        if self.kernel % 2 == 0:
            raise InvalidValueError(f"kernel must be odd, got {self.kernel}")


class Tcn(nn.Module):
    def __init__(self, settings: TcnSettings, spec: FeatureSpec, length: int) -> None:  # noqa: ARG002
        super().__init__()
        self.width = 2 * settings.channels
        self.first = nn.Conv1d(2 * spec.width, settings.channels, 1)
        self.blocks = nn.ModuleList(_Block(settings, 2**index) for index in range(settings.blocks))
        self.dropout = nn.Dropout(settings.dropout)

    def forward(self, values: Tensor, known: Tensor) -> Tensor:
        rows = self.first(torch.cat([values, known], 2).transpose(1, 2))
        for block in self.blocks:
            rows = block(rows)
        return self.dropout(mean_and_max(rows.transpose(1, 2), rows_known(known)))


class _Block(nn.Module):
    """The residual that it adds to its input."""

    def __init__(self, settings: TcnSettings, dilation: int) -> None:
        super().__init__()
        width, kernel = settings.channels, settings.kernel
        around = dilation * (kernel // 2)
        self.layers = nn.Sequential(
            nn.Conv1d(width, width, kernel, padding=around, dilation=dilation, bias=False),
            nn.BatchNorm1d(width),
            nn.ReLU(),
            nn.Dropout(settings.dropout),
            nn.Conv1d(width, width, kernel, padding=around, dilation=dilation, bias=False),
            nn.BatchNorm1d(width),
        )

    def forward(self, rows: Tensor) -> Tensor:
        return torch.relu(rows + self.layers(rows))


ARCHITECTURE = Architecture(TcnSettings, Tcn)
