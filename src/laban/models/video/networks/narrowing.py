"""What the networks over time begin with: each row of a clip brought down to fewer values."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from laban.core.checks import in_range


@dataclass(frozen=True)
class NarrowSettings:
    """``inner`` values that each row is brought down to; the shares of a row (``input_dropout``) and of the result
    (``dropout``) that training leaves out."""

    inner: int = 64
    input_dropout: float = 0.2
    dropout: float = 0.5

    def __post_init__(self) -> None:
        in_range(self.inner, name="inner", low=1, high=4096)
        in_range(self.input_dropout, name="input_dropout", low=0, high=0.95)
        in_range(self.dropout, name="dropout", low=0, high=0.95)


class Narrow(nn.Module):
    """From rows (B, T, R) to (B, T, inner), none of them negative."""

    def __init__(self, settings: NarrowSettings, width: int) -> None:
        super().__init__()
        self.before = nn.Dropout(settings.input_dropout)
        self.down = nn.Linear(width, settings.inner)

    def forward(self, rows: Tensor) -> Tensor:
        return torch.relu(self.down(self.before(rows)))
