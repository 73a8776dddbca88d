"""Training on clips: what each frame shows is worked out once where the backbone stays as it is."""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from laban.core.arrays import Array, Float32Array, IntArray
from laban.models.card import ModelCard, Task
from laban.models.inputs import ClipInput
from laban.models.network import label_weights
from laban.models.protocol import Outputs
from laban.models.training.decay import decay_groups
from laban.models.training.loop import TrainingProgress, Validation, fit_network
from laban.models.training.trained import Trained, carded
from laban.models.video.backbones import untrained
from laban.models.video.network import ClipHead, ClipNetwork
from laban.models.video.settings import LEARNING, ClipTrainingSettings

_BATCH = 32


@dataclass(frozen=True, eq=False)
class PreparedClips:
    """N clips in V augmented forms, and the positions of their classes ``labels`` (N,).

    ``forms`` (V, N, T, F) float32 are the features of their frames where the backbone stays as it is, else
    (V, N, T, H, W, 3) uint8 the frames themselves. The first form is unchanged.
    """

    forms: Array
    labels: IntArray

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: IntArray) -> "PreparedClips":
        """The clips at these positions."""
        return PreparedClips(self.forms[:, rows], self.labels[rows])


def train_clips(
    frame: Callable[[], nn.Module],
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


def _network(frame: nn.Module, settings: ClipTrainingSettings, tasks: Sequence[Task]) -> ClipNetwork:
    width = frame.width
    if not isinstance(width, int):
        raise TypeError(f"a backbone must have a width, got {width!r}")
    return ClipNetwork(frame, ClipHead(settings, width, tasks))


class ClipTask:
    """A ``TrainingTask``: prepared clips, and the network that learns from them."""

    def __init__(
        self,
        frame: nn.Module,
        task: Task,
        train: PreparedClips,
        validation: PreparedClips | None,
        settings: ClipTrainingSettings,
        *,
        data: str,
    ) -> None:
        # What learns begins alike, however many random numbers the backbone took to be made.
        torch.manual_seed(settings.seed)
        self.network = _network(frame, settings, (task,))
        self.settings, self.stages = settings, settings.stages
        told = json.loads(json.dumps(settings.to_dict()))
        self.key: Mapping[str, object] = {"settings": told, "data": data, "clips": len(train)}
        self.batch_count = max(1, math.ceil(len(train) / settings.batch))
        self._learns_to_see = settings.backbone in LEARNING
        self._train, self._validation = train, validation
        self._weights = label_weights(
            train.labels[:, None], (task,), balanced=settings.class_weights == "balanced"
        )
        if not self._learns_to_see:
            self.network.head.normalize_by(train.forms[0])

    def begin(self, stage: int) -> torch.optim.Optimizer:  # noqa: ARG002
        """AdamW of all that learns; biases do not decay."""
        part = self.network if self._learns_to_see else self.network.head
        for one in self.network.parameters():
            one.requires_grad_(False)
        learning = list(part.parameters())
        for one in learning:
            one.requires_grad_(True)
        groups = decay_groups(learning, self.settings.weight_decay)
        return torch.optim.AdamW(groups, lr=self.settings.learning_rate)

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
        features = network.features(values.float()) if self._learns_to_see else values
        return network.head.embed(features)


def logits_of(trained: Trained, forms: Array) -> Float32Array:
    """(N, K) the answers for clips as ``PreparedClips`` holds one form of them: (N, T, F) features, or frames."""
    return outputs_of(trained, forms).logits[0]


def outputs_of(trained: Trained, forms: Array) -> Outputs:
    """The same with the embeddings (N, E)."""
    network = trained.network.eval()
    parts = torch.from_numpy(np.asarray(forms)).split(_BATCH)
    learns_to_see = forms.ndim > 3
    with torch.no_grad():
        made = [network.head(network.features(part.float()) if learns_to_see else part) for part in parts]
    logits, embedding = (torch.cat(part).numpy() for part in zip(*made, strict=True))
    return Outputs((logits,), embedding)
