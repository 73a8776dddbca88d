"""What a training is made of between two epochs, and the one file it is kept in."""

import copy
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from laban.errors import ModelError
from laban.models.network import Network
from laban.models.training.weights_file import read_weights, write_weights

_AVERAGE_START = 10
_MOMENTS = ("step", "exp_avg", "exp_avg_sq")


@dataclass(frozen=True)
class Epoch:
    """One pass over the examples: its loss in training, the loss and each task's accuracy on the validation
    windows (None without any), the learning rate it ended with and how long it took."""

    number: int
    train_loss: float
    loss: float | None
    accuracy: tuple[float | None, ...]
    learning_rate: float
    seconds: float


class State:
    """The network, its running mean where there is one, the optimiser, the epochs so far and the best weights."""

    def __init__(self, network: Network, optimizer: Any, *, averaging: bool) -> None:
        self.network, self.optimizer = network, optimizer
        self.mean = copy.deepcopy(network) if averaging else None
        self.history: list[Epoch] = []
        self.best: dict[str, Tensor] = {}
        self.best_epoch = 0
        self.steps = 0

    @property
    def judged(self) -> Network:
        """The weights that count."""
        return self.network if self.mean is None else self.mean

    def average(self, decay: float) -> None:
        """Takes a step into the running mean, the sooner the earlier."""
        self.steps += 1
        if self.mean is None:
            return
        keep = min(decay, (1 + self.steps) / (_AVERAGE_START + self.steps))
        with torch.no_grad():
            own, now = list(self.mean.parameters()), list(self.network.parameters())
            torch._foreach_lerp_(own, now, 1 - keep)
            for mean, latest in zip(self.mean.buffers(), self.network.buffers(), strict=True):
                mean.copy_(latest)

    def close_epoch(self, epoch: Epoch) -> None:
        """Keeps the weights where they are the best so far."""
        lowest = min((one.loss for one in self.history if one.loss is not None), default=float("inf"))
        self.history.append(epoch)
        if epoch.loss is None or epoch.loss < lowest or not self.best:
            self.best = _copied(self.judged)
            self.best_epoch = epoch.number


def save_state(path: Path, state: State, *, key: Mapping[str, Any]) -> None:
    """Writes everything to one file, in one move."""
    tensors = {f"network.{name}": value for name, value in _copied(state.network).items()}
    tensors |= {f"best.{name}": value for name, value in state.best.items()}
    if state.mean is not None:
        tensors |= {f"mean.{name}": value for name, value in _copied(state.mean).items()}
    for index, moments in state.optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": moments[name] for name in _MOMENTS}
    story = {
        "key": dict(key),
        "history": [asdict(epoch) for epoch in state.history],
        "best_epoch": state.best_epoch,
        "steps": state.steps,
    }
    write_weights(path, tensors, about=json.dumps(story))


def load_state(path: Path, state: State, *, key: Mapping[str, Any]) -> None:
    """Puts what ``save_state`` wrote into ``state``; raises ModelError where it is of another training."""
    tensors, about = read_weights(path)
    try:
        story = json.loads(about)
        if story["key"] != json.loads(json.dumps(dict(key))):
            raise ModelError(
                f"{path} belongs to a training with other examples or settings; delete it to start anew"
            )
        parts = {
            part: {
                name.partition(".")[2]: one for name, one in tensors.items() if name.startswith(f"{part}.")
            }
            for part in ("network", "best", "mean")
        }
        state.network.load_state_dict(parts["network"])
        if state.mean is not None:
            state.mean.load_state_dict(parts["mean"])
        _load_moments(state.optimizer, tensors)
        state.best, state.best_epoch, state.steps = parts["best"], story["best_epoch"], story["steps"]
        state.history = [Epoch(**{**one, "accuracy": tuple(one["accuracy"])}) for one in story["history"]]
    except (ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise ModelError(f"{path} is no interrupted training; delete it to start anew") from error


def _load_moments(optimizer: Any, tensors: Mapping[str, Tensor]) -> None:
    whole = optimizer.state_dict()
    count = sum(len(group["params"]) for group in whole["param_groups"])
    whole["state"] = {
        index: {name: tensors[f"optimizer.{index}.{name}"] for name in _MOMENTS} for index in range(count)
    }
    optimizer.load_state_dict(whole)


def _copied(network: Network) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in network.state_dict().items()}
