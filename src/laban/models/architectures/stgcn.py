"""Graph convolutions over the skeleton and convolutions over time, by turns.

After Yan et al. 2018, "Spatial Temporal Graph Convolutional Networks", with graphs that are learned from the
skeleton's own on (Shi et al. 2019, section 3.2).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from laban.core.checks import in_range
from laban.core.skeleton import skeleton
from laban.errors import InvalidValueError
from laban.features.spec import FeatureSpec
from laban.models.architectures import Architecture

_GRAPHS = 3


@dataclass(frozen=True)
class StgcnSettings:
    """``widths`` the channels of each block, of which all but the first halve the rows; ``kernel`` the rows that a
    convolution over time sees; the share left out in training."""

    widths: tuple[int, ...] = (48, 64, 96)
    kernel: int = 5
    dropout: float = 0.2

    def __post_init__(self) -> None:
        object.__setattr__(self, "widths", tuple(self.widths))
        for value in self.widths:
            in_range(value, name="widths", low=1, high=2048)
        in_range(self.kernel, name="kernel", low=1, high=99)
        in_range(self.dropout, name="dropout", low=0, high=0.95)
        if not self.widths or self.kernel % 2 == 0:
            raise InvalidValueError(
                f"stgcn needs a block and an odd kernel, got {self.widths}, kernel {self.kernel}"
            )


class Stgcn(nn.Module):
    def __init__(self, settings: StgcnSettings, spec: FeatureSpec, length: int) -> None:  # noqa: ARG002
        super().__init__()
        self.blocks = [block for block in spec.blocks if block.channels]
        graphs = skeleton_graphs(spec.skeleton)
        self.joints = graphs.shape[1]
        channels = sum(block.channels for block in self.blocks) + 1
        self.norm = nn.BatchNorm1d(channels * self.joints)
        widths = (channels, *settings.widths)
        self.body = nn.Sequential(
            *(
                Block(widths[at], widths[at + 1], graphs, settings, stride=1 if at == 0 else 2)
                for at in range(len(settings.widths))
            )
        )
        self.dropout = nn.Dropout(settings.dropout)
        self.width = settings.widths[-1]

    def forward(self, values: Tensor, known: Tensor) -> Tensor:
        batch, length, _ = values.shape
        parts = [self._of_joints(values, block.start, block.channels) for block in self.blocks]
        first = self.blocks[0]
        parts.append(self._of_joints(known, first.start, first.channels)[..., :1])
        points = torch.cat(parts, 3)  # (B, L, J, C)
        flat = self.norm(points.reshape(batch, length, -1).transpose(1, 2))
        graph = flat.reshape(batch, self.joints, -1, length).permute(0, 2, 3, 1)
        pooled: Tensor = self.dropout(self.body(graph).mean((2, 3)))
        return pooled

    def _of_joints(self, columns: Tensor, start: int, channels: int) -> Tensor:
        """(B, L, J, C) of one set."""
        own = columns[:, :, start : start + self.joints * channels]
        return own.reshape(own.shape[0], own.shape[1], self.joints, channels)


class Block(nn.Module):
    """(B, C, L, J) to (B, C', L / stride, J)."""

    def __init__(self, width: int, out: int, graphs: Tensor, settings: StgcnSettings, *, stride: int) -> None:
        super().__init__()
        self.graphs = nn.Parameter(graphs.clone())
        self.mix = nn.Conv2d(width, _GRAPHS * out, 1)
        self.between = nn.BatchNorm2d(out)
        self.time = nn.Sequential(
            nn.ReLU(),
            nn.Conv2d(out, out, (settings.kernel, 1), stride=(stride, 1), padding=(settings.kernel // 2, 0)),
            nn.BatchNorm2d(out),
            nn.Dropout(settings.dropout),
        )
        self.short_cut = nn.Sequential(nn.Conv2d(width, out, 1, stride=(stride, 1)), nn.BatchNorm2d(out))

    def forward(self, graph: Tensor) -> Tensor:
        mixed = self.mix(graph).chunk(_GRAPHS, 1)
        spread = sum(part @ self.graphs[index] for index, part in enumerate(mixed))
        return torch.relu(self.time(self.between(spread)) + self.short_cut(graph))


def skeleton_graphs(name: str) -> Tensor:
    """(3, J, J): each joint itself; its neighbours, each row's shares of 1; and everybody alike."""
    body = skeleton(name)
    count = len(body)
    near = torch.zeros(count, count)
    for first, second in body.bones:
        near[first, second] = near[second, first] = 1.0
    shares = near / near.sum(0).clamp_min(1.0)
    return torch.stack([torch.eye(count), shares, torch.full((count, count), 1.0 / count)])


def _refusal(spec: FeatureSpec) -> str | None:
    if any(block.channels for block in spec.blocks):
        return None
    return f"stgcn needs coordinates of joints, and {', '.join(spec.sets)} hold none; add scene"


ARCHITECTURE = Architecture(StgcnSettings, Stgcn, _refusal)
