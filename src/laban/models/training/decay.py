"""Which parameters decay: matrices do, biases and scales do not."""

from collections.abc import Iterable, Sequence

from torch import nn


def decay_groups(parameters: Iterable[nn.Parameter], weight_decay: float) -> Sequence[dict[str, object]]:
    """The groups of parameters that an optimiser takes."""
    every = list(parameters)
    return [
        {"params": [one for one in every if one.ndim > 1], "weight_decay": weight_decay},
        {"params": [one for one in every if one.ndim <= 1], "weight_decay": 0.0},
    ]
