"""The result of a training: a network, its card, its settings and its history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from laban.models.card import Head, ModelCard, Task
from laban.models.inputs import ModelInput
from laban.version import __version__

if TYPE_CHECKING:
    from torch.nn import Module

    from laban.models.training.loop import Fitted
    from laban.models.training.training_state import Epoch


class Settings(Protocol):
    """Everything that decides the result of training."""

    def to_dict(self) -> dict[str, object]: ...


@dataclass(frozen=True, eq=False)
class Trained:
    """A network with the weights of its best epoch, in evaluation mode, with settings and history.

    ``network`` is a ``torch.nn.Module`` from the tensors of ``card.input`` to those of ``card.outputs``, in order.
    ``history`` holds the epochs in order, numbered from 1; ``best_epoch`` is the one kept.
    """

    network: "Module"
    card: ModelCard
    settings: Settings
    history: "tuple[Epoch, ...]"
    best_epoch: int


def carded(
    fitted: "Fitted",
    *,
    name: str,
    architecture: str,
    given: ModelInput,
    tasks: Sequence[Task],
    settings: Settings,
    data: str,
) -> Trained:
    """``fitted`` with a card; ``data`` is the SHA-256 of the training data."""
    import torch

    about: Mapping[str, object] = {
        "training": settings.to_dict(),
        "data": data,
        "best_epoch": fitted.best_epoch,
        "parameters": sum(one.numel() for one in fitted.network.parameters()),
        "versions": {"laban": __version__, "torch": str(torch.__version__)},
    }
    card = ModelCard(name, architecture, given, tuple(Head(task) for task in tasks), about)
    return Trained(fitted.network, card, settings, fitted.history, fitted.best_epoch)
