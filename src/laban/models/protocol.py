"""The protocol of every model that is ready for use, whatever it runs on, and a fake for tests."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from laban.core.arrays import Float32Array, ImageArray
from laban.models.card import ModelCard


@dataclass(frozen=True, eq=False)
class Outputs:
    """``logits`` one (N, K) array for each task of the card; ``embedding`` (N, E) the input of the heads, with
    E 0 for a network that does not return it; ``places`` (N, H, W, K), for a network of images, the logits of each
    position of the feature map, whose mean is the logits."""

    logits: tuple[Float32Array, ...]
    embedding: Float32Array
    places: Float32Array | None = None

    def __len__(self) -> int:
        return len(self.embedding)


class Model(Protocol):
    """Answers for N examples of the kind that ``card.input`` describes.

    The answer for an example does not depend on the rest of the batch. No examples give no answers.
    """

    @property
    def card(self) -> ModelCard: ...

    def run(self, values: npt.NDArray[Any]) -> Outputs: ...


class SequenceModel(Protocol):
    """A ``Model`` of landmarks: (N, L, F) values in the order of ``card.spec``, NaN where unknown."""

    @property
    def card(self) -> ModelCard: ...

    def run(self, values: Float32Array) -> Outputs: ...


@runtime_checkable
class ClipModel(Protocol):
    """A ``Model`` of clips whose frames can be seen one by one, so that a stream sees each of them once."""

    @property
    def card(self) -> ModelCard: ...

    def run(self, values: npt.NDArray[Any]) -> Outputs: ...

    def features(self, images: ImageArray, /) -> Float32Array:
        """(N, F) the features of images (N, H, W, 3) uint8, each by itself."""
        ...

    def answers(self, features: Float32Array, /) -> Outputs:
        """The answers for clips whose frames have these features (N, T, F)."""
        ...


@dataclass(frozen=True)
class FunctionModel:
    """A model made of a function from values (N, L, F) to outputs: the shipped fake."""

    card: ModelCard
    function: Callable[[Float32Array], Outputs]

    def run(self, values: Float32Array) -> Outputs:
        """The function's outputs for ``values``."""
        return self.function(np.asarray(values, dtype=np.float32))


def split_by_task(card: ModelCard, logits: Float32Array) -> tuple[Float32Array, ...]:
    """The (N, sum K) logits of a network as one (N, K) array per task."""
    ends = np.cumsum([len(task.labels) for task in card.tasks])[:-1]
    return tuple(np.split(logits, ends, axis=1))
