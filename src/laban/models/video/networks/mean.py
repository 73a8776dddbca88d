"""The mean of what is seen in all frames, without their order: the baseline that every other has to beat."""

from dataclasses import dataclass

from torch import Tensor, nn

from laban.core.checks import in_range
from laban.models.video.networks import TimeNetwork


@dataclass(frozen=True)
class MeanSettings:
    """The share of the values that training leaves out."""

    dropout: float = 0.3

    def __post_init__(self) -> None:
        in_range(self.dropout, name="dropout", low=0, high=0.95)


class Mean(nn.Module):
    def __init__(self, settings: MeanSettings, width: int) -> None:
        super().__init__()
        self.width = width
        self.dropout = nn.Dropout(settings.dropout)

    def forward(self, rows: Tensor) -> Tensor:
        return self.dropout(rows.mean(1))


NETWORK = TimeNetwork(MeanSettings, Mean, rows=("features",))
