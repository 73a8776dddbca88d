"""Two dilated convolutions over the frames (Bai et al. 2018, section 3), and the mean of what they find."""

import torch
from torch import Tensor, nn

from laban.models.video.networks import TimeNetwork
from laban.models.video.networks.narrowing import Narrow, NarrowSettings


class ClipTcn(nn.Module):
    def __init__(self, settings: NarrowSettings, width: int) -> None:
        super().__init__()
        self.width = settings.inner
        self.narrow = Narrow(settings, width)
        self.near = nn.Conv1d(settings.inner, settings.inner, 3, padding=1)
        self.far = nn.Conv1d(settings.inner, settings.inner, 3, padding=2, dilation=2)
        self.after = nn.Dropout(settings.dropout)

    def forward(self, rows: Tensor) -> Tensor:
        values = self.narrow(rows).transpose(1, 2)
        values = values + torch.relu(self.far(torch.relu(self.near(values))))
        return self.after(values.mean(2))


NETWORK = TimeNetwork(NarrowSettings, ClipTcn, rows=("spread", "pace", "distance"))
