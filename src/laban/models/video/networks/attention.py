"""A weighted mean of the frames, whose weights are learned (Bahdanau et al. 2015, section 3.1)."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from laban.core.checks import in_range
from laban.models.architectures.pooling import AttentionPooling
from laban.models.video.networks import TimeNetwork


@dataclass(frozen=True)
class AttentionSettings:
    """``inner`` values that each row is brought down to; the shares of a row (``input_dropout``) and of the result
    (``dropout``) that training leaves out."""

    inner: int = 64
    input_dropout: float = 0.2
    dropout: float = 0.5

    def __post_init__(self) -> None:
        in_range(self.inner, name="inner", low=1, high=4096)
        in_range(self.input_dropout, name="input_dropout", low=0, high=0.95)
        in_range(self.dropout, name="dropout", low=0, high=0.95)


class Attention(nn.Module):
    def __init__(self, settings: AttentionSettings, width: int) -> None:
        super().__init__()
        self.width = settings.inner
        self.before = nn.Dropout(settings.input_dropout)
        self.down = nn.Linear(width, settings.inner)
        self.pool = AttentionPooling(settings.inner)
        self.after = nn.Dropout(settings.dropout)

    def forward(self, rows: Tensor) -> Tensor:
        values = torch.relu(self.down(self.before(rows)))
        return self.after(self.pool(values, torch.ones_like(values[..., 0])))


NETWORK = TimeNetwork(AttentionSettings, Attention, rows=("spread", "pace", "distance"))
