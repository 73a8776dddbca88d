"""One LSTM over what is seen in the frames, and what it remembers at the end: the LRCN of widely read tutorials."""

from dataclasses import dataclass

from torch import Tensor, nn

from laban.core.checks import in_range
from laban.models.video.networks import TimeNetwork


@dataclass(frozen=True)
class ClipLstmSettings:
    """``units`` of memory."""

    units: int = 32

    def __post_init__(self) -> None:
        in_range(self.units, name="units", low=1, high=4096)


class ClipLstm(nn.Module):
    def __init__(self, settings: ClipLstmSettings, width: int) -> None:
        super().__init__()
        self.width = settings.units
        self.memory = nn.LSTM(width, settings.units, batch_first=True)

    def forward(self, rows: Tensor) -> Tensor:
        states, _ = self.memory(rows)
        return states[:, -1]


NETWORK = TimeNetwork(ClipLstmSettings, ClipLstm, rows=("features",))
