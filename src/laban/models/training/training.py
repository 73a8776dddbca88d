"""Training: examples in, a network and how it came about out. The same seed gives the same bits.

What is random is drawn anew in each epoch from the seed and the epoch's number, so that a training that was
interrupted and one that was not come to the same end.
"""

import hashlib
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from laban.core.arrays import Float32Array
from laban.errors import InvalidValueError, MissingExtraError
from laban.models.card import Head, ModelCard
from laban.models.examples import UNLABELLED, Examples
from laban.models.training.training_settings import TrainingSettings
from laban.version import __version__

try:
    import torch
    from torch import Tensor

    from laban.models.network import Network, label_weights
    from laban.models.training.augment import Augmenter
    from laban.models.training.training_state import Epoch, State, load_state, save_state
except ModuleNotFoundError as error:
    raise MissingExtraError("training needs PyTorch; get it with: pip install 'laban[train]'") from error

_EVALUATION_BATCH = 256
_SEED_STEP = 100_003


@dataclass(frozen=True)
class Progress:
    """How far a training is after an epoch: the epoch just over, how many there may be, the seconds it is likely
    to take yet, and the epoch that is the best so far."""

    epoch: Epoch
    of: int
    eta_s: float
    best_epoch: int


@dataclass(frozen=True, eq=False)
class Trained:
    """A network with the weights of its best epoch, in evaluation mode, and how it came about.

    ``history`` holds the epochs in order, numbered from 1; ``best_epoch`` is the one kept.
    """

    network: Network
    card: ModelCard
    settings: TrainingSettings
    history: tuple[Epoch, ...]
    best_epoch: int


def train(
    train: Examples,
    validation: Examples,
    settings: TrainingSettings | None = None,
    *,
    name: str = "model",
    progress: Callable[[Progress], None] | None = None,
    resume: Path | None = None,
) -> Trained:
    """The network that learns ``train`` and of all epochs has the lowest loss on ``validation``.

    Where ``validation`` has no labelled window, the last epoch is kept. ``resume`` is a file: after each epoch
    what is needed to go on is written there, and where it exists training goes on from it; one that belongs to
    other examples or settings raises ModelError. Raises InvalidValueError where there is nothing to learn or the
    architecture cannot serve the features.
    """
    settings = settings or TrainingSettings()
    _check(train, validation)
    with threads_set(settings.threads):
        run = _Run(train, validation, settings)
        if resume is not None and resume.exists():
            load_state(resume, run.state, key=run.key)
        while not run.over:
            run.next_epoch()
            if resume is not None:
                save_state(resume, run.state, key=run.key)
            if progress is not None:
                progress(run.progress())
        return run.trained(name)


class _Run:
    """A training on its way."""

    def __init__(self, train: Examples, validation: Examples, settings: TrainingSettings) -> None:
        torch.manual_seed(settings.seed)
        self.settings, self.examples = settings, train
        network = build_network(settings, train)
        if settings.normalize:
            network.normalize_by(train.values)
        self.values, self.labels = _tensors(train)
        self.validation = _tensors(validation)
        self.weights = label_weights(train.labels, train.tasks, balanced=settings.class_weights == "balanced")
        moved = settings.augmentation
        self.augment = None if moved is None else Augmenter(moved, train.spec)
        self.state = State(network, _optimizer(network, settings), averaging=settings.average > 0)
        self.key = {"settings": settings.to_dict(), "data": fingerprint(train, validation)}
        self.batches = max(1, math.ceil(len(train) / settings.batch))

    @property
    def over(self) -> bool:
        done, waited = len(self.state.history), len(self.state.history) - self.state.best_epoch
        return done >= self.settings.epochs or 0 < self.settings.patience <= waited

    def next_epoch(self) -> None:
        began, number = time.perf_counter(), len(self.state.history) + 1
        seed = (self.settings.seed * _SEED_STEP + number) % 2**63
        torch.manual_seed(seed)
        generator = torch.Generator().manual_seed(seed)
        self.state.network.train()
        order = torch.randperm(len(self.values), generator=generator)
        losses = [
            self._step(chosen, number - 1 + index / self.batches, generator)
            for index, chosen in enumerate(order.tensor_split(self.batches))
        ]
        loss, accuracy = self._judge()
        train_loss = float(torch.stack(losses).mean())
        spent = time.perf_counter() - began
        self.state.close_epoch(Epoch(number, train_loss, loss, accuracy, self._rate(float(number)), spent))

    def progress(self) -> Progress:
        history = self.state.history
        each_s = sum(epoch.seconds for epoch in history) / len(history)
        left = 0 if self.over else self.settings.epochs - len(history)
        return Progress(history[-1], self.settings.epochs, left * each_s, self.state.best_epoch)

    def trained(self, name: str) -> Trained:
        network = build_network(self.settings, self.examples)
        network.load_state_dict(self.state.best)
        examples, settings = self.examples, self.settings
        about = {
            "training": settings.to_dict(),
            "data": self.key["data"],
            "best_epoch": self.state.best_epoch,
            "parameters": sum(one.numel() for one in network.parameters()),
            "versions": {"laban": __version__, "torch": str(torch.__version__)},
        }
        heads = tuple(Head(task) for task in examples.tasks)
        card = ModelCard(name, settings.architecture, examples.spec, examples.clock, heads, about)
        return Trained(network.eval(), card, settings, tuple(self.state.history), self.state.best_epoch)

    def _step(self, chosen: Tensor, epochs_done: float, generator: torch.Generator) -> Tensor:
        """The loss of a batch, whose slope the weights have followed."""
        values = self.values.index_select(0, chosen)
        if self.augment is not None:
            values = self.augment(values, generator)
        network, optimizer = self.state.network, self.state.optimizer
        for group in optimizer.param_groups:
            group["lr"] = self._rate(epochs_done)
        optimizer.zero_grad(set_to_none=True)
        embedding = network.embed(*filled(values))
        smoothing = self.settings.label_smoothing
        loss = network.heads.loss(embedding, self.labels[chosen], self.weights, smoothing)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), self.settings.clip_gradient)
        optimizer.step()
        self.state.average(self.settings.average)
        return loss.detach()

    def _judge(self) -> tuple[float | None, tuple[float | None, ...]]:
        """The loss and each task's accuracy on the validation windows; None where none is labelled."""
        values, labels = self.validation
        network = self.state.judged.eval()
        if not bool((labels != UNLABELLED).any()):
            return None, (None,) * labels.shape[1]
        with torch.no_grad():
            embedding = torch.cat([network.embed(*filled(part)) for part in values.split(_EVALUATION_BATCH)])
            loss = float(network.heads.loss(embedding, labels, self.weights, 0.0))
            sizes = [len(task.labels) for task in self.examples.tasks]
            answers = [part.argmax(1) for part in network.heads(embedding).split(sizes, 1)]
        right = [_share_right(answer, labels[:, column]) for column, answer in enumerate(answers)]
        return loss, tuple(right)

    def _rate(self, epochs_done: float) -> float:
        settings, part = self.settings, epochs_done / self.settings.epochs
        if part < settings.warmup:
            return settings.learning_rate * max(part / settings.warmup, 1e-3)
        if settings.schedule == "constant":
            return settings.learning_rate
        left = (part - settings.warmup) / max(1 - settings.warmup, 1e-9)
        return settings.learning_rate * 0.5 * (1 + math.cos(math.pi * min(left, 1.0)))


def build_network(settings: TrainingSettings, shown: Examples | ModelCard) -> Network:
    """An untrained network for what ``shown`` holds or tells of."""
    return Network(
        settings.architecture,
        settings.options,
        shown.spec,
        shown.clock.length,
        shown.tasks,
        heads=settings.heads,
    )


def filled(values: Tensor) -> tuple[Tensor, Tensor]:
    """What a network is given: 0 for NaN, and 1 where something is known."""
    known = torch.isfinite(values)
    return torch.where(known, values, 0.0), known.to(values.dtype)


def fingerprint(*parts: Examples) -> str:
    """SHA-256 of what there is to learn: windows, labels and what they mean."""
    total = hashlib.sha256()
    for part in parts:
        total.update(f"{part.spec.to_json()} {part.clock} {part.tasks}".encode())
        total.update(np.ascontiguousarray(part.values).data)
        total.update(np.ascontiguousarray(part.labels).data)
    return total.hexdigest()


def _tensors(examples: Examples) -> tuple[Tensor, Tensor]:
    values: Float32Array = np.array(examples.values)
    return torch.from_numpy(values), torch.from_numpy(np.array(examples.labels))


def _optimizer(network: Network, settings: TrainingSettings) -> Any:
    """AdamW; biases and what only scales do not decay."""
    matrices = [one for one in network.parameters() if one.ndim > 1]
    others = [one for one in network.parameters() if one.ndim <= 1]
    groups = [
        {"params": matrices, "weight_decay": settings.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=settings.learning_rate, fused=True)


def _share_right(answer: Tensor, label: Tensor) -> float | None:
    told = label != UNLABELLED
    return float((answer == label)[told].float().mean()) if bool(told.any()) else None


def _check(train: Examples, validation: Examples) -> None:
    for name in ("spec", "clock", "tasks"):
        if getattr(train, name) != getattr(validation, name):
            raise InvalidValueError(f"training and validation examples must have the same {name}")
    for column, task in enumerate(train.tasks):
        held = np.unique(train.labels[:, column])
        if np.count_nonzero(held != UNLABELLED) < 2:
            raise InvalidValueError(
                f"task {task.name!r} needs training windows of at least two labels, got {len(held[held >= 0])}"
            )


@contextmanager
def threads_set(threads: int) -> Iterator[None]:
    """The caller's random state and number of threads are as they were, afterwards."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads or before)
    try:
        with torch.random.fork_rng(devices=[]):
            yield
    finally:
        torch.set_num_threads(before)
