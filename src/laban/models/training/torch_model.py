"""A model that runs in PyTorch: a trained network before its export."""

from dataclasses import dataclass

import numpy as np
import torch

from laban.core.arrays import Array, Float32Array
from laban.models.card import ModelCard
from laban.models.protocol import Outputs, split_by_task
from laban.models.training.trained import Trained


@dataclass(frozen=True, eq=False)
class TorchModel:
    """A model on a network of any kind."""

    card: ModelCard
    network: torch.nn.Module

    @classmethod
    def of(cls, trained: Trained) -> "TorchModel":
        """The model of a finished training."""
        return cls(trained.card, trained.network.eval())

    def run(self, values: Array) -> Outputs:
        """Answers for N examples as ``card.input`` describes them."""
        given = self.card.input
        checked = given.checked(values)
        starts = range(0, max(len(checked), 1), given.batch)
        with torch.no_grad():
            parts = [self._answers(checked[start : start + given.batch]) for start in starts]
        found = {
            name: np.concatenate(columns)
            for name, columns in zip(self.card.outputs, zip(*parts, strict=True), strict=True)
        }
        embedding = found.get("embedding", np.zeros((len(checked), 0), dtype=np.float32))
        return Outputs(split_by_task(self.card, found["logits"]), embedding, found.get("places"))

    def _answers(self, values: Array) -> list[Float32Array]:
        """The network's outputs, in order."""
        tensors = {key: torch.from_numpy(one) for key, one in self.card.input.feed(values).items()}
        return [one.numpy() for one in self.network(**tensors)]
