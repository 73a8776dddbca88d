"""Training a classifier of pictures: first its head, then as much of the backbone as may learn.

What frozen parts make of a picture never changes, so it is worked out once for each of its changed forms and
kept; epochs then cost only what is learned. The same seed and number of threads give the same bits.
"""

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from laban.core.arrays import IntArray
from laban.errors import ModelError
from laban.models.card import Task
from laban.models.image.backbone import Backbone
from laban.models.image.classifier import Classifier
from laban.models.image.settings import PictureTraining
from laban.models.network import label_weights
from laban.models.training.training import Progress, threads_set
from laban.models.training.training_state import Epoch
from laban.models.training.weights_file import read_weights, write_weights

_SEED_STEP = 100_003
_WARMUP = 0.1
_BATCH = 64


@dataclass(frozen=True, eq=False)
class Prepared:
    """Pictures as the frozen parts see them: ``forms`` (V, N, ...) of N pictures in V changed forms, and the
    position of the class of each form ``labels`` (V, N)."""

    forms: Tensor
    labels: IntArray

    def __len__(self) -> int:
        return int(self.labels.shape[1])

    def take(self, rows: IntArray) -> "Prepared":
        """The pictures at these positions."""
        return Prepared(self.forms[:, torch.tensor(rows)], self.labels[:, rows])


@dataclass(frozen=True, eq=False)
class TrainedPictures:
    """A classifier with the weights of its best epoch, in evaluation mode, and how it came about."""

    classifier: Classifier
    task: Task
    settings: PictureTraining
    history: tuple[Epoch, ...]
    best_epoch: int


def train_pictures(
    backbone: Callable[[], Backbone],
    task: Task,
    train: Prepared,
    validation: Prepared | None,
    settings: PictureTraining,
    *,
    key: Mapping[str, Any] | None = None,
    progress: Callable[[Progress], None] | None = None,
    resume: Path | None = None,
) -> TrainedPictures:
    """The classifier that learns ``train`` and has of all epochs the lowest loss on ``validation``; without
    it, the last. ``backbone`` makes the network to begin with. ``resume`` is a file from which an interrupted
    training with the same ``key`` goes on."""
    with threads_set(settings.threads):
        run = _Run(backbone(), task, train, validation, settings, dict(key or {}))
        if resume is not None and resume.exists():
            run.load(resume)
        while run.number < settings.epochs:
            run.next_epoch()
            if resume is not None:
                run.save(resume)
            if progress is not None:
                progress(run.progress())
        return run.trained()


@dataclass(eq=False)
class _State:
    history: list[Epoch] = field(default_factory=list)
    best: dict[str, Tensor] = field(default_factory=dict)
    best_epoch: int = 0


class _Run:
    def __init__(
        self,
        backbone: Backbone,
        task: Task,
        train: Prepared,
        validation: Prepared | None,
        settings: PictureTraining,
        key: dict[str, Any],
    ) -> None:
        torch.manual_seed(settings.seed)
        self.task, self.train, self.validation, self.settings = task, train, validation, settings
        self.classifier = Classifier(backbone, task, dropout=settings.dropout)
        self.weights = label_weights(
            train.labels[0][:, None], (task,), balanced=settings.class_weights == "balanced"
        )
        self.key = {**key, "settings": json.loads(json.dumps(settings.to_dict())), "pictures": len(train)}
        self.state = _State()
        self.optimizer: torch.optim.Optimizer | None = None
        self.stage = ""
        self.embedded: Tensor | None = None

    @property
    def number(self) -> int:
        return len(self.state.history)

    def next_epoch(self) -> None:
        began = time.perf_counter()
        self._enter_stage()
        seed = (self.settings.seed * _SEED_STEP + self.number + 1) % 2**63
        torch.manual_seed(seed)
        source = np.random.default_rng(seed)
        order = source.permutation(len(self.train))
        batches = max(1, math.ceil(len(order) / self.settings.batch))
        parts = np.array_split(order, batches)
        losses = [self._step(rows, index / batches, source) for index, rows in enumerate(parts)]
        loss, accuracy = self._judge()
        self._close(float(np.mean(losses)), loss, accuracy, time.perf_counter() - began)

    def progress(self) -> Progress:
        history, settings = self.state.history, self.settings
        ahead = settings.epochs - len(history)
        of_stage = [one.seconds for one in history[-3:]]
        return Progress(
            history[-1], settings.epochs, ahead * sum(of_stage) / len(of_stage), self.state.best_epoch
        )

    def trained(self) -> TrainedPictures:
        self.classifier.load_state_dict(self.state.best)
        self.classifier.eval()
        return TrainedPictures(
            self.classifier, self.task, self.settings, tuple(self.state.history), self.state.best_epoch
        )

    def _enter_stage(self) -> None:
        """The optimiser of the stage that the next epoch belongs to; the second goes on from the best of the
        first."""
        stage = "head" if self.number < self.settings.head_epochs else "tune"
        if stage == self.stage:
            return
        if stage == "tune" and self.state.best and self.number == self.settings.head_epochs:
            self.classifier.load_state_dict(self.state.best)
        learning = list(self._learning(stage))
        for one in self.classifier.parameters():
            one.requires_grad_(False)
        for one in learning:
            one.requires_grad_(True)
        self.optimizer = torch.optim.AdamW(learning, lr=1e-3, weight_decay=self.settings.weight_decay)
        self.stage = stage
        self.embedded = self._embedded(self.train) if stage == "head" else None

    def _embedded(self, prepared: Prepared) -> Tensor:
        """(V, N, 1280) what the head is given, which does not change while the head alone learns."""
        self.classifier.eval()
        with torch.no_grad():
            forms = [
                torch.cat([self._embedding(part) for part in form.split(_BATCH)]) for form in prepared.forms
            ]
        return torch.stack(forms)

    def _learning(self, stage: str) -> Iterator[torch.nn.Parameter]:
        yield from self.classifier.heads.parameters()
        if stage == "tune":
            for part in self.classifier.backbone.parts[self.settings.frozen_parts :]:
                yield from part.parameters()

    def _step(self, rows: IntArray, share: float, source: np.random.Generator) -> float:
        version = source.integers(0, len(self.train.forms), len(rows))
        forms = self.train.forms if self.embedded is None else self.embedded
        values = forms[torch.from_numpy(version), torch.from_numpy(rows)]
        labels = torch.from_numpy(self.train.labels[version, rows])[:, None]
        optimizer = self._paced(share)
        # Normalisation stays as ImageNet left it: a batch of a few pictures is no measure of the world.
        self.classifier.eval()
        self.classifier.dropout.train()
        optimizer.zero_grad(set_to_none=True)
        told = values if self.embedded is not None else self._embedding(values)
        embedding = self.classifier.dropout(told)
        loss = self.classifier.heads.loss(embedding, labels, self.weights, self.settings.label_smoothing)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.classifier.parameters(), 5.0)
        optimizer.step()
        return float(loss.detach())

    def _paced(self, share: float) -> torch.optim.Optimizer:
        if self.optimizer is None:
            raise ModelError("a training must enter a stage before it steps")
        for group in self.optimizer.param_groups:
            group["lr"] = self._rate(self.number + share)
        return self.optimizer

    def _rate(self, epochs_done: float) -> float:
        """Up to the stage's rate, and along a cosine down to nothing at its end."""
        settings, heads = self.settings, self.settings.head_epochs
        if epochs_done < heads:
            part, rate = epochs_done / heads, settings.head_rate
        else:
            part, rate = (epochs_done - heads) / max(settings.tune_epochs, 1), settings.tune_rate
        return (
            rate * max(part / _WARMUP, 1e-2)
            if part < _WARMUP
            else rate * 0.5 * (1 + math.cos(math.pi * part))
        )

    def _embedding(self, values: Tensor) -> Tensor:
        parts = self.settings.frozen_parts
        if parts == 0:
            values = self.classifier.backbone.before(values.permute(0, 3, 1, 2).float(), parts=0)
        return self.classifier.embedding(values.float(), parts=parts)

    def _judge(self) -> tuple[float | None, float | None]:
        """Loss and accuracy on the unchanged forms of the validation part; None without one."""
        if self.validation is None or not len(self.validation):
            return None, None
        labels = torch.from_numpy(self.validation.labels[0])
        self.classifier.eval()
        with torch.no_grad():
            parts = [self._embedding(part) for part in self.validation.forms[0].split(_BATCH)]
            embedding = torch.cat(parts)
            loss = float(self.classifier.heads.loss(embedding, labels[:, None], self.weights, 0.0))
            right = (self.classifier.heads(embedding).argmax(1) == labels).float().mean()
        return loss, float(right)

    def _close(self, train_loss: float, loss: float | None, accuracy: float | None, seconds: float) -> None:
        state, number = self.state, self.number + 1
        lowest = min((one.loss for one in state.history if one.loss is not None), default=math.inf)
        state.history.append(
            Epoch(number, train_loss, loss, (accuracy,), self._rate(float(self.number)), seconds)
        )
        if loss is None or loss < lowest or not state.best:
            state.best = {name: one.detach().clone() for name, one in self.classifier.state_dict().items()}
            state.best_epoch = number

    def save(self, path: Path) -> None:
        """Writes what is needed to go on with the next epoch. The optimiser begins anew: its memory is
        short."""
        tensors = {f"now.{name}": one for name, one in self.classifier.state_dict().items()}
        tensors |= {f"best.{name}": one for name, one in self.state.best.items()}
        story = {
            "key": self.key,
            "history": [asdict(one) for one in self.state.history],
            "best_epoch": self.state.best_epoch,
        }
        write_weights(path, tensors, about=json.dumps(story))

    def load(self, path: Path) -> None:
        """Takes up what ``save`` wrote; what belongs to another training is left aside."""
        tensors, about = read_weights(path)
        try:
            story = json.loads(about)
            if story["key"] != json.loads(json.dumps(self.key)):
                return
            self.state.history = [
                Epoch(**{**one, "accuracy": tuple(one["accuracy"])}) for one in story["history"]
            ]
            self.state.best_epoch = int(story["best_epoch"])
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{path} is no interrupted training; delete it to start anew") from error
        now, best = (
            {name.partition(".")[2]: one for name, one in tensors.items() if name.startswith(kind)}
            for kind in ("now.", "best.")
        )
        self.classifier.load_state_dict(now)
        self.state.best = best
