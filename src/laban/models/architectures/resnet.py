"""Residual convolutions over time, of positions, their rates of change, and the body relative to its own centre."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from laban.core.checks import in_range
from laban.errors import InvalidValueError
from laban.features.spec import FeatureBlock, FeatureSpec
from laban.models.architectures import Architecture
from laban.models.architectures.pooling import mean_and_max, rows_known

_LEVEL, _STEEPNESS = 0.5, 4.0
"""The initial threshold above which a channel counts as high, and the steepness there."""


@dataclass(frozen=True)
class ResnetSettings:
    """``widths`` the channels of each stage, which halves the rows; ``kernel`` the rows that a convolution sees;
    ``rates`` over how many rows change is measured; ``members`` networks of that size that answer together;
    ``shares`` whether the share of time for which a channel is high is an output too.

    In training, ``dropout`` is the share of channels' values left out within a stage, ``embedding_dropout`` of the
    embedding, ``input_dropout`` of columns, and ``noise`` what is added to columns of unit spread; ``limit`` cuts
    columns off at so many spreads, 0 leaves them."""

    widths: tuple[int, ...] = (48, 64, 80)
    kernel: int = 5
    rates: tuple[int, ...] = (1, 4)
    dropout: float = 0.2
    embedding_dropout: float = 0.4
    input_dropout: float = 0.0
    noise: float = 0.0
    limit: float = 0.0
    members: int = 3
    shares: bool = False

    def __post_init__(self) -> None:
        for name in ("widths", "rates"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
            for value in getattr(self, name):
                in_range(value, name=name, low=1, high=4096)
        in_range(self.members, name="members", low=1, high=64)
        in_range(self.kernel, name="kernel", low=1, high=99)
        for name in ("dropout", "embedding_dropout", "input_dropout"):
            in_range(getattr(self, name), name=name, low=0, high=0.95)
        for name in ("noise", "limit"):
            in_range(getattr(self, name), name=name, low=0, high=1000)
        if not self.widths or self.kernel % 2 == 0:
            raise InvalidValueError(
                f"resnet needs a stage and an odd kernel, got widths {self.widths}, kernel {self.kernel}"
            )


class Resnet(nn.Module):
    """``members`` networks side by side, each with a part of the embedding."""

    def __init__(self, settings: ResnetSettings, spec: FeatureSpec, length: int) -> None:
        super().__init__()
        self.streams = Streams(spec, tuple(rate for rate in settings.rates if rate < length))
        self.even = Evened(settings, self.streams.width)
        self.members = settings.members
        self.each = nn.ModuleList(Member(settings, self.streams.width) for _ in range(settings.members))
        self.dropout = nn.Dropout(settings.embedding_dropout)
        self.width = sum(member.width for member in self.each)

    def forward(self, values: Tensor, known: Tensor) -> Tensor:
        rows, seen = self.even(self.streams(values, known)), rows_known(known)
        embedding: Tensor = self.dropout(torch.cat([member(rows, seen) for member in self.each], 1))
        return embedding


class Evened(nn.Module):
    """(B, C, L) with every column about 0 and of one spread, and in training some noise and columns left out."""

    def __init__(self, settings: ResnetSettings, width: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(width)
        self.limit, self.noise = settings.limit, settings.noise
        self.left_out = nn.Dropout1d(settings.input_dropout)

    def forward(self, rows: Tensor) -> Tensor:
        rows = self.norm(rows)
        if self.limit:
            rows = rows.clamp(-self.limit, self.limit)
        if self.training and self.noise:
            each = torch.randn_like(rows[..., :1]) + torch.randn_like(rows) / 2
            rows = rows + self.noise * each
        evened: Tensor = self.left_out(rows)
        return evened


class Member(nn.Module):
    """(B, C, L) rows and which are known, to (B, ``width``)."""

    def __init__(self, settings: ResnetSettings, width: int) -> None:
        super().__init__()
        first, *_ = settings.widths
        self.stem = nn.Sequential(nn.Conv1d(width, first, 1, bias=False), nn.BatchNorm1d(first), nn.ReLU())
        inputs = (first, *settings.widths[:-1])
        self.stages = nn.ModuleList(
            Stage(width, out, settings.kernel, settings.dropout)
            for width, out in zip(inputs, settings.widths, strict=True)
        )
        last = settings.widths[-1]
        self.level = nn.Parameter(torch.full((last, 1), _LEVEL)) if settings.shares else None
        self.width = last * (3 if settings.shares else 2)

    def forward(self, rows: Tensor, seen: Tensor) -> Tensor:
        rows = self.stem(rows)
        for stage in self.stages:
            rows, seen = stage(rows), seen[:, ::2]
        # the mean over time, the maximum, and the share of time above a threshold
        pooled = mean_and_max(rows.transpose(1, 2), seen)
        if self.level is None:
            return pooled
        known = seen[:, None]
        high = torch.sigmoid(_STEEPNESS * (rows - self.level)) * known
        return torch.cat([pooled, high.sum(2) / known.sum(2).clamp_min(1.0)], 1)


class Stage(nn.Module):
    """Two convolutions and a shortcut; (B, C, L) to (B, C', L / 2)."""

    def __init__(self, width: int, out: int, kernel: int, dropout: float) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            nn.Conv1d(width, out, kernel, stride=2, padding=kernel // 2, bias=False),
            nn.BatchNorm1d(out),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Conv1d(out, out, kernel, padding=kernel // 2, bias=False),
            nn.BatchNorm1d(out),
        )
        self.short_cut = nn.Sequential(nn.Conv1d(width, out, 1, stride=2, bias=False), nn.BatchNorm1d(out))

    def forward(self, rows: Tensor) -> Tensor:
        return torch.relu(self.convolutions(rows) + self.short_cut(rows))


class Streams(nn.Module):
    """(B, L, F) values, 0 where unknown, and what is known of them, to (B, ``width``, L): the values, their changes
    over each of ``rates`` rows, the joints relative to the mean of the known ones, and the mask."""

    def __init__(self, spec: FeatureSpec, rates: tuple[int, ...]) -> None:
        super().__init__()
        self.rates = rates
        self.blocks = [block for block in spec.blocks if block.channels]
        self.width = spec.width * (2 + len(rates)) + sum(block.stop - block.start for block in self.blocks)

    def forward(self, values: Tensor, known: Tensor) -> Tensor:
        streams = [values, known]
        streams += [_change(values, known, rate) for rate in self.rates]
        streams += [_about_the_middle(values, known, block) for block in self.blocks]
        return torch.cat(streams, 2).transpose(1, 2)


def _change(values: Tensor, known: Tensor, rate: int) -> Tensor:
    """(B, L, F) over ``rate`` rows, 0 where either end is not known."""
    change = (values[:, rate:] - values[:, :-rate]) * known[:, rate:] * known[:, :-rate]
    return nn.functional.pad(change, (0, 0, rate // 2, rate - rate // 2))


def _about_the_middle(values: Tensor, known: Tensor, block: FeatureBlock) -> Tensor:
    """The columns of one set of coordinates relative to the mean of the joints known in the same row."""
    parts = []
    for axis in range(block.channels):
        columns = slice(block.start + axis, block.stop, block.channels)
        own, seen = values[:, :, columns], known[:, :, columns]
        middle = own.sum(2, keepdim=True) / seen.sum(2, keepdim=True).clamp_min(1.0)
        parts.append((own - middle) * seen)
    return torch.cat(parts, 2)


ARCHITECTURE = Architecture(ResnetSettings, Resnet)
