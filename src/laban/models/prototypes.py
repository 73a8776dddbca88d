"""Classes added to a trained model from a few clips: the nearest prototype in its embedding, or none.

Prototypical networks (Snell et al. 2017, section 2.3) without their training, with similarities measured in units
of the spread within the classes that the model was trained on, and a threshold of its own for each added class.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, FloatArray, frozen
from laban.errors import FormatError, InvalidValueError
from laban.models.card import Head, ModelCard
from laban.models.embedding_space import EmbeddingSpace, packed, unit, unpacked
from laban.models.protocol import Outputs, SequenceModel

PROTOTYPES = "prototypes"
"""Under this name a card's ``about`` holds the classes that were added."""

_FAVOUR = 0.1  # tolerance for an added class, whose mean is estimated from a few windows
_SHARPNESS = 20.0  # nats of log-odds for a similarity of 1 above the threshold
_SIMULATED = 300  # windows a class
_STRANGERS, _OWN, _GIVEN = 0.9, 0.05, 0.1  # quantiles of similarities that the threshold follows from


@dataclass(frozen=True, eq=False)
class Prototype:
    """A class that was added to ``task``: the ``direction`` (E,) of its windows, and the similarity to it that a
    window must reach. ``clips`` is the number of clips it was made from."""

    task: str
    label: str
    direction: Float64Array
    threshold: float
    clips: int

    def to_json(self) -> dict[str, object]:
        """As a card holds it."""
        return {
            "task": self.task,
            "label": self.label,
            "direction": packed(self.direction),
            "threshold": self.threshold,
            "clips": self.clips,
        }

    @classmethod
    def from_json(cls, value: Any) -> "Prototype":
        """From the value of ``to_json``; raises FormatError for anything else."""
        try:
            return cls(
                str(value["task"]),
                str(value["label"]),
                unit(unpacked(value["direction"])),
                float(value["threshold"]),
                int(value["clips"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise FormatError(f"not a class prototype: {error}") from error


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
    head = model.card.head(task) if task is not None else _only_head(model.card)
    name = label.strip()
    if not name or name in head.task.labels:
        raise InvalidValueError(
            f"the new class needs a name of its own, got {label!r}; task {head.task.name!r} has "
            f"{', '.join(head.task.labels)}"
        )
    space = EmbeddingSpace.of(model.card, head.task.name)
    embedded = [model.run(_windows(model.card, one)).embedding for one in clips]
    added = prototype_of(space, embedded, task=head.task.name, label=name)
    base, held = (model.base, model.prototypes) if isinstance(model, WithPrototypes) else (model, ())
    return WithPrototypes(base, (*held, added))


def prototype_of(space: EmbeddingSpace, clips: Sequence[FloatArray], *, task: str, label: str) -> Prototype:
    """The prototype of a class from the embeddings (N, E) of the windows of each of a few clips.

    The threshold lies half way between what one in ten windows of the trained classes reaches and what all but
    one in twenty would reach of a class that spreads as those do; and no higher than what all but one in ten of
    the clips' own windows reach.
    """
    if not clips or any(not len(one) for one in clips):
        raise InvalidValueError("a new class needs one to five clips, each with somebody in it for a window")
    middle = np.mean([space.place(one).mean(axis=0) for one in clips], axis=0)
    if not np.isfinite(middle).all() or not np.linalg.norm(middle) > 0:
        raise InvalidValueError("the model's embedding of these clips has no direction; give other clips")
    direction = unit(middle)
    strangers = space.strayed(space.place(space.means), count=_SIMULATED) @ direction
    own = space.strayed(middle[None], count=_SIMULATED, scale=np.sqrt(1 + 1 / len(clips))) @ direction
    given = space.direction(np.concatenate(list(clips))) @ direction
    between = (np.quantile(strangers, _STRANGERS) + np.quantile(own, _OWN)) / 2
    return Prototype(task, label, direction, float(min(between, np.quantile(given, _GIVEN))), len(clips))


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
        return replace(self.base_card, heads=tuple(self._widened(head) for head in self.base.card.heads))

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
        found = self.base.run(values)
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

    def _widened(self, head: Head) -> Head:
        labels = head.task.labels + tuple(one.label for one in self._of(head.task.name))
        return replace(head, task=replace(head.task, labels=labels))

    def _of(self, task: str) -> tuple[Prototype, ...]:
        return tuple(one for one in self.prototypes if one.task == task)

    @cached_property
    def _spaces(self) -> Mapping[str, EmbeddingSpace]:
        tasks = {one.task for one in self.prototypes}
        return {task: EmbeddingSpace.of(self.base.card, task) for task in tasks}


def with_prototypes(model: SequenceModel) -> SequenceModel:
    """``model`` with the classes that its card holds; itself where it holds none. Raises FormatError where what
    the card holds is no prototype."""
    if isinstance(model, WithPrototypes):
        return model
    held = model.card.about.get(PROTOTYPES) or []
    if not isinstance(held, Sequence) or isinstance(held, str):
        raise FormatError(f"the prototypes of {model.card.name} must be a list, got {type(held).__name__}")
    return WithPrototypes(model, tuple(Prototype.from_json(one) for one in held)) if held else model


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
