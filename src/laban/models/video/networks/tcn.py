"""Two dilated convolutions over the frames (Bai et al. 2018, section 3), and the mean of what they find."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from laban.core.checks import in_range
from laban.models.video.networks import TimeNetwork


@dataclass(frozen=True)
class ClipTcnSettings:
    """``channels`` that each row is brought down to; the shares of a row (``input_dropout``) and of the result
    (``dropout``) that training leaves out."""

    channels: int = 64
    input_dropout: float = 0.2
    dropout: float = 0.5

    def __post_init__(self) -> None:
        in_range(self.channels, name="channels", low=1, high=4096)
        in_range(self.input_dropout, name="input_dropout", low=0, high=0.95)
        in_range(self.dropout, name="dropout", low=0, high=0.95)


class ClipTcn(nn.Module):
    def __init__(self, settings: ClipTcnSettings, width: int) -> None:
        super().__init__()
        self.width = settings.channels
        self.before = nn.Dropout(settings.input_dropout)
        self.down = nn.Linear(width, settings.channels)
        self.near = nn.Conv1d(settings.channels, settings.channels, 3, padding=1)
        self.far = nn.Conv1d(settings.channels, settings.channels, 3, padding=2, dilation=2)
        self.after = nn.Dropout(settings.dropout)

    def forward(self, rows: Tensor) -> Tensor:
        values = torch.relu(self.down(self.before(rows))).transpose(1, 2)
        values = values + torch.relu(self.far(torch.relu(self.near(values))))
        return self.after(values.mean(2))


NETWORK = TimeNetwork(ClipTcnSettings, ClipTcn, rows=("spread", "pace", "distance"))
