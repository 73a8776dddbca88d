"""A weighted mean of the frames, whose weights are learned (Bahdanau et al. 2015, section 3.1)."""

import torch
from torch import Tensor, nn

from laban.models.architectures.pooling import AttentionPooling
from laban.models.video.networks import TimeNetwork
from laban.models.video.networks.narrowing import Narrow, NarrowSettings


class Attention(nn.Module):
    def __init__(self, settings: NarrowSettings, width: int) -> None:
        super().__init__()
        self.width = settings.inner
        self.narrow = Narrow(settings, width)
        self.pool = AttentionPooling(settings.inner)
        self.after = nn.Dropout(settings.dropout)

    def forward(self, rows: Tensor) -> Tensor:
        values = self.narrow(rows)
        return self.after(self.pool(values, torch.ones_like(values[..., 0])))


NETWORK = TimeNetwork(NarrowSettings, Attention, rows=("spread", "pace", "distance"))
