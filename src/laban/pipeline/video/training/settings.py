"""The settings of ``laban train-video``, and what comes of them for sampling, splits and training."""

from dataclasses import dataclass
from typing import Literal

from laban.core.checks import choose, in_range
from laban.errors import InvalidValueError
from laban.models.image.settings import Tune
from laban.models.training.splits import SplitSettings
from laban.models.video.augmentation import ClipAugmentation
from laban.models.video.backbones import BACKBONES
from laban.models.video.backbones import SMALL as SMALL_BACKBONE
from laban.models.video.settings import ClipTrainingSettings
from laban.pipeline.video.sampling import ClipSampling

SMALL = "lrcn-small"
"""The recipe of widely read tutorials, from nothing: 64 by 64 pixels, four blocks of convolutions, one LSTM."""
DEFAULT_NETWORK = "lrcn"
DEFAULT_BACKBONE = "efficientnet_lite0"
CHOICES = ("lrcn", "change", "mean", "tcn", "attention", SMALL)
"""The networks that can be asked for by name."""

_SMALL_WH = (64, 64)
_SIZES = 2


@dataclass(frozen=True)
class ClipLearningSettings:
    """How a recogniser from pixels is made.

    ``network`` is in ``CHOICES``, ``backbone`` in ``BACKBONES``, and ``tune`` as in
    ``ClipTrainingSettings``. Of each clip ``frames`` are
    shown, of ``size`` pixels, written WIDTHxHEIGHT. ``split`` and ``folds`` as in ``SplitSettings``, where ``auto``
    is the data's own split if it names one and no folds are asked for, else by group. Each clip is learned from in
    ``versions`` augmented forms. ``others`` are networks trained on the same split for comparison. With ``masked``
    the test clips are also answered without their people and without their background.
    """

    network: str = DEFAULT_NETWORK
    backbone: str = DEFAULT_BACKBONE
    tune: Tune = "frozen"
    frames: int = 20
    size: str = "448x288"
    split: Literal["auto", "group", "data", "random"] = "auto"
    folds: int | None = None
    epochs: int | None = None
    versions: int = 3
    class_weights: Literal["even", "balanced"] = "balanced"
    others: bool = True
    masked: bool = False
    seed: int = 0
    threads: int = 0

    def __post_init__(self) -> None:
        if self.epochs is not None:
            in_range(self.epochs, name="epochs", low=1, high=10_000)
        choose(self.split, dict.fromkeys(("auto", "group", "data", "random")), what="split")
        choose(self.network, dict.fromkeys(CHOICES), what="network")
        if self.network == SMALL and (self.backbone != DEFAULT_BACKBONE or self.tune != "frozen"):
            raise InvalidValueError(f"{SMALL} has a backbone of its own; leave --backbone and --tune out")
        if self.backbone == SMALL_BACKBONE:
            raise InvalidValueError(
                f"the small backbone begins with nothing; it is that of --network {SMALL}"
            )
        choose(self.backbone, dict.fromkeys(set(BACKBONES) - {SMALL_BACKBONE}), what="backbone")
        _ = self.sampling, self.training, size_of(self.size), self.splitting(names_split=False)

    @property
    def begins_with_nothing(self) -> bool:
        """Whether the backbone needs no weights."""
        return self.network == SMALL

    @property
    def learns_to_see(self) -> bool:
        """Whether the backbone, or a part of it, learns too."""
        return self.begins_with_nothing or self.tune != "frozen"

    @property
    def sampling(self) -> ClipSampling:
        """How clips are shown."""
        size_wh = _SMALL_WH if self.network == SMALL else size_of(self.size)
        changes = ClipAugmentation()
        return ClipSampling(self.frames, size_wh, self.versions, changes, self.seed)

    @property
    def training(self) -> ClipTrainingSettings:
        """How the network is trained."""
        return self.training_of(self.network)

    def training_of(self, network: str) -> ClipTrainingSettings:
        """How another network over time is trained on the same clips."""
        small = network == SMALL
        return ClipTrainingSettings(
            network="lstm" if small else network,
            backbone=SMALL_BACKBONE if small else self.backbone,
            tune="free" if small else self.tune,
            epochs=self.epochs or (60 if small else 30),
            batch=16 if small else 32,
            versions=self.versions,
            class_weights=self.class_weights,
            seed=self.seed,
            threads=self.threads,
        )

    def splitting(self, *, names_split: bool) -> SplitSettings:
        """How the clips are split."""
        by = self.split
        if by == "auto":
            by = "data" if names_split and self.folds is None else "group"
        return SplitSettings(by=by, folds=self.folds, validation=0.15, test=0.25, seed=self.seed)


def size_of(text: str) -> tuple[int, int]:
    """Width and height from WIDTHxHEIGHT; raises InvalidValueError for anything else.

    >>> size_of("448x288")
    (448, 288)
    """
    sides = text.lower().split("x")
    if len(sides) != _SIZES or not all(side.isdecimal() for side in sides):
        raise InvalidValueError(f"size must be WIDTHxHEIGHT, such as 448x288, got {text!r}")
    width, height = (in_range(int(side), name="size", low=32, high=1024) for side in sides)
    return int(width), int(height)
