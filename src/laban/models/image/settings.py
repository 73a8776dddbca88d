"""How a classifier of images is trained; kept with each run."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from laban.core.checks import choose, in_range, positive
from laban.errors import FormatError, LabanError
from laban.models.image.augmentation import ImageAugmentation
from laban.models.training.schedule import LoopSettings, Stage

Tune = Literal["frozen", "partly", "free"]
FROZEN_PARTS = {"frozen": 18, "partly": 12, "free": 0}
"""The number of the backbone's 18 parts that stay frozen."""


@dataclass(frozen=True)
class ImageTrainingSettings:
    """Everything that decides the result of training on images.

    ``tune``: the backbone is ``frozen``, its last blocks learn too (``partly``), or all of it does (``free``).
    First the head alone learns for ``head_epochs`` at ``head_rate``, then, unless frozen, the rest for
    ``tune_epochs`` at ``tune_rate``; both rates decay to 0. Each image is used in ``versions`` augmented forms, the
    first unchanged.
    """

    tune: Tune = "partly"
    head_epochs: int = 30
    tune_epochs: int = 12
    head_rate: float = 3e-3
    tune_rate: float = 3e-4
    batch: int = 32
    versions: int = 6
    weight_decay: float = 0.05
    label_smoothing: float = 0.1
    dropout: float = 0.3
    class_weights: Literal["even", "balanced"] = "balanced"
    changes: ImageAugmentation = field(default_factory=ImageAugmentation)
    seed: int = 0
    threads: int = 0

    def __post_init__(self) -> None:
        choose(self.tune, FROZEN_PARTS, what="way of tuning")
        choose(self.class_weights, {"even": 0, "balanced": 0}, what="class weights")
        for name in ("head_epochs", "batch", "versions"):
            in_range(getattr(self, name), name=name, low=1, high=10_000)
        in_range(self.tune_epochs, name="tune_epochs", low=0, high=10_000)
        for name in ("head_rate", "tune_rate"):
            positive(getattr(self, name), name=name)
        in_range(self.weight_decay, name="weight_decay", low=0, high=10)
        for name in ("label_smoothing", "dropout"):
            in_range(getattr(self, name), name=name, low=0, high=0.9)
        in_range(self.threads, name="threads", low=0, high=1024)

    @property
    def frozen_parts(self) -> int:
        """The number of frozen parts of the backbone."""
        return FROZEN_PARTS[self.tune]

    @property
    def loop(self) -> LoopSettings:
        """The settings of the training loop itself."""
        return LoopSettings(self.seed, self.threads)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The head alone, and then, unless frozen, the parts of the backbone that learn."""
        every = (
            _stage(self.head_epochs, self.head_rate),
            _stage(0 if self.tune == "frozen" else self.tune_epochs, self.tune_rate),
        )
        return tuple(stage for stage in every if stage.epochs)

    def to_dict(self) -> dict[str, object]:
        """As JSON holds it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "ImageTrainingSettings":
        """From the value of ``to_dict``; raises FormatError for anything else."""
        try:
            return cls(**{**value, "changes": ImageAugmentation(**value["changes"])})
        except (TypeError, KeyError, ValueError) as error:
            if isinstance(error, LabanError):
                raise
            raise FormatError(f"not training settings: {error}") from error


def _stage(epochs: int, rate: float) -> Stage:
    return Stage(epochs, rate, warmup=0.1, first=1e-2, decay_from=0.0)
