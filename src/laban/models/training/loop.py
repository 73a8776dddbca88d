"""The training loop for landmarks, images and clips. The same seed gives the same result bit for bit.

Kinds of models differ in their ``TrainingTask``: network, batches, loss and validation data. The loop takes care of
seeds, stages, learning rates, the running mean of the weights, the best epoch, patience, resuming and progress.

Random numbers follow from the seed and the epoch's number, and the state of the optimiser is kept with the weights,
so that an interrupted training ends with the same weights as an uninterrupted one.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from laban.errors import MissingExtraError
from laban.models.training.schedule import LoopSettings, Stage, stage_at

try:
    import torch
    from torch import Tensor

    from laban.models.training.training_state import Epoch, State, load_state, save_state
except ModuleNotFoundError as error:
    raise MissingExtraError("training needs PyTorch; get it with: pip install 'laban[train]'") from error

B = TypeVar("B")

_SEED_STEP = 100_003
_RECENT = 3
"""Epochs from which the time left is estimated: those of another stage may take much longer or shorter."""


@dataclass(frozen=True)
class Validation:
    """The loss and each task's accuracy on the validation part; None where it has no labels."""

    loss: float | None
    accuracy: tuple[float | None, ...]


class TrainingTask(Protocol[B]):
    """What is learned, and from which data. ``B`` is a batch, which only the task itself inspects.

    ``network`` is a ``torch.nn.Module`` that learns in place. ``key`` identifies data and settings, as JSON: a
    saved state with another key is refused.
    """

    @property
    def network(self) -> torch.nn.Module: ...

    @property
    def key(self) -> Mapping[str, object]: ...

    @property
    def stages(self) -> Sequence[Stage]: ...

    @property
    def batch_count(self) -> int:
        """The number of batches per epoch."""
        ...

    def begin(self, stage: int) -> torch.optim.Optimizer:
        """Prepares the network for a stage, and returns a new optimiser of the parameters that learn in it.

        A parameter group may have a ``share`` of the stage's learning rate.
        """
        ...

    def batches(self, seed: int) -> Iterator[B]:
        """The batches of an epoch; ``seed`` decides their order and augmentation."""
        ...

    def loss(self, batch: B) -> Tensor:
        """The loss of ``network`` on a batch, with its gradient."""
        ...

    def validate(self, network: torch.nn.Module) -> Validation:
        """The validation result of ``network``, or of a copy of it with other weights, in evaluation mode."""
        ...


@dataclass(frozen=True)
class TrainingProgress:
    """The state after an epoch: the finished epoch, the maximum number of epochs, the estimated seconds left, and
    the best epoch so far."""

    epoch: Epoch
    of: int
    eta_s: float
    best_epoch: int


@dataclass(frozen=True, eq=False)
class Fitted:
    """A network with the weights of its best epoch, in evaluation mode. ``history`` holds the epochs in order,
    numbered from 1; ``best_epoch`` is the one kept."""

    network: torch.nn.Module
    history: tuple[Epoch, ...]
    best_epoch: int


def fit_network(
    make: Callable[[], TrainingTask[B]],
    settings: LoopSettings,
    *,
    progress: Callable[[TrainingProgress], None] | None = None,
    resume: Path | None = None,
) -> Fitted:
    """Trains the network of the task that ``make`` builds, and keeps the epoch of the lowest validation loss.

    Where nothing can be validated the last epoch is kept. A stage continues from the best epoch so far. ``resume``
    is a file to which the state is written after each epoch, and from which training continues if it exists; a
    state with another key raises ModelError.
    """
    with threads_set(settings.threads):
        torch.manual_seed(settings.seed)
        run = _Run(make(), settings)
        if resume is not None and resume.exists():
            load_state(resume, run.state, key=run.task.key, begin=run.task.begin)
        while not run.over:
            run.next_epoch()
            if resume is not None:
                save_state(resume, run.state, key=run.task.key)
            if progress is not None:
                progress(run.progress())
        return run.fitted()


class _Run(Generic[B]):
    """A training in progress."""

    def __init__(self, task: TrainingTask[B], settings: LoopSettings) -> None:
        self.task, self.settings = task, settings
        self.state = State(task.network, averaging=settings.average > 0)
        self.total = sum(stage.epochs for stage in task.stages)

    @property
    def over(self) -> bool:
        done = len(self.state.history)
        waited = done - self.state.best_epoch
        return done >= self.total or 0 < self.settings.patience <= waited

    def next_epoch(self) -> None:
        began, number = time.perf_counter(), len(self.state.history) + 1
        index, stage, before = stage_at(self.task.stages, number)
        self._enter(index)
        seed = (self.settings.seed * _SEED_STEP + number) % 2**63
        torch.manual_seed(seed)
        self.state.network.train()
        count = self.task.batch_count
        losses = [
            self._step(batch, rate=stage.rate_at((number - 1 + at / count - before) / stage.epochs))
            for at, batch in enumerate(self.task.batches(seed))
        ]
        found = self.task.validate(self.state.candidate.eval())
        loss = float(torch.stack(losses).mean())
        rate = stage.rate_at((number - before) / stage.epochs)
        spent = time.perf_counter() - began
        self.state.close_epoch(Epoch(number, loss, found.loss, found.accuracy, rate, spent))

    def progress(self) -> TrainingProgress:
        history = self.state.history
        recent = [epoch.seconds for epoch in history[-_RECENT:]]
        left = 0 if self.over else self.total - len(history)
        return TrainingProgress(
            history[-1], self.total, left * sum(recent) / len(recent), self.state.best_epoch
        )

    def fitted(self) -> Fitted:
        network, state = self.task.network, self.state
        network.load_state_dict(state.best)
        return Fitted(network.eval(), tuple(state.history), state.best_epoch)

    def _enter(self, stage: int) -> None:
        if stage == self.state.stage:
            return
        if self.state.best:
            self.state.restart_from_best()
        self.state.stage, self.state.optimizer = stage, self.task.begin(stage)

    def _step(self, batch: B, *, rate: float) -> Tensor:
        """Takes one step on a batch and returns its loss."""
        optimizer = self.state.optimizer
        for group in optimizer.param_groups:
            group["lr"] = rate * group.get("share", 1.0)
        optimizer.zero_grad(set_to_none=True)
        loss = self.task.loss(batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.state.network.parameters(), self.settings.clip_gradient)
        optimizer.step()
        self.state.average(self.settings.average)
        return loss.detach()


@contextmanager
def threads_set(threads: int) -> Iterator[None]:
    """Restores the caller's random state and number of threads afterwards."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads or before)
    try:
        with torch.random.fork_rng(devices=[]):
            yield
    finally:
        torch.set_num_threads(before)
