"""A model that runs in PyTorch: what was trained, before it is exported."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from laban.core.arrays import Float32Array, frozen
from laban.models.card import ModelCard
from laban.models.network import Network
from laban.models.protocol import Outputs
from laban.models.training.checkpoint import load_checkpoint
from laban.models.training.training import Trained, filled

_BATCH = 256


@dataclass(frozen=True, eq=False)
class TorchModel:
    """A SequenceModel over a network."""

    card: ModelCard
    network: Network

    @classmethod
    def of(cls, trained: Trained) -> "TorchModel":
        """What was just trained."""
        return cls(trained.card, trained.network.eval())

    def run(self, values: Float32Array) -> Outputs:
        """Answers for (N, L, F) values, NaN where something is not known."""
        shape = ("N", self.card.clock.length, self.card.spec.width)
        windows = torch.from_numpy(np.array(frozen(values, shape=shape, name="values")))
        with torch.no_grad():
            parts = [self.network(*filled(part)) for part in windows.split(_BATCH)]
        sizes = [len(task.labels) for task in self.card.tasks]
        logits = torch.cat([part[0] for part in parts]).split(sizes, 1)
        embedding = torch.cat([part[1] for part in parts])
        return Outputs(tuple(one.contiguous().numpy() for one in logits), embedding.numpy())


def load_torch_model(folder: Path) -> TorchModel:
    """The model of a checkpoint; raises ModelError where it cannot be read."""
    return TorchModel.of(load_checkpoint(folder))
