"""The state of a training between two epochs, and the file that holds it."""

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from laban.core.answers import known
from laban.core.answers.metrics import EpochAnswer, HistoryAnswer
from laban.errors import ModelError
from laban.models.training.weights_file import read_weights, write_weights

_AVERAGE_START = 10


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

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Epoch":
        """From the fields as JSON holds them."""
        return cls(**{**value, "accuracy": tuple(value["accuracy"])})

    def answer(self) -> EpochAnswer:
        """The answer that is printed and written."""
        return EpochAnswer(
            number=self.number,
            train_loss=known(self.train_loss),
            loss=None if self.loss is None else known(self.loss),
            accuracy=self.accuracy,
            learning_rate=self.learning_rate,
            seconds=self.seconds,
        )


def history_answer(epochs: Sequence[Epoch], best_epoch: int) -> HistoryAnswer:
    """The answer about how training went."""
    seconds = sum(one.seconds for one in epochs)
    return HistoryAnswer(tuple(one.answer() for one in epochs), best_epoch, seconds)


class State:
    """The network, its running mean where there is one, the optimiser of the stage that it is in (-1 before the
    first), the epochs so far and the best weights."""

    def __init__(self, network: torch.nn.Module, *, averaging: bool) -> None:
        self.network = network
        self.mean = copy.deepcopy(network) if averaging else None
        self.stage = -1
        self.optimizer: Any = None
        self.history: list[Epoch] = []
        self.best: dict[str, Tensor] = {}
        self.best_epoch = 0
        self.steps = 0

    @property
    def candidate(self) -> torch.nn.Module:
        """The weights to evaluate: the running mean where there is one."""
        return self.network if self.mean is None else self.mean

    def average(self, decay: float) -> None:
        """Updates the running mean, faster in early steps."""
        self.steps += 1
        if self.mean is None:
            return
        keep = min(decay, (1 + self.steps) / (_AVERAGE_START + self.steps))
        with torch.no_grad():
            own, now = list(self.mean.parameters()), list(self.network.parameters())
            torch._foreach_lerp_(own, now, 1 - keep)
            for mean, latest in zip(self.mean.buffers(), self.network.buffers(), strict=True):
                mean.copy_(latest)

    def restart_from_best(self) -> None:
        """Restores the best weights so far."""
        self.network.load_state_dict(self.best)
        if self.mean is not None:
            self.mean.load_state_dict(self.best)

    def close_epoch(self, epoch: Epoch) -> None:
        """Keeps the weights where they are the best so far."""
        lowest = min((one.loss for one in self.history if one.loss is not None), default=float("inf"))
        self.history.append(epoch)
        if epoch.loss is None or epoch.loss < lowest or not self.best:
            self.best = _copied(self.candidate)
            self.best_epoch = epoch.number


def save_state(path: Path, state: State, *, key: Mapping[str, object]) -> None:
    """Writes everything to one file, in one move."""
    tensors = {f"network.{name}": value for name, value in _copied(state.network).items()}
    tensors |= {f"best.{name}": value for name, value in state.best.items()}
    if state.mean is not None:
        tensors |= {f"mean.{name}": value for name, value in _copied(state.mean).items()}
    for index, moments in state.optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": value for name, value in moments.items()}
    story = {
        "key": dict(key),
        "history": [asdict(epoch) for epoch in state.history],
        "best_epoch": state.best_epoch,
        "stage": state.stage,
        "steps": state.steps,
    }
    write_weights(path, tensors, about=json.dumps(story))


def load_state(
    path: Path, state: State, *, key: Mapping[str, object], begin: Callable[[int], torch.optim.Optimizer]
) -> None:
    """Loads what ``save_state`` wrote into ``state``; raises ModelError where it belongs to another training.

    ``begin`` makes the optimiser of a stage, once the network has its weights.
    """
    try:
        tensors, about = read_weights(path)
    except ModelError as error:
        raise ModelError(f"{error}; delete {path} to start this part again") from error
    try:
        story = json.loads(about)
        if story["key"] != json.loads(json.dumps(dict(key))):
            raise ModelError(
                f"{path} belongs to a training with other examples or settings; delete it to start again"
            )
        state.network.load_state_dict(_part(tensors, "network"))
        if state.mean is not None:
            state.mean.load_state_dict(_part(tensors, "mean"))
        state.stage, state.steps = int(story["stage"]), int(story["steps"])
        state.optimizer = begin(state.stage)
        _load_moments(state.optimizer, _part(tensors, "optimizer"))
        state.best, state.best_epoch = _part(tensors, "best"), int(story["best_epoch"])
        state.history = [Epoch.from_json(one) for one in story["history"]]
    except (ValueError, KeyError, TypeError, AttributeError, RuntimeError, IndexError) as error:
        raise ModelError(f"{path} is not the state of a training; delete it to start again") from error


def _part(tensors: Mapping[str, Tensor], part: str) -> dict[str, Tensor]:
    return {name.partition(".")[2]: one for name, one in tensors.items() if name.startswith(f"{part}.")}


def _load_moments(optimizer: torch.optim.Optimizer, moments: Mapping[str, Tensor]) -> None:
    whole = optimizer.state_dict()
    whole["state"] = {}
    for name, value in moments.items():
        index, _, moment = name.partition(".")
        whole["state"].setdefault(int(index), {})[moment] = value
    optimizer.load_state_dict(whole)


def _copied(network: torch.nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in network.state_dict().items()}
