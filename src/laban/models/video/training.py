"""Training on clips: what each frame shows is worked out once where the backbone stays as it is."""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from laban.core.arrays import Array, Float32Array, IntArray
from laban.models.card import ModelCard, Task
from laban.models.inputs import ClipInput
from laban.models.network import label_weights
from laban.models.protocol import Outputs
from laban.models.training.decay import decay_groups
from laban.models.training.loop import TrainingProgress, Validation, fit_network
from laban.models.training.trained import Trained, carded
from laban.models.video.backbones import SMALL, untrained
from laban.models.video.backbones.frame import FrameBackbone
from laban.models.video.network import ClipHead, ClipNetwork
from laban.models.video.settings import ClipTrainingSettings

_BATCH = 32
_FEATURES = 3
"""Axes of the features of clips (B, T, F)."""


@dataclass(frozen=True, eq=False)
class PreparedClips:
    """N clips in V augmented forms, and the positions of their classes ``labels`` (N,).

    ``forms`` are what the part of the backbone that stays as it is gives for their frames: (V, N, T, F) float32
    features where all of it stays, (V, N, T, C, h, w) float16 where its last parts learn, and the frames themselves
    (V, N, T, H, W, 3) uint8 where all of it learns. The first form is unchanged.
    """

    forms: Array
    labels: IntArray

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: IntArray) -> "PreparedClips":
        """The clips at these positions."""
        return PreparedClips(self.forms[:, rows], self.labels[rows])


def train_clips(
    frame: Callable[[], FrameBackbone],
    task: Task,
    train: PreparedClips,
    validation: PreparedClips | None,
    settings: ClipTrainingSettings,
    *,
    given: ClipInput,
    name: str = "model",
    data: str = "",
    progress: Callable[[TrainingProgress], None] | None = None,
    resume: Path | None = None,
) -> Trained:
    """The recogniser that learns ``train``, with the weights of the epoch of the lowest loss on ``validation``;
    without it, of the last.

    ``frame`` makes the backbone to begin with; ``given`` is what the clips show; ``data`` is the SHA-256 of what
    they were prepared from. ``progress`` and ``resume`` are as in ``fit_network``.
    """
    fitted = fit_network(
        lambda: ClipTask(frame(), task, train, validation, settings, data=data),
        settings.loop,
        progress=progress,
        resume=resume,
    )
    return carded(
        fitted,
        name=name,
        architecture=settings.network,
        given=given,
        tasks=(task,),
        settings=settings,
        data=data,
    )


def build_clip_network(settings: ClipTrainingSettings, card: ModelCard) -> ClipNetwork:
    """An untrained network for what a card tells of."""
    return _network(untrained(settings.backbone), settings, card.tasks)


def _network(frame: FrameBackbone, settings: ClipTrainingSettings, tasks: Sequence[Task]) -> ClipNetwork:
    return ClipNetwork(frame, ClipHead(settings, frame.width, tasks))


def frozen_parts(backbone: FrameBackbone, settings: ClipTrainingSettings) -> int:
    """How many of the backbone's parts stay as they are, from the first on."""
    if settings.backbone == SMALL or settings.tune == "free":
        return 0
    return len(backbone.parts) - (backbone.last if settings.tune == "partly" else 0)


class ClipTask:
    """A ``TrainingTask``: prepared clips, and the network that learns from them."""

    def __init__(
        self,
        frame: FrameBackbone,
        task: Task,
        train: PreparedClips,
        validation: PreparedClips | None,
        settings: ClipTrainingSettings,
        *,
        data: str,
    ) -> None:
        # What learns begins alike, however many random numbers the backbone took to be made.
        torch.manual_seed(settings.seed)
        self.network = _network(frame, settings, (task,)).train()  # statistics of a backbone stay as they are
        self.settings, self.stages = settings, settings.stages
        told = json.loads(json.dumps(settings.to_dict()))
        self.key: Mapping[str, object] = {"settings": told, "data": data, "clips": len(train)}
        self.batch_count = max(1, math.ceil(len(train) / settings.batch))
        self._frozen = frozen_parts(frame, settings)
        self._train, self._validation = train, validation
        self._weights = label_weights(
            train.labels[:, None], (task,), balanced=settings.class_weights == "balanced"
        )
        if settings.backbone != SMALL:
            self.network.head.normalize_by(self._features(train.forms[0]))

    def begin(self, stage: int) -> torch.optim.Optimizer:
        """AdamW of all that learns in a stage; biases do not decay."""
        rate, decay = self.settings.learning_rate, self.settings.weight_decay
        seeing = [] if stage < len(self.stages) - 1 else self.network.frame.parts[self._frozen :]
        backbone = [one for part in seeing for one in part.parameters()]
        head = list(self.network.head.parameters())
        for one in self.network.parameters():
            one.requires_grad_(False)
        for one in (*head, *backbone):
            one.requires_grad_(True)
        share = 1.0 if self.settings.backbone == SMALL else self.settings.backbone_rate
        slower = [{**group, "share": share, "lr": rate * share} for group in decay_groups(backbone, decay)]
        return torch.optim.AdamW([*decay_groups(head, decay), *slower], lr=rate)

    def batches(self, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
        """One form of each clip, and labels (B, 1)."""
        source = np.random.default_rng(seed)
        order = source.permutation(len(self._train))
        for rows in np.array_split(order, self.batch_count):
            version = source.integers(0, len(self._train.forms), len(rows))
            values = torch.from_numpy(self._train.forms[version, rows])
            yield values, torch.from_numpy(self._train.labels[rows])[:, None]

    def loss(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        """The cross-entropy of the labels."""
        values, labels = batch
        embedding = self._embedding(self.network, values)
        return self.network.head.heads.loss(embedding, labels, self._weights, self.settings.label_smoothing)

    def validate(self, network: ClipNetwork) -> Validation:
        """On the unchanged form of the validation part; nothing without one."""
        held = self._validation
        if held is None or not len(held):
            return Validation(None, (None,))
        labels = torch.from_numpy(np.asarray(held.labels))
        with torch.no_grad():
            forms = torch.from_numpy(np.asarray(held.forms[0])).split(_BATCH)
            embedding = torch.cat([self._embedding(network, part) for part in forms])
            loss = float(network.head.heads.loss(embedding, labels[:, None], self._weights, 0.0))
            right = (network.head.heads(embedding).argmax(1) == labels).float().mean()
        return Validation(loss, (float(right),))

    def _embedding(self, network: ClipNetwork, values: Tensor) -> Tensor:
        return network.head.embed(_seen(network, values, self._frozen))

    def _features(self, forms: Array) -> Float32Array:
        """(N, T, F)"""
        parts = torch.from_numpy(np.asarray(forms)).split(_BATCH)
        with torch.no_grad():
            return np.concatenate([_seen(self.network, part, self._frozen).numpy() for part in parts])


def _seen(network: ClipNetwork, values: Tensor, frozen: int) -> Tensor:
    """(B, T, F) from what ``PreparedClips`` holds of one form."""
    if values.dtype == torch.uint8:
        return network.features(values.float())
    return values if values.ndim == _FEATURES else network.features_after(values.float(), parts=frozen)


def logits_of(trained: Trained, forms: Array) -> Float32Array:
    """(N, K) the answers for clips as ``PreparedClips`` holds one form of them."""
    return outputs_of(trained, forms).logits[0]


def outputs_of(trained: Trained, forms: Array) -> Outputs:
    """The same with the embeddings (N, E)."""
    network, settings = trained.network.eval(), trained.settings
    if not isinstance(settings, ClipTrainingSettings):
        raise TypeError(f"a model of clips has their settings, got {type(settings).__name__}")
    frozen = frozen_parts(network.frame, settings)
    parts = torch.from_numpy(np.asarray(forms)).split(_BATCH)
    with torch.no_grad():
        made = [network.head(_seen(network, part, frozen)) for part in parts]
    logits, embedding = (torch.cat(part).numpy() for part in zip(*made, strict=True))
    return Outputs((logits,), embedding)


def features_of(trained: Trained, images: Array) -> Float32Array:
    """(N, F) what its backbone sees in images (N, H, W, 3)."""
    network = trained.network.eval()
    parts = torch.from_numpy(np.asarray(images)).split(_BATCH)
    with torch.no_grad():
        return np.concatenate([network.frame(part.float()).numpy() for part in parts])
