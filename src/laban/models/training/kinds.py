"""How the network of each kind of input is rebuilt from a checkpoint."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from laban.core.checks import choose
from laban.models.card import ModelCard
from laban.models.training.trained import Settings

if TYPE_CHECKING:
    from torch.nn import Module


@dataclass(frozen=True)
class Kind:
    """``settings`` reads training settings from JSON; ``build`` makes an untrained ``torch.nn.Module`` from them
    and a card."""

    settings: Callable[[Mapping[str, Any]], Settings]
    build: Callable[[Any, ModelCard], "Module"]


def _landmarks() -> Kind:
    from laban.models.training.landmarks import build_network
    from laban.models.training.training_settings import TrainingSettings

    return Kind(TrainingSettings.from_dict, build_network)


def _image() -> Kind:
    from laban.models.image.settings import ImageTrainingSettings
    from laban.models.image.training import build_classifier

    return Kind(ImageTrainingSettings.from_dict, build_classifier)


def _clip() -> Kind:
    from laban.models.video.settings import ClipTrainingSettings
    from laban.models.video.training import build_clip_network

    return Kind(ClipTrainingSettings.from_dict, build_clip_network)


KINDS: Mapping[str, Callable[[], Kind]] = MappingProxyType(
    {"landmarks": _landmarks, "image": _image, "clip": _clip}
)
"""The kinds of input that can be trained on, by the name in a card; called, an entry imports PyTorch."""


def kind_of(card: ModelCard) -> Kind:
    """The kind of a card's input; raises UnknownNameError where it cannot be trained on."""
    return choose(card.input.kind, KINDS, what="kind of input that is trained on")()
