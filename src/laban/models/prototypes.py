"""Classes added to a trained model from a few clips: the nearest prototype in its embedding, or none.

Prototypical networks (Snell et al. 2017, section 2.3) without their training, with similarities measured in units
of the spread within the classes that the model was trained on, and a threshold of its own for each added class.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, FloatArray, ImageArray, frozen
from laban.errors import FormatError, InvalidValueError
from laban.models.card import Head, ModelCard
from laban.models.embedding_space import EmbeddingSpace
from laban.models.inputs import ClipInput
from laban.models.protocol import ClipModel, Outputs, SequenceModel
from laban.models.prototype import Prototype, prototype_of

PROTOTYPES = "prototypes"
"""Under this name a card's ``about`` holds the classes that were added."""

_FAVOUR = 0.1  # tolerance for an added class, whose mean is estimated from a few windows
_SHARPNESS = 20.0  # nats of log-odds for a similarity of 1 above the threshold


def add_class(
    model: SequenceModel, label: str, clips: Sequence[FloatArray], *, task: str | None = None
) -> "WithPrototypes":
    """``model`` with one more class of ``task``, made from the windows of a few clips; nothing is trained.

    ``clips`` holds for each clip its windows (N, L, F), as the model takes them; every clip counts equally.
    ``task`` may be left out where the model has one. The card must hold ``embedding_statistics``. A window is
    assigned to the class where its similarity exceeds the class's threshold and is about as high as to any class
    that the model was trained on. Raises InvalidValueError for a label that is there already, no clips, clips
    without windows, and a card without statistics.
    """
    new_label(model.card, label, task)
    embedded = [model.run(_windows(model.card, one)).embedding for one in clips]
    return with_class(model, label, embedded, task=task)


def with_class(
    model: SequenceModel, label: str, embedded: Sequence[FloatArray], *, task: str | None = None
) -> "WithPrototypes":
    """``add_class`` from the embeddings (N, E) of the windows of each clip."""
    head, name = new_label(model.card, label, task)
    space = EmbeddingSpace.of(model.card, head.task.name)
    added = prototype_of(space, embedded, task=head.task.name, label=name)
    base, held = (model.base, model.prototypes) if isinstance(model, WithPrototypes) else (model, ())
    return _widened(base, (*held, added))


@dataclass(frozen=True)
class WithPrototypes:
    """A model with added classes: a SequenceModel whose tasks have more labels, after those they had.

    The card's ``about`` holds the prototypes, so that ``with_prototypes`` of the model with ``base_card`` is this
    model again.
    """

    base: SequenceModel
    prototypes: tuple[Prototype, ...]

    def __post_init__(self) -> None:
        for one in self.prototypes:
            task = self.base.card.head(one.task).task
            if one.label in task.labels:
                raise InvalidValueError(f"task {one.task!r} has a class {one.label!r} already")
            size = self._spaces[one.task].means.shape[1]
            if one.direction.shape != (size,):
                raise FormatError(
                    f"class {one.label!r} has {len(one.direction)} numbers, the model's embedding {size}"
                )

    @cached_property
    def card(self) -> ModelCard:
        """The base's card, with the added labels."""
        return replace(self.base_card, heads=tuple(self._with_labels(head) for head in self.base.card.heads))

    @property
    def base_card(self) -> ModelCard:
        """The base's card with the prototypes, for the file that holds the base."""
        held = [one.to_json() for one in self.prototypes]
        return replace(self.base.card, about={**self.base.card.about, PROTOTYPES: held})

    def run(self, values: Float32Array) -> Outputs:
        """The base's outputs, followed by one for each added class.

        At the threshold of similarity, the class's output is the logarithm of the sum of the exponentials of all
        others, so that it has half of the probability.
        """
        return self.widened(self.base.run(values))

    def widened(self, found: Outputs) -> Outputs:
        """The same from outputs of the base."""
        logits = [
            self._added(head, logits, found.embedding)
            for head, logits in zip(self.base.card.heads, found.logits, strict=True)
        ]
        return Outputs(tuple(logits), found.embedding)

    def margins(self, task: str, embedding: FloatArray) -> Float64Array:
        """(N, A) by how much each window's similarity to each added class exceeds the threshold."""
        space, added = self._spaces[task], self._of(task)
        there = space.direction(embedding)
        similar = there @ np.stack([one.direction for one in added]).T
        nearest = (there @ space.direction(space.means).T).max(axis=1, keepdims=True)
        needed = np.maximum([one.threshold for one in added], nearest - _FAVOUR)
        return np.asarray(similar - needed)

    def _added(self, head: Head, logits: Float32Array, embedding: Float32Array) -> Float32Array:
        if not self._of(head.task.name):
            return logits
        scaled = logits.astype(np.float64) / head.temperature
        most = scaled.max(axis=1, keepdims=True)
        total = most + np.log(np.exp(scaled - most).sum(axis=1, keepdims=True))
        extra = total + _SHARPNESS * self.margins(head.task.name, embedding)
        wider: Float32Array = np.concatenate([logits, extra * head.temperature], axis=1).astype(np.float32)
        return wider

    def _with_labels(self, head: Head) -> Head:
        labels = head.task.labels + tuple(one.label for one in self._of(head.task.name))
        return replace(head, task=replace(head.task, labels=labels))

    def _of(self, task: str) -> tuple[Prototype, ...]:
        return tuple(one for one in self.prototypes if one.task == task)

    @cached_property
    def _spaces(self) -> Mapping[str, EmbeddingSpace]:
        tasks = {one.task for one in self.prototypes}
        return {task: EmbeddingSpace.of(self.base.card, task) for task in tasks}


@dataclass(frozen=True)
class ClipsWithPrototypes(WithPrototypes):
    """The same of a model of clips, whose frames are seen one by one."""

    base: ClipModel

    def features(self, images: ImageArray, /) -> Float32Array:
        """(N, F) the features of images (N, H, W, 3) uint8, each by itself."""
        return self.base.features(images)

    def answers(self, features: Float32Array, /) -> Outputs:
        """The answers for clips whose frames have these features (N, T, F)."""
        return self.widened(self.base.answers(features))


def _widened(base: SequenceModel, prototypes: tuple[Prototype, ...]) -> WithPrototypes:
    if isinstance(base.card.input, ClipInput) and isinstance(base, ClipModel):
        return ClipsWithPrototypes(base, prototypes)
    return WithPrototypes(base, prototypes)


def with_prototypes(model: SequenceModel) -> SequenceModel:
    """``model`` with the classes that its card holds; itself where it holds none. Raises FormatError where what
    the card holds is no prototype."""
    if isinstance(model, WithPrototypes):
        return model
    held = model.card.about.get(PROTOTYPES) or []
    if not isinstance(held, Sequence) or isinstance(held, str):
        raise FormatError(f"the prototypes of {model.card.name} must be a list, got {type(held).__name__}")
    return _widened(model, tuple(Prototype.from_json(one) for one in held)) if held else model


def new_label(card: ModelCard, label: str, task: str | None) -> tuple[Head, str]:
    """The head of ``task``, or the only one, and the name of a class that it does not have yet.

    Raises InvalidValueError where there are several heads, and where there is such a class.
    """
    head = card.head(task) if task is not None else _only_head(card)
    name = label.strip()
    if not name or name in head.task.labels:
        raise InvalidValueError(
            f"the new class needs a name of its own, got {label!r}; task {head.task.name!r} has "
            f"{', '.join(head.task.labels)}"
        )
    return head, name


def _only_head(card: ModelCard) -> Head:
    if len(card.heads) > 1:
        names = ", ".join(one.name for one in card.tasks)
        raise InvalidValueError(
            f"{card.name} answers several tasks ({names}); name the one to add a class to"
        )
    return card.heads[0]


def _windows(card: ModelCard, clip: FloatArray) -> Float32Array:
    windows: Float32Array = frozen(clip, shape=("N", card.clock.length, card.spec.width), name="clip")
    known = np.isfinite(windows).any(axis=(1, 2))
    return windows[known]
