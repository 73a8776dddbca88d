"""How a classifier of pictures is trained: values that a run keeps."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from laban.core.checks import choose, in_range, positive
from laban.models.image.changes import PictureChanges

Tune = Literal["frozen", "partly", "free"]
FROZEN_PARTS = {"frozen": 18, "partly": 12, "free": 0}
"""How many of the backbone's 18 parts stay as ImageNet left them."""


@dataclass(frozen=True)
class PictureTraining:
    """Everything that decides what training makes of its pictures.

    ``tune``: the backbone stays as it is (``frozen``), its last blocks learn too (``partly``) or all of it does
    (``free``). First the head alone learns for ``head_epochs`` at ``head_rate``, then, unless frozen,
    everything that may for ``tune_epochs`` at ``tune_rate``, both led to 0. Each picture is learned from in
    ``versions`` changed forms, the first of them unchanged. ``patience`` epochs without a lower validation
    loss end a stage; 0 never does.
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
    changes: PictureChanges = field(default_factory=PictureChanges)
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
        """How many parts of the backbone stay as they are."""
        return FROZEN_PARTS[self.tune]

    @property
    def epochs(self) -> int:
        """How many epochs both stages have together."""
        return self.head_epochs + (0 if self.tune == "frozen" else self.tune_epochs)

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)
