"""Pools a vector per row into one per window, ignoring rows without any measurement."""

import torch
from torch import Tensor, nn

FAR = -1e4
"""Added to the score of an ignored row: finite, so that a window without any row still has an answer."""


def rows_known(known: Tensor) -> Tensor:
    """(B, L) 1 where anything of a row is known."""
    return known.amax(2)


class AttentionPooling(nn.Module):
    """The mean of (B, L, E) rows, weighted by a learned score."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.score = nn.Sequential(nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 1))

    def forward(self, rows: Tensor, seen: Tensor) -> Tensor:
        scores = self.score(rows)[..., 0] + (1 - seen) * FAR
        return (torch.softmax(scores, 1)[..., None] * rows).sum(1)


def mean_and_max(rows: Tensor, seen: Tensor) -> Tensor:
    """(B, 2 E) of (B, L, E) rows, none of which is negative: their mean, and the greatest of each column."""
    weight = seen[..., None]
    counted = rows * weight
    return torch.cat([counted.sum(1) / weight.sum(1).clamp_min(1.0), counted.amax(1)], 1)
