"""An LSTM unrolled step by step for export: fewer and larger operations than the converter makes from PyTorch's.

The input's part of all gates is one product for the whole window, the three sigmoid gates are adjacent so that
one operation serves them, and the first step, which has no previous state, has no product at all.
"""

import copy

import torch
from torch import Tensor, nn


def unrolled(network: nn.Module) -> nn.Module:
    """A copy of ``network`` for one window at a time, in which every LSTM is unrolled."""
    twin = copy.deepcopy(network)
    for name, part in list(twin.named_modules()):
        if isinstance(part, nn.LSTM):
            parent = twin.get_submodule(name.rpartition(".")[0])
            setattr(parent, name.rpartition(".")[2], _Layers(part))
    return twin


class _Layers(nn.Module):
    """Replaces a ``torch.nn.LSTM`` that takes (1, L, F), without its second result."""

    def __init__(self, memory: nn.LSTM) -> None:
        super().__init__()
        ways = ("", "_reverse") if memory.bidirectional else ("",)
        self.layers = nn.ModuleList(
            nn.ModuleList(_Layer(memory, f"_l{index}{way}") for way in ways)
            for index in range(memory.num_layers)
        )

    def forward(self, values: Tensor) -> tuple[Tensor, None]:
        rows = values[0]
        for ways in self.layers:
            states = [way(rows) for way in ways]
            rows = torch.cat([torch.cat(one, 1) for one in zip(*states, strict=True)], 0)
        return rows[None], None


class _Layer(nn.Module):
    """From rows (L, F) to L states (1, H), one way through time."""

    def __init__(self, memory: nn.LSTM, name: str) -> None:
        super().__init__()
        self.backwards, self.units = name.endswith("_reverse"), memory.hidden_size
        own = {part: getattr(memory, f"{part}{name}").detach() for part in ("weight_ih", "weight_hh")}
        bias = memory.bias_ih_l0.new_zeros(4 * self.units)
        for part in ("bias_ih", "bias_hh"):
            bias = bias + getattr(memory, f"{part}{name}").detach()
        self.weight_in, self.weight_back, self.bias = (
            nn.Parameter(_gates_first(one)) for one in (own["weight_ih"], own["weight_hh"], bias)
        )

    def forward(self, rows: Tensor) -> list[Tensor]:
        units, count = self.units, len(rows)
        inputs = nn.functional.linear(rows, self.weight_in, self.bias)
        order = range(count - 1, -1, -1) if self.backwards else range(count)
        states: list[Tensor] = []
        memory: Tensor | None = None
        for index in order:
            given = inputs[index : index + 1]
            if states:
                given = given + nn.functional.linear(states[-1], self.weight_back)
            gates, new = torch.sigmoid(given[:, : 3 * units]), torch.tanh(given[:, 3 * units :])
            kept = gates[:, :units] * new
            memory = kept if memory is None else gates[:, units : 2 * units] * memory + kept
            states.append(gates[:, 2 * units :] * torch.tanh(memory))
        return states[::-1] if self.backwards else states


def _gates_first(weight: Tensor) -> Tensor:
    """PyTorch's order is input, forget, new, output; here "new" is last."""
    into, forget, new, out = weight.chunk(4)
    return torch.cat([into, forget, out, new])
