"""How a recogniser from pixels is trained: values that a run keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Literal, get_args

from laban.core.checks import choose, in_range, positive
from laban.errors import FormatError, LabanError
from laban.models.image.settings import Tune
from laban.models.training.schedule import LoopSettings, Stage
from laban.models.video.backbones import BACKBONES, SMALL
from laban.models.video.networks import NETWORKS

_ALONE = 3
"""The network over time learns alone for one of so many epochs."""


@dataclass(frozen=True)
class ClipTrainingSettings:
    """Everything that decides what training makes of its clips.

    ``network`` is in ``NETWORKS``, with ``options`` in place of its defaults; ``backbone`` is in ``BACKBONES``.
    ``tune``: the backbone is ``frozen``, its last parts learn too (``partly``), or all of it does (``free``), at
    the share ``backbone_rate`` of the learning rate, after the network over time has learned alone for a third of
    the epochs. Each clip is learned from in ``versions`` augmented forms, the first of them unchanged.
    """

    network: str = "lrcn"
    options: Mapping[str, object] = field(default_factory=dict)
    backbone: str = "efficientnet_lite0"
    tune: Tune = "frozen"
    backbone_rate: float = 0.05
    epochs: int = 30
    batch: int = 32
    versions: int = 4
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    label_smoothing: float = 0.1
    class_weights: Literal["even", "balanced"] = "balanced"
    seed: int = 0
    threads: int = 0

    def __post_init__(self) -> None:
        choose(self.network, NETWORKS, what="network over time")
        choose(self.backbone, BACKBONES, what="backbone")
        choose(self.tune, dict.fromkeys(get_args(Tune)), what="way of tuning")
        choose(self.class_weights, {"even": 0, "balanced": 0}, what="class weights")
        object.__setattr__(self, "options", MappingProxyType(dict(self.options)))
        for name in ("epochs", "batch", "versions"):
            in_range(getattr(self, name), name=name, low=1, high=10_000)
        positive(self.learning_rate, name="learning_rate")
        positive(self.backbone_rate, name="backbone_rate")
        in_range(self.weight_decay, name="weight_decay", low=0, high=10)
        in_range(self.label_smoothing, name="label_smoothing", low=0, high=0.9)
        in_range(self.threads, name="threads", low=0, high=1024)

    @property
    def loop(self) -> LoopSettings:
        """The settings of the training loop."""
        return LoopSettings(self.seed, self.threads, average=0.9)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The network over time, and what of a backbone learns after it; one that begins with nothing learns from
        the beginning."""
        alone = self.epochs // _ALONE
        if self.tune == "frozen" or self.backbone == SMALL or not alone:
            return (Stage(self.epochs, self.learning_rate, warmup=0.1, first=1e-2),)
        first = Stage(alone, self.learning_rate, warmup=0.1, first=1e-2)
        return (first, Stage(self.epochs - alone, self.learning_rate, warmup=0.1, first=1e-2))

    def to_dict(self) -> dict[str, object]:
        """As JSON holds it."""
        return {**{one.name: getattr(self, one.name) for one in fields(self)}, "options": dict(self.options)}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "ClipTrainingSettings":
        """From ``to_dict``'s; raises FormatError where it is none."""
        try:
            return cls(**value)
        except (TypeError, KeyError, ValueError) as error:
            if isinstance(error, LabanError):
                raise
            raise FormatError(f"not settings of a training: {error}") from error
