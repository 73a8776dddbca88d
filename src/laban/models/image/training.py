"""Training on images: first the head of a classifier learns, then part of the backbone too.

The output of frozen parts never changes, so it is computed once per augmented form and kept; epochs then cost
only the parts that learn.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from laban.core.arrays import IntArray
from laban.models.card import ModelCard, Task
from laban.models.image.backbone import Backbone
from laban.models.image.classifier import Classifier
from laban.models.image.settings import ImageTrainingSettings
from laban.models.image.view import View
from laban.models.inputs import ImageInput
from laban.models.network import label_weights
from laban.models.training.loop import TrainingProgress, Validation, fit_network
from laban.models.training.trained import Trained, carded

ARCHITECTURE = "efficientnet_lite0"
_BATCH = 64


@dataclass(frozen=True, eq=False)
class PreparedImages:
    """Images as the frozen parts see them: ``forms`` (V, N, ...) of N images in V augmented forms, and the
    position of the class of each form ``labels`` (V, N)."""

    forms: Tensor
    labels: IntArray

    def __len__(self) -> int:
        return int(self.labels.shape[1])

    def take(self, rows: IntArray) -> "PreparedImages":
        """The images at these positions."""
        return PreparedImages(self.forms[:, torch.tensor(rows)], self.labels[:, rows])


def train_images(
    backbone: Callable[[], Backbone],
    task: Task,
    train: PreparedImages,
    validation: PreparedImages | None,
    settings: ImageTrainingSettings,
    *,
    view: View | None = None,
    name: str = "model",
    data: str = "",
    progress: Callable[[TrainingProgress], None] | None = None,
    resume: Path | None = None,
) -> Trained:
    """Trains on ``train`` and returns the epoch with the lowest loss on ``validation``, or without one the last.

    ``backbone`` makes the initial network; ``view`` is what the images show; ``data`` is the SHA-256 of their
    source. ``progress`` and ``resume`` are as in ``fit_network``.
    """
    fitted = fit_network(
        lambda: ImageTask(backbone(), task, train, validation, settings, data=data),
        settings.loop,
        progress=progress,
        resume=resume,
    )
    return carded(
        fitted,
        name=name,
        architecture=ARCHITECTURE,
        given=ImageInput(view or View()),
        tasks=(task,),
        settings=settings,
        data=data,
    )


def build_classifier(settings: ImageTrainingSettings, card: ModelCard) -> Classifier:
    """An untrained classifier for a card."""
    return Classifier(Backbone(), card.tasks[0], dropout=settings.dropout)


class ImageTask:
    """A ``TrainingTask``: images prepared by the frozen parts, and a classifier."""

    def __init__(
        self,
        backbone: Backbone,
        task: Task,
        train: PreparedImages,
        validation: PreparedImages | None,
        settings: ImageTrainingSettings,
        *,
        data: str,
    ) -> None:
        # The head starts the same, however many random numbers the backbone needed.
        torch.manual_seed(settings.seed)
        self.network = Classifier(backbone, task, dropout=settings.dropout)
        self.settings, self.stages = settings, settings.stages
        told = json.loads(json.dumps(settings.to_dict()))
        self.key: Mapping[str, object] = {"settings": told, "data": data, "images": len(train)}
        self.batch_count = max(1, math.ceil(len(train) / settings.batch))
        self._train, self._validation = train, validation
        self._weights = label_weights(
            train.labels[0][:, None], (task,), balanced=settings.class_weights == "balanced"
        )
        self._embedded: Tensor | None = None

    def begin(self, stage: int) -> torch.optim.Optimizer:
        """The head learns in the first stage, and in the second the last parts of the backbone too."""
        learning = list(self._learning(stage))
        for one in self.network.parameters():
            one.requires_grad_(False)
        for one in learning:
            one.requires_grad_(True)
        self._embedded = self._all_embedded() if stage == 0 else None
        return torch.optim.AdamW(learning, lr=1e-3, weight_decay=self.settings.weight_decay)

    def batches(self, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
        """The input of the head or the last parts, one form of each image, and labels (B, 1)."""
        source = np.random.default_rng(seed)
        order = source.permutation(len(self._train))
        forms = self._train.forms if self._embedded is None else self._embedded
        for rows in np.array_split(order, self.batch_count):
            version = source.integers(0, len(self._train.forms), len(rows))
            values = forms[torch.from_numpy(version), torch.from_numpy(rows)]
            yield values, torch.from_numpy(self._train.labels[version, rows])[:, None]

    def loss(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        """The cross-entropy of the labels."""
        values, labels = batch
        told = values if self._embedded is not None else self._embedding(self.network, values)
        embedding = self.network.dropout(told)
        return self.network.heads.loss(embedding, labels, self._weights, self.settings.label_smoothing)

    def validate(self, network: Classifier) -> Validation:
        """On the unaugmented forms of the validation part; nothing without one."""
        held = self._validation
        if held is None or not len(held):
            return Validation(None, (None,))
        labels = torch.from_numpy(held.labels[0])
        with torch.no_grad():
            embedding = torch.cat([self._embedding(network, part) for part in held.forms[0].split(_BATCH)])
            loss = float(network.heads.loss(embedding, labels[:, None], self._weights, 0.0))
            right = (network.heads(embedding).argmax(1) == labels).float().mean()
        return Validation(loss, (float(right),))

    def _learning(self, stage: int) -> Iterator[torch.nn.Parameter]:
        yield from self.network.heads.parameters()
        if stage > 0:
            for part in self.network.backbone.parts[self.settings.frozen_parts :]:
                yield from part.parameters()

    def _all_embedded(self) -> Tensor:
        """(V, N, 1280) the input of the head, which is constant while the head alone learns."""
        self.network.eval()
        with torch.no_grad():
            forms = [
                torch.cat([self._embedding(self.network, part) for part in form.split(_BATCH)])
                for form in self._train.forms
            ]
        return torch.stack(forms)

    def _embedding(self, network: Classifier, values: Tensor) -> Tensor:
        parts = self.settings.frozen_parts
        if parts == 0:
            values = network.backbone.before(values.permute(0, 3, 1, 2).float(), parts=0)
        return network.embedding(values.float(), parts=parts)
