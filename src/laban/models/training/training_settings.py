"""How a model is trained, including the published recipe; kept in checkpoints."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from laban.core.checks import choose, in_range, positive
from laban.errors import FormatError, InvalidValueError, LabanError
from laban.models.training.schedule import LoopSettings, Schedule, Stage

HeadKind = Literal["separate", "unified"]
_CHOICES = {
    "heads": ("separate", "unified"),
    "schedule": ("constant", "cosine"),
    "class_weights": ("even", "balanced"),
}


@dataclass(frozen=True)
class Augmentation:
    """How much each window may be changed; 0 leaves a step out.

    ``mirror`` the probability of changing left and right; ``turn_deg`` the largest turn in the plane of the
    image; ``yaw_deg`` the largest turn of world coordinates about the vertical, ``tilt_deg`` that about each
    level axis; ``scale`` and ``speed`` the largest change, as a share (0.1: from 10 % less to 11 % more); ``shift``
    how far a window may slide in time, as a share of its length, its first or last row held; ``cut`` the
    probability that a window begins late or ends early, nothing being known before or after; ``hide`` the
    probability that joints are hidden for a while, and ``hidden_share`` the largest share of joints and of rows;
    ``jitter`` the standard deviation of the noise on positions, in torso lengths.
    """

    mirror: float = 0.5
    turn_deg: float = 10.0
    yaw_deg: float = 20.0
    tilt_deg: float = 0.0
    scale: float = 0.1
    speed: float = 0.15
    shift: float = 0.1
    cut: float = 0.0
    hide: float = 0.3
    hidden_share: float = 0.3
    jitter: float = 0.01

    def __post_init__(self) -> None:
        for name in ("mirror", "hide", "hidden_share", "shift", "cut"):
            in_range(getattr(self, name), name=name, low=0, high=1)
        for name in ("scale", "speed", "jitter"):
            in_range(getattr(self, name), name=name, low=0, high=0.9)
        for name in ("turn_deg", "yaw_deg", "tilt_deg"):
            in_range(getattr(self, name), name=name, low=0, high=180)


@dataclass(frozen=True)
class TrainingSettings:
    """Everything that decides the result of training.

    ``options`` are those of the architecture; ``heads`` one for each task, or one softmax over the events of all
    and "other"; ``normalize`` centres and scales each feature by the training windows; ``augmentation`` None
    shows the windows as they are. ``learning_rate`` stays (``constant``) or falls to 0 (``cosine``) after
    ``warmup`` of all steps; with ``weight_decay`` Adam is AdamW. ``average`` is the decay of a running mean of
    the weights, which then replaces them; 0 leaves it out. ``patience`` epochs without a
    lower validation loss end training; 0 never does. ``threads`` 0 takes all cores; another number may change the
    last bits of the result.
    """

    architecture: str = "lstm"
    options: Mapping[str, object] = field(default_factory=dict)
    heads: HeadKind = "separate"
    normalize: bool = True
    augmentation: Augmentation | None = field(default_factory=Augmentation)
    epochs: int = 60
    batch: int = 64
    learning_rate: float = 1e-3
    schedule: Schedule = "cosine"
    warmup: float = 0.05
    weight_decay: float = 0.01
    clip_gradient: float = 5.0
    label_smoothing: float = 0.0
    class_weights: Literal["even", "balanced"] = "even"
    average: float = 0.0
    patience: int = 0
    seed: int = 0
    threads: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "options", MappingProxyType(dict(self.options)))
        for name, known in _CHOICES.items():
            choose(getattr(self, name), dict.fromkeys(known), what=name)
        for name, low, high in (("epochs", 1, 100_000), ("batch", 1, 65_536), ("patience", 0, 100_000)):
            _whole(in_range(getattr(self, name), name=name, low=low, high=high), name)
        for name, most in (
            ("warmup", 1.0),
            ("weight_decay", 10.0),
            ("label_smoothing", 0.9),
            ("average", 0.99999),
        ):
            in_range(getattr(self, name), name=name, low=0, high=most)
        _whole(in_range(self.threads, name="threads", low=0, high=1024), "threads")
        _whole(in_range(self.seed, name="seed", low=0, high=2**31 - 1), "seed")
        positive(self.learning_rate, name="learning_rate")
        positive(self.clip_gradient, name="clip_gradient")

    @property
    def loop(self) -> LoopSettings:
        """The settings of the training loop itself."""
        return LoopSettings(self.seed, self.threads, self.clip_gradient, self.average, self.patience)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """All parameters learn throughout."""
        return (Stage(self.epochs, self.learning_rate, self.schedule, self.warmup),)

    def to_dict(self) -> dict[str, object]:
        """As JSON holds it."""
        moved = None if self.augmentation is None else asdict(self.augmentation)
        own = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {**own, "options": dict(self.options), "augmentation": moved}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "TrainingSettings":
        """From the value of ``to_dict``; raises FormatError for anything else."""
        try:
            moved = value["augmentation"]
            return cls(**{**value, "augmentation": None if moved is None else Augmentation(**moved)})
        except (TypeError, KeyError, ValueError) as error:
            if isinstance(error, LabanError):
                raise
            raise FormatError(f"not training settings: {error}") from error


def _whole(value: float, name: str) -> None:
    if not isinstance(value, int):
        raise InvalidValueError(f"{name} must be a whole number, got {value!r}")


def published_recipe() -> TrainingSettings:
    """One LSTM of 128 with dropout 0.2 on the features as they are; Adam 1e-3; 200 epochs, of which the best by
    validation loss is kept."""
    return TrainingSettings(
        architecture="lstm",
        normalize=False,
        augmentation=None,
        epochs=200,
        batch=32,
        schedule="constant",
        warmup=0.0,
        weight_decay=0.0,
        clip_gradient=1e9,
    )


def default_recipe() -> TrainingSettings:
    """Residual convolutions over time, strong augmentation, and a running mean of the weights."""
    return TrainingSettings(
        architecture="resnet",
        augmentation=Augmentation(
            turn_deg=15.0, yaw_deg=45.0, speed=0.2, hide=0.5, hidden_share=0.3, jitter=0.02
        ),
        epochs=40,
        learning_rate=2e-3,
        weight_decay=0.02,
        label_smoothing=0.1,
        average=0.998,
    )


RECIPES: Mapping[str, Callable[[], TrainingSettings]] = MappingProxyType(
    {"published": published_recipe, "resnet": default_recipe}
)
"""Training recipes, by name."""
