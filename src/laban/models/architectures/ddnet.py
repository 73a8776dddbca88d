"""Distances between all pairs of joints, and slow and fast motion, through 1-D convolutions.

After Yang et al. 2019, "Make Skeleton-based Action Recognition Model Smaller, Faster and Better", section 3.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from laban.core.checks import in_range
from laban.features.spec import FeatureBlock, FeatureSpec
from laban.models.architectures import Architecture

_LEAST = 1e-6


@dataclass(frozen=True)
class DdnetSettings:
    """``filters`` of the first convolutions, doubled twice; the share left out in training."""

    filters: int = 32
    dropout: float = 0.3

    def __post_init__(self) -> None:
        in_range(self.filters, name="filters", low=1, high=1024)
        in_range(self.dropout, name="dropout", low=0, high=0.95)


class Ddnet(nn.Module):
    pairs: Tensor

    def __init__(self, settings: DdnetSettings, spec: FeatureSpec, length: int) -> None:  # noqa: ARG002
        super().__init__()
        self.block = next(block for block in spec.blocks if block.channels)
        joints = (self.block.stop - self.block.start) // self.block.channels
        self.register_buffer("pairs", torch.triu_indices(joints, joints, 1), persistent=False)
        filters, coordinates = settings.filters, self.block.stop - self.block.start
        self.apart = _embedding(self.pairs.shape[1], filters, settings.dropout, stride=2)
        self.slow = _embedding(coordinates, filters, settings.dropout, stride=2)
        self.fast = _embedding(coordinates, filters, settings.dropout, stride=1)
        self.body = nn.Sequential(
            _convolution(3 * filters, 2 * filters, 3),
            _convolution(2 * filters, 2 * filters, 3),
            nn.MaxPool1d(2),
            _convolution(2 * filters, 4 * filters, 3),
            _convolution(4 * filters, 4 * filters, 3),
        )
        self.dropout = nn.Dropout(settings.dropout)
        self.width = 8 * filters

    def forward(self, values: Tensor, known: Tensor) -> Tensor:
        columns = slice(self.block.start, self.block.stop)
        points, seen = values[:, :, columns], known[:, :, columns]
        even = points.shape[1] // 2 * 2
        streams = [
            self.apart(self._distances(points, seen)[:, :even].transpose(1, 2)),
            self.slow(_motion(points, seen, 1)[:, :even].transpose(1, 2)),
            # every other row: the change over two, at half the rate of the slow
            self.fast(_motion(points, seen, 2)[:, :even:2].transpose(1, 2)),
        ]
        rows = self.body(torch.cat(streams, 1))
        pooled: Tensor = self.dropout(torch.cat([rows.mean(2), rows.amax(2)], 1))
        return pooled

    def _distances(self, points: Tensor, seen: Tensor) -> Tensor:
        """(B, L, P), 0 where either joint is not known."""
        batch, length, width = points.shape
        shape = (batch, length, width // self.block.channels, self.block.channels)
        joints, told = points.reshape(shape), seen.reshape(shape)[..., 0]
        first, second = self.pairs[0], self.pairs[1]
        squared = ((joints[:, :, first] - joints[:, :, second]) ** 2).sum(3)
        return (squared + _LEAST).sqrt() * told[:, :, first] * told[:, :, second]


def _motion(points: Tensor, seen: Tensor, rows: int) -> Tensor:
    """(B, L, C) the change over so many rows, 0 where either end is not known and at the end."""
    change = (points[:, rows:] - points[:, :-rows]) * seen[:, rows:] * seen[:, :-rows]
    return nn.functional.pad(change, (0, 0, 0, rows))


def _convolution(width: int, out: int, kernel: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv1d(width, out, kernel, stride=stride, padding=kernel // 2, bias=False),
        nn.BatchNorm1d(out),
        nn.LeakyReLU(0.2),
    )


def _embedding(width: int, filters: int, dropout: float, *, stride: int) -> nn.Sequential:
    return nn.Sequential(
        _convolution(width, 2 * filters, 1),
        nn.Dropout(dropout),
        _convolution(2 * filters, filters, 3, stride),
    )


def _refusal(spec: FeatureSpec) -> str | None:
    if any(_is_of_joints(block) for block in spec.blocks):
        return None
    return (
        f"ddnet measures distances between joints, and {', '.join(spec.sets)} hold no coordinates; add scene"
    )


def _is_of_joints(block: FeatureBlock) -> bool:
    return block.channels > 0


ARCHITECTURE = Architecture(DdnetSettings, Ddnet, _refusal)
