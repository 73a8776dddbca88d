"""An LSTM over the frames, and the mean of what it remembers (Donahue et al. 2015, section 3: LRCN)."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from laban.core.checks import in_range
from laban.models.video.networks import TimeNetwork


@dataclass(frozen=True)
class LrcnSettings:
    """``units`` of memory on ``inner`` values that each row is first brought down to; the shares of a row
    (``input_dropout``) and of the result (``dropout``) that training leaves out."""

    units: int = 64
    inner: int = 64
    input_dropout: float = 0.2
    dropout: float = 0.5

    def __post_init__(self) -> None:
        in_range(self.units, name="units", low=1, high=4096)
        in_range(self.inner, name="inner", low=1, high=4096)
        in_range(self.input_dropout, name="input_dropout", low=0, high=0.95)
        in_range(self.dropout, name="dropout", low=0, high=0.95)


class Lrcn(nn.Module):
    def __init__(self, settings: LrcnSettings, width: int) -> None:
        super().__init__()
        self.width = settings.units
        self.before = nn.Dropout(settings.input_dropout)
        self.down = nn.Linear(width, settings.inner)
        self.memory = nn.LSTM(settings.inner, settings.units, batch_first=True)
        self.after = nn.Dropout(settings.dropout)

    def forward(self, rows: Tensor) -> Tensor:
        states, _ = self.memory(torch.relu(self.down(self.before(rows))))
        return self.after(states.mean(1))


NETWORK = TimeNetwork(LrcnSettings, Lrcn, rows=("spread", "pace", "distance"))
