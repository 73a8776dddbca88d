"""A whole network: features are normalised, encoded, and classified by one head per task or one for all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from laban.core.arrays import Float32Array, IntArray
from laban.features.spec import FeatureSpec
from laban.models.architectures import build_encoder
from laban.models.card import Task
from laban.models.examples import UNLABELLED
from laban.models.training.training_settings import HeadKind

OTHER = "other"
_LEAST_SPREAD = 1e-3


class Network(nn.Module):
    """From values (B, L, F), 0 where ``known`` (B, L, F) is 0, to the logits of all tasks side by side (B, sum K)
    and the embedding (B, E).

    ``mean`` and ``spread`` (F,) centre and scale each feature, except for a ``raw`` encoder, which normalises by
    itself.
    """

    mean: Tensor
    spread: Tensor

    def __init__(
        self,
        architecture: str,
        options: Mapping[str, object],
        spec: FeatureSpec,
        length: int,
        tasks: Sequence[Task],
        *,
        heads: HeadKind = "separate",
    ) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(spec.width))
        self.register_buffer("spread", torch.ones(spec.width))
        self.encoder = build_encoder(architecture, options, spec, length)
        kind = SeparateHeads if heads == "separate" else UnifiedHead
        self.heads = kind(self.encoder.width, tuple(tasks), members=getattr(self.encoder, "members", 1))

    def forward(self, values: Tensor, known: Tensor) -> tuple[Tensor, Tensor]:
        embedding = self.embed(values, known)
        return self.heads(embedding), embedding

    def embed(self, values: Tensor, known: Tensor) -> Tensor:
        """(B, E)"""
        if getattr(self.encoder, "raw", False):
            return self.encoder(values * known, known)
        return self.encoder((values - self.mean) / self.spread * known, known)

    def normalize_by(self, values: Float32Array) -> None:
        """Sets mean and standard deviation of each feature from (N, L, F) windows; features never known stay as
        is."""
        rows = values.reshape(-1, values.shape[-1])
        known = np.isfinite(rows)
        count = np.maximum(known.sum(axis=0), 1)
        mean = np.where(known, rows, 0).sum(axis=0, dtype=np.float64) / count
        square = np.where(known, (rows - mean) ** 2, 0).sum(axis=0) / count
        spread = np.sqrt(square)
        self.mean.copy_(torch.from_numpy(mean))
        self.spread.copy_(torch.from_numpy(np.where(spread > _LEAST_SPREAD, spread, 1.0)))


class Committee(nn.Linear):
    """A linear head on each of the equal parts of an embedding (B, M E), whose outputs are averaged.

    In training each part has its own loss, so that they learn separately and their mistakes differ.
    """

    def __init__(self, width: int, answers: int, members: int) -> None:
        super().__init__(width, answers)
        self.members = members

    def forward(self, embedding: Tensor) -> Tensor:
        return super().forward(embedding if self.members == 1 else embedding / self.members)

    def each(self, embedding: Tensor) -> Tensor:
        """(M B, K) the outputs of the first member for all windows, then those of the second, and so on."""
        parts = zip(embedding.chunk(self.members, 1), self.weight.chunk(self.members, 1), strict=True)
        return torch.cat([nn.functional.linear(own, weight, self.bias) for own, weight in parts])


class SeparateHeads(nn.Module):
    """A linear head for each task on the embedding they share."""

    def __init__(self, width: int, tasks: tuple[Task, ...], *, members: int = 1) -> None:
        super().__init__()
        self.sizes = [len(task.labels) for task in tasks]
        self.linear = Committee(width, sum(self.sizes), members)

    def forward(self, embedding: Tensor) -> Tensor:
        answers: Tensor = self.linear(embedding)
        return answers

    def loss(self, embedding: Tensor, labels: Tensor, weights: Sequence[Tensor], smoothing: float) -> Tensor:
        """The mean over tasks of the cross-entropy of the windows that have a label for it.

        ``labels`` (B, tasks), UNLABELLED where there is none; ``weights`` (K,) of each task's labels.
        """
        labels = labels.repeat(self.linear.members, 1)
        losses = [
            _weighted_mean(logits, answer, weight, smoothing)
            for logits, answer, weight in zip(
                self.linear.each(embedding).split(self.sizes, 1), labels.unbind(1), weights, strict=True
            )
        ]
        return torch.stack(losses).mean()


def _weighted_mean(logits: Tensor, answer: Tensor, weight: Tensor, smoothing: float) -> Tensor:
    """The mean cross-entropy of labelled windows, each weighted by its label.

    PyTorch's own weights would also weight what smoothing gives to the other labels, and so pull all answers
    towards the rarest label, most of all towards one without any windows.
    """
    losses = nn.functional.cross_entropy(
        logits, answer, ignore_index=UNLABELLED, label_smoothing=smoothing, reduction="none"
    )
    own = weight[answer.clamp_min(0)] * (answer != UNLABELLED)
    return (losses * own).sum() / own.sum().clamp_min(1e-6)


class UnifiedHead(nn.Module):
    """One softmax over the events of all tasks and "other", which stands for every task's background.

    A task's background has the probability of everything but its events; a task without a background shares
    the probability of its labels between them.
    """

    def __init__(self, width: int, tasks: tuple[Task, ...], *, members: int = 1) -> None:
        super().__init__()
        self.union = Union.of(tasks)
        self.linear = Committee(width, len(self.union.classes), members)

    def forward(self, embedding: Tensor) -> Tensor:
        classes = self.linear(embedding)
        columns = [
            torch.logsumexp(classes[:, list(members)], 1) if len(members) > 1 else classes[:, members[0]]
            for members in self.union.members
        ]
        return torch.stack(columns, 1)

    def loss(self, embedding: Tensor, labels: Tensor, weights: Sequence[Tensor], smoothing: float) -> Tensor:
        """The cross-entropy with the events in a window, in equal parts, or else "other".

        A window's weight is the mean of its labels' weights.
        """
        target, weight = self._targets(labels.repeat(self.linear.members, 1), weights)
        soft = target * (1 - smoothing) + smoothing / target.shape[1]
        losses = nn.functional.cross_entropy(self.linear.each(embedding), soft, reduction="none")
        return (losses * weight).sum() / weight.sum().clamp_min(1e-6)

    def _targets(self, labels: Tensor, weights: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        target = labels.new_zeros((len(labels), len(self.union.classes)), dtype=torch.float32)
        total, count = target.new_zeros(len(labels)), target.new_zeros(len(labels))
        for column, (own, weight) in enumerate(zip(self.union.class_of, weights, strict=True)):
            answer = labels[:, column]
            told = answer >= 0
            classes = torch.tensor(own)[answer.clamp_min(0)]
            target.index_put_((torch.arange(len(labels)), classes), told.float(), accumulate=True)
            total, count = total + weight[answer.clamp_min(0)] * told, count + told
        events = target.clone()
        if self.union.other >= 0:
            events[:, self.union.other] = 0
        busy = events.sum(1, keepdim=True) > 0
        shown = torch.where(busy, events, target)
        return shown / shown.sum(1, keepdim=True).clamp_min(1), total / count.clamp_min(1)


@dataclass(frozen=True)
class Union:
    """The classes of all tasks together.

    ``class_of[task][label]`` is the class of a label; ``members[column]``, for every label of every task in turn,
    the classes whose probabilities add up to its own; ``other`` the class of all backgrounds, -1 where there is
    none.

    >>> Union.of((Task("fall", ("no", "fall"), "no"), Task("fight", ("calm", "fight"), "calm"))).members
    ((0, 2), (1,), (0, 1), (2,))
    """

    classes: tuple[str, ...]
    class_of: tuple[tuple[int, ...], ...]
    members: tuple[tuple[int, ...], ...]
    other: int

    @classmethod
    def of(cls, tasks: Sequence[Task]) -> "Union":
        """Events of the same name in two tasks are one class."""
        quiet = any(task.background is not None for task in tasks)
        events = dict.fromkeys(label for task in tasks for label in task.labels if label != task.background)
        classes = ([OTHER] if quiet else []) + list(events)
        position = {label: index + quiet for index, label in enumerate(events)}
        class_of = tuple(
            tuple(0 if label == task.background else position[label] for label in task.labels)
            for task in tasks
        )
        members = tuple(
            _all_but_events(task, own, len(classes)) if label == task.background else (index,)
            for task, own in zip(tasks, class_of, strict=True)
            for label, index in zip(task.labels, own, strict=True)
        )
        return cls(tuple(classes), class_of, members, 0 if quiet else -1)


def _all_but_events(task: Task, own: tuple[int, ...], count: int) -> tuple[int, ...]:
    events = {index for label, index in zip(task.labels, own, strict=True) if label != task.background}
    return tuple(index for index in range(count) if index not in events)


def label_weights(labels: IntArray, tasks: Sequence[Task], *, balanced: bool) -> list[Tensor]:
    """(K,) for each task the weight of a window of each label: 1, or what makes all labels count equally."""
    weights = []
    for column, task in enumerate(tasks):
        held = labels[:, column][labels[:, column] != UNLABELLED]
        count = np.bincount(held, minlength=len(task.labels))
        even = len(held) / np.maximum(count * np.count_nonzero(count), 1) if balanced else np.ones(len(count))
        weights.append(torch.tensor(even, dtype=torch.float32))
    return weights
