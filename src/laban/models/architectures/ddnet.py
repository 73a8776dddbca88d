"""Distances between joints, with their slow and fast motion, under convolutions over time.

After the double-feature double-motion network (Yang et al. 2019, "Make Skeleton-based Action Recognition Model
Smaller, Faster and Better", section 3): distances do not depend on where a body stands or faces, and two speeds of
motion do not depend on how fast it is filmed.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from laban.core.checks import in_range
from laban.features.spec import FeatureSpec
from laban.models.architectures import Architecture
from laban.models.architectures.joints import columns_by_joint, positions

_TINY = 1e-6
_LEAST_ROWS = 16


@dataclass(frozen=True)
class DdnetSettings:
    """``filters`` of the first convolutions (later ones have up to eight times as many), and the dropout share."""

    filters: int = 24
    dropout: float = 0.3

    def __post_init__(self) -> None:
        in_range(self.filters, name="filters", low=1, high=512)
        in_range(self.dropout, name="dropout", low=0, high=0.95)


class Ddnet(nn.Module):
    """Takes features as measured: distances between normalised coordinates would be meaningless."""

    raw = True
    columns: Tensor
    others: Tensor
    pairs: Tensor

    def __init__(self, settings: DdnetSettings, spec: FeatureSpec, length: int) -> None:
        super().__init__()
        block, filters = positions(spec), settings.filters
        if block is None:
            raise ValueError("no coordinates")
        self.width = 8 * filters
        halvings = (length >= _LEAST_ROWS) + (length >= 2 * _LEAST_ROWS)
        columns = torch.from_numpy(columns_by_joint(spec, (block,)))
        joints, channels = columns.shape
        self.joints, self.channels = joints, channels
        rest = [index for index in range(spec.width) if not block.start <= index < block.stop]
        self.register_buffer("columns", columns.flatten(), persistent=False)
        self.register_buffer("others", torch.tensor(rest, dtype=torch.long), persistent=False)
        self.register_buffer("pairs", torch.triu_indices(joints, joints, 1), persistent=False)
        still = self.pairs.shape[1] + 2 * len(rest)
        self.still = _stream(still, filters, settings.dropout, halve=True)
        self.slow = _stream(joints * channels, filters, settings.dropout, halve=True)
        self.fast = _stream(joints * channels, filters, settings.dropout, halve=False)
        self.trunk = nn.Sequential(
            *_double(3 * filters, 2 * filters),
            *([nn.MaxPool1d(2)] if halvings > 0 else []),
            *_double(2 * filters, 4 * filters),
            *([nn.MaxPool1d(2)] if halvings > 1 else []),
            *_double(4 * filters, 8 * filters),
            nn.Dropout(settings.dropout),
        )

    def forward(self, values: Tensor, known: Tensor) -> Tensor:
        points, seen = self._points(values), self._points(known)
        even = points.shape[1] // 2 * 2
        others = [values[:, :, self.others], known[:, :, self.others]] if len(self.others) else []
        still = torch.cat([self._distances(points, seen), *others], 2)[:, :even]
        slow = _change(points, seen, 1)[:, :even]
        fast = _change(points, seen, 2)[:, :even:2]
        streams = [self.still(_over_time(still)), self.slow(_over_time(slow)), self.fast(_over_time(fast))]
        return self.trunk(torch.cat(streams, 1)).amax(2)

    def _points(self, values: Tensor) -> Tensor:
        """(B, L, J, C)"""
        return values.index_select(2, self.columns).unflatten(2, (self.joints, self.channels))

    def _distances(self, points: Tensor, seen: Tensor) -> Tensor:
        """(B, L, pairs of joints), 0 where either is missing."""
        first, second = self.pairs[0], self.pairs[1]
        apart = points.index_select(2, first) - points.index_select(2, second)
        both = seen.amin(3)
        return (
            torch.sqrt((apart * apart).sum(3) + _TINY)
            * both.index_select(2, first)
            * both.index_select(2, second)
        )


def _change(points: Tensor, seen: Tensor, rows: int) -> Tensor:
    """(B, L, J C) how far each joint is from where it was ``rows`` before; 0 where either is missing."""
    change = (points[:, rows:] - points[:, :-rows]) * seen[:, rows:] * seen[:, :-rows]
    return nn.functional.pad(change.flatten(2), (0, 0, rows, 0))


def _over_time(rows: Tensor) -> Tensor:
    return rows.transpose(1, 2)


def _layer(inputs: int, outputs: int, kernel: int) -> list[nn.Module]:
    return [
        nn.Conv1d(inputs, outputs, kernel, padding=kernel // 2, bias=False),
        nn.BatchNorm1d(outputs),
        nn.LeakyReLU(0.2),
    ]


def _double(inputs: int, outputs: int) -> list[nn.Module]:
    return [*_layer(inputs, outputs, 3), *_layer(outputs, outputs, 3)]


def _stream(inputs: int, filters: int, dropout: float, *, halve: bool) -> nn.Sequential:
    return nn.Sequential(
        nn.BatchNorm1d(inputs),
        *_layer(inputs, 2 * filters, 1),
        nn.Dropout(dropout),
        *_layer(2 * filters, filters, 3),
        *_layer(filters, filters, 1),
        *([nn.MaxPool1d(2)] if halve else []),
    )


def _refusal(spec: FeatureSpec) -> str | None:
    if positions(spec) is not None:
        return None
    return (
        f"ddnet measures distances between joints and needs their coordinates (such as scene, xy or world); "
        f"the features are {', '.join(spec.sets)}"
    )


ARCHITECTURE = Architecture(DdnetSettings, Ddnet, _refusal)
