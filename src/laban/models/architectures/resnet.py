"""Residual convolutions over time: positions, how fast they change, and the body apart from its journey."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from laban.core.checks import in_range
from laban.errors import InvalidValueError
from laban.features.spec import FeatureBlock, FeatureSpec
from laban.models.architectures import Architecture


@dataclass(frozen=True)
class ResnetSettings:
    """``widths`` the channels of each stage, which halves the rows; ``kernel`` the rows that a convolution sees;
    ``rates`` over how many rows change is measured; ``dropout`` the share of channels' values that training leaves
    out within a stage."""

    widths: tuple[int, ...] = (64, 96, 128)
    kernel: int = 5
    rates: tuple[int, ...] = (1, 4)
    dropout: float = 0.2
    embedding_dropout: float = 0.4

    def __post_init__(self) -> None:
        for name in ("widths", "rates"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
            for value in getattr(self, name):
                in_range(value, name=name, low=1, high=4096)
        in_range(self.kernel, name="kernel", low=1, high=99)
        for name in ("dropout", "embedding_dropout"):
            in_range(getattr(self, name), name=name, low=0, high=0.95)
        if not self.widths or self.kernel % 2 == 0:
            raise InvalidValueError(
                f"resnet needs a stage and an odd kernel, got widths {self.widths}, kernel {self.kernel}"
            )


class Resnet(nn.Module):
    def __init__(self, settings: ResnetSettings, spec: FeatureSpec, length: int) -> None:
        super().__init__()
        self.streams = Streams(spec, tuple(rate for rate in settings.rates if rate < length))
        first, *_ = settings.widths
        self.stem = nn.Sequential(
            nn.BatchNorm1d(self.streams.width),
            nn.Conv1d(self.streams.width, first, 1, bias=False),
            nn.BatchNorm1d(first),
            nn.ReLU(),
        )
        inputs = (first, *settings.widths[:-1])
        self.stages = nn.Sequential(
            *(
                Stage(width, out, settings.kernel, settings.dropout)
                for width, out in zip(inputs, settings.widths, strict=True)
            )
        )
        self.dropout = nn.Dropout(settings.embedding_dropout)
        self.width = 2 * settings.widths[-1]

    def forward(self, values: Tensor, known: Tensor) -> Tensor:
        rows = self.stages(self.stem(self.streams(values, known)))
        # what is so on the whole, and what is so at any time
        pooled: Tensor = self.dropout(torch.cat([rows.mean(2), rows.amax(2)], 1))
        return pooled


class Stage(nn.Module):
    """Two convolutions beside a short cut; (B, C, L) to (B, C', L / 2)."""

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
    over each of ``rates`` rows, the joints about the middle of those that are known, and what is known."""

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
    """The columns of one set of coordinates about the mean of the joints known in the same row."""
    parts = []
    for axis in range(block.channels):
        columns = slice(block.start + axis, block.stop, block.channels)
        own, seen = values[:, :, columns], known[:, :, columns]
        middle = own.sum(2, keepdim=True) / seen.sum(2, keepdim=True).clamp_min(1.0)
        parts.append((own - middle) * seen)
    return torch.cat(parts, 2)


ARCHITECTURE = Architecture(ResnetSettings, Resnet)
