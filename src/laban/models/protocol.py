"""What every model that is ready to answer can do, whatever it runs on; and a fake that does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from laban.core.arrays import Float32Array
from laban.models.card import ModelCard


@dataclass(frozen=True, eq=False)
class Outputs:
    """``logits`` one (N, K) array for each task of the card; ``embedding`` (N, E) what the heads are given."""

    logits: tuple[Float32Array, ...]
    embedding: Float32Array

    def __len__(self) -> int:
        return len(self.embedding)


class SequenceModel(Protocol):
    """Answers for examples: (N, L, F) values in the order of ``card.spec``, NaN where something is not known.

    The answer for an example does not depend on the others it comes with. No examples give no answers.
    """

    @property
    def card(self) -> ModelCard: ...

    def run(self, values: Float32Array) -> Outputs: ...


@dataclass(frozen=True)
class FunctionModel:
    """A model made of a function from values (N, L, F) to outputs: the shipped fake."""

    card: ModelCard
    function: Callable[[Float32Array], Outputs]

    def run(self, values: Float32Array) -> Outputs:
        """What the function says of ``values``."""
        return self.function(np.asarray(values, dtype=np.float32))
