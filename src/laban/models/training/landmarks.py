"""Training on landmarks: from windows of movement to a trained network with its history."""

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

from laban.core.arrays import Float32Array
from laban.errors import InvalidValueError, MissingExtraError
from laban.models.card import ModelCard
from laban.models.examples import UNLABELLED, Examples
from laban.models.inputs import LandmarkInput
from laban.models.training.trained import Trained, carded
from laban.models.training.training_settings import TrainingSettings

try:
    import torch
    from torch import Tensor

    from laban.models.network import Network, label_weights
    from laban.models.training.augment import Augmenter
    from laban.models.training.decay import decay_groups
    from laban.models.training.loop import TrainingProgress, Validation, fit_network
except ModuleNotFoundError as error:
    raise MissingExtraError("training needs PyTorch; get it with: pip install 'laban[train]'") from error

_EVALUATION_BATCH = 256


def train(
    train: Examples,
    validation: Examples,
    settings: TrainingSettings | None = None,
    *,
    name: str = "model",
    progress: Callable[[TrainingProgress], None] | None = None,
    resume: Path | None = None,
) -> Trained:
    """Trains on ``train`` and returns the epoch with the lowest loss on ``validation``.

    Where ``validation`` has no labelled window, the last epoch is kept. ``progress`` and ``resume`` are as in
    ``fit_network``. Raises InvalidValueError where there is nothing to learn or the architecture cannot serve the
    features.
    """
    chosen = settings or TrainingSettings()
    _check(train, validation)
    data = fingerprint(train, validation)
    fitted = fit_network(
        lambda: LandmarkTask(train, validation, chosen, data=data),
        chosen.loop,
        progress=progress,
        resume=resume,
    )
    return carded(
        fitted,
        name=name,
        architecture=chosen.architecture,
        given=LandmarkInput(train.spec, train.clock),
        tasks=train.tasks,
        settings=chosen,
        data=data,
    )


class LandmarkTask:
    """A ``TrainingTask``: windows, augmented as in ``settings``, and a network for them."""

    def __init__(
        self, train: Examples, validation: Examples, settings: TrainingSettings, *, data: str
    ) -> None:
        self.settings, self.tasks, self.stages = settings, train.tasks, settings.stages
        self.network = build_network(settings, train)
        if settings.normalize:
            self.network.normalize_by(train.values)
        self.key: Mapping[str, object] = {"settings": settings.to_dict(), "data": data}
        self.batch_count = max(1, math.ceil(len(train) / settings.batch))
        self._values, self._labels = _tensors(train)
        self._validation = _tensors(validation)
        self._weights = label_weights(
            train.labels, train.tasks, balanced=settings.class_weights == "balanced"
        )
        moved = settings.augmentation
        self._augment = None if moved is None else Augmenter(moved, train.spec)

    def begin(self, stage: int) -> torch.optim.Optimizer:  # noqa: ARG002
        """AdamW without decay of biases and scales."""
        groups = decay_groups(self.network.parameters(), self.settings.weight_decay)
        return torch.optim.AdamW(groups, lr=self.settings.learning_rate, fused=True)

    def batches(self, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Values (B, L, F), NaN where unknown, and labels (B, tasks)."""
        generator = torch.Generator().manual_seed(seed)
        order = torch.randperm(len(self._values), generator=generator)
        for chosen in order.tensor_split(self.batch_count):
            values = self._values.index_select(0, chosen)
            moved = values if self._augment is None else self._augment(values, generator)
            yield moved, self._labels[chosen]

    def loss(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        """The mean over tasks of the cross-entropy of their labelled windows."""
        values, labels = batch
        embedding = self.network.embed(*filled(values))
        return self.network.heads.loss(embedding, labels, self._weights, self.settings.label_smoothing)

    def validate(self, network: Network) -> Validation:
        """On the validation windows; nothing where none is labelled."""
        values, labels = self._validation
        if not bool((labels != UNLABELLED).any()):
            return Validation(None, (None,) * labels.shape[1])
        with torch.no_grad():
            embedding = torch.cat([network.embed(*filled(part)) for part in values.split(_EVALUATION_BATCH)])
            loss = float(network.heads.loss(embedding, labels, self._weights, 0.0))
            sizes = [len(task.labels) for task in self.tasks]
            answers = [part.argmax(1) for part in network.heads(embedding).split(sizes, 1)]
        right = [_share_right(answer, labels[:, column]) for column, answer in enumerate(answers)]
        return Validation(loss, tuple(right))


def build_network(settings: TrainingSettings, shown: Examples | ModelCard) -> Network:
    """An untrained network for examples or a card."""
    return Network(
        settings.architecture,
        settings.options,
        shown.spec,
        shown.clock.length,
        shown.tasks,
        heads=settings.heads,
    )


def filled(values: Tensor) -> tuple[Tensor, Tensor]:
    """The input of a network: values with 0 for NaN, and a mask that is 1 where a value is known."""
    known = torch.isfinite(values)
    return torch.where(known, values, 0.0), known.to(values.dtype)


def fingerprint(*parts: Examples) -> str:
    """SHA-256 of the training data: windows, labels and their meaning."""
    total = hashlib.sha256()
    for part in parts:
        total.update(f"{json.dumps(part.spec.to_json())} {part.clock} {part.tasks}".encode())
        total.update(np.ascontiguousarray(part.values).data)
        total.update(np.ascontiguousarray(part.labels).data)
    return total.hexdigest()


def _tensors(examples: Examples) -> tuple[Tensor, Tensor]:
    values: Float32Array = np.array(examples.values)
    return torch.from_numpy(values), torch.from_numpy(np.array(examples.labels))


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
