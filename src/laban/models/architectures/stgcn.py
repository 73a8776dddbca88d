"""Graph convolutions over the skeleton's bones, and convolutions over time.

After Yan et al. 2018 ("Spatial Temporal Graph Convolutional Networks", section 3.3, spatial partition: a joint's
neighbours nearer the hips, farther from them, and itself), with a learned addition to the bones as in Shi et al.
2019 ("Two-Stream Adaptive Graph Convolutional Networks", section 3.1).
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from laban.core.arrays import Float32Array
from laban.core.checks import in_range
from laban.core.skeleton import Skeleton, skeleton
from laban.errors import InvalidValueError
from laban.features.spec import FeatureSpec
from laban.models.architectures import Architecture
from laban.models.architectures.joints import body_joints, columns_by_joint

_PARTS = 3


@dataclass(frozen=True)
class StgcnSettings:
    """``blocks`` of which the first has ``channels``, and every second one halves time and doubles them; ``kernel``
    rows, an odd number, of a convolution over time; the dropout share."""

    channels: int = 32
    blocks: int = 5
    kernel: int = 7
    dropout: float = 0.2

    def __post_init__(self) -> None:
        in_range(self.channels, name="channels", low=1, high=512)
        in_range(self.blocks, name="blocks", low=1, high=12)
        in_range(self.kernel, name="kernel", low=1, high=31)
        in_range(self.dropout, name="dropout", low=0, high=0.95)
        if self.kernel % 2 == 0:
            raise InvalidValueError(f"kernel must be odd, got {self.kernel}")


class Stgcn(nn.Module):
    """Takes features as they are measured and normalises each joint's numbers itself."""

    raw = True
    columns: Tensor

    def __init__(self, settings: StgcnSettings, spec: FeatureSpec, length: int) -> None:  # noqa: ARG002
        super().__init__()
        columns = torch.from_numpy(columns_by_joint(spec, spec.blocks))
        self.joints, self.channels = columns.shape
        self.register_buffer("columns", columns.flatten(), persistent=False)
        body = skeleton(spec.skeleton)
        graph = torch.from_numpy(bone_graph(body, body_joints(body)))
        self.norm = nn.BatchNorm1d(2 * columns.numel())
        widths = [settings.channels * 2 ** (index // 2) for index in range(settings.blocks)]
        before = [2 * self.channels, *widths[:-1]]
        self.blocks = nn.ModuleList(
            _Block(inputs, outputs, graph, settings, stride=2 if index and outputs > inputs else 1)
            for index, (inputs, outputs) in enumerate(zip(before, widths, strict=True))
        )
        self.width = widths[-1]
        self.dropout = nn.Dropout(settings.dropout)

    def forward(self, values: Tensor, known: Tensor) -> Tensor:
        told = [part.index_select(2, self.columns) for part in (values, known)]
        rows = self.norm(torch.cat(told, 2).transpose(1, 2))
        body = rows.unflatten(1, (2, self.joints, self.channels))
        body = body.permute(0, 1, 3, 4, 2).flatten(1, 2)
        for block in self.blocks:
            body = block(body)
        return self.dropout(body.mean((2, 3)))


class _Block(nn.Module):
    """(B, C, L, J) to (B, D, L / stride, J)."""

    graph: Tensor

    def __init__(
        self, inputs: int, outputs: int, graph: Tensor, settings: StgcnSettings, *, stride: int
    ) -> None:
        super().__init__()
        self.register_buffer("graph", graph, persistent=False)
        self.learned = nn.Parameter(torch.zeros_like(graph))
        self.space = nn.Conv2d(inputs, _PARTS * outputs, 1)
        kernel = settings.kernel
        self.time = nn.Sequential(
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            nn.Conv2d(outputs, outputs, (kernel, 1), (stride, 1), (kernel // 2, 0), bias=False),
            nn.BatchNorm2d(outputs),
            nn.Dropout(settings.dropout),
        )
        same = inputs == outputs and stride == 1
        self.past = nn.Identity() if same else nn.Conv2d(inputs, outputs, 1, (stride, 1))

    def forward(self, body: Tensor) -> Tensor:
        links = self.graph + self.learned
        parts = self.space(body).chunk(_PARTS, 1)
        near = sum(torch.matmul(part, links[index]) for index, part in enumerate(parts))
        return torch.relu(self.time(near) + self.past(body))


def bone_graph(body: Skeleton, joints: tuple[int, ...]) -> Float32Array:
    """(3, J, J) what each joint takes from itself, from neighbours nearer the hips and from those farther; the
    columns of each that has any sum to 1."""
    steps = _steps(body)
    position = {joint: index for index, joint in enumerate(joints)}
    graph = np.zeros((_PARTS, len(joints), len(joints)), dtype=np.float32)
    graph[0] = np.eye(len(joints))
    for first, second in body.bones:
        for source, target in ((first, second), (second, first)):
            if source in position and target in position:
                part = 1 if steps[source] < steps[target] else 2 if steps[source] > steps[target] else 0
                graph[part, position[source], position[target]] = 1
    total = graph.sum(axis=1, keepdims=True)
    return np.asarray(graph / np.maximum(total, 1), dtype=np.float32)


def _steps(body: Skeleton) -> dict[int, int]:
    """How many bones each joint is from the hips; as many as there are joints where no bones lead there."""
    hips = [index for index, name in enumerate(body.names) if "hip" in name.split("_")] or [0]
    steps = dict.fromkeys(range(len(body)), len(body)) | dict.fromkeys(hips, 0)
    waiting = deque(hips)
    while waiting:
        joint = waiting.popleft()
        for bone in body.bones:
            if joint in bone:
                other = bone[0] if bone[1] == joint else bone[1]
                if steps[other] > steps[joint] + 1:
                    steps[other] = steps[joint] + 1
                    waiting.append(other)
    return steps


def _refusal(spec: FeatureSpec) -> str | None:
    others = [block.name for block in spec.blocks if not block.channels]
    if not others:
        return None
    names = ", ".join(others)
    return f"stgcn needs features that belong to joints (such as xy, world or velocity), which {names} do not"


ARCHITECTURE = Architecture(StgcnSettings, Stgcn, _refusal)
