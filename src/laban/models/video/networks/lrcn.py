"""An LSTM over the frames, and the mean of what it remembers (Donahue et al. 2015, section 3: LRCN)."""

from dataclasses import dataclass

from torch import Tensor, nn

from laban.core.checks import in_range
from laban.models.video.networks import TimeNetwork
from laban.models.video.networks.narrowing import Narrow, NarrowSettings


@dataclass(frozen=True)
class LrcnSettings(NarrowSettings):
    """``units`` of memory."""

    units: int = 64

    def __post_init__(self) -> None:
        super().__post_init__()
        in_range(self.units, name="units", low=1, high=4096)


class Lrcn(nn.Module):
    def __init__(self, settings: LrcnSettings, width: int) -> None:
        super().__init__()
        self.width = settings.units
        self.narrow = Narrow(settings, width)
        self.memory = nn.LSTM(settings.inner, settings.units, batch_first=True)
        self.after = nn.Dropout(settings.dropout)

    def forward(self, rows: Tensor) -> Tensor:
        states, _ = self.memory(self.narrow(rows))
        return self.after(states.mean(1))


NETWORK = TimeNetwork(LrcnSettings, Lrcn, rows=("spread", "pace", "distance"))
