"""The settings of `laban train`, and what follows from them for windows, splits and training."""

from dataclasses import dataclass, replace
from math import ceil
from typing import Literal

from laban.core.checks import in_range
from laban.core.clock import Clock, WholeClip, WindowSpec
from laban.errors import InvalidValueError
from laban.features.spec import FeatureSpec
from laban.models.examples import Examples
from laban.models.training.splits import SplitSettings, names_split
from laban.models.training.training_settings import RECIPES, TrainingSettings, default_recipe
from laban.pipeline.dataset import ExampleSettings

DEFAULT_MODEL = "resnet"
_FEATURES_OF = {"published": ("xy",), "lstm": ("xy",)}
_LEAST_STEPS, _MOST_EPOCHS = 600, 300
_FLAT, _DEEP = ("scene",), ("stage",)


@dataclass(frozen=True)
class LearningSettings:
    """How a recogniser is made.

    ``model`` is an architecture or a recipe; ``features`` the sets of ``FEATURE_SETS``, those that suit the model
    and the data if None. An example is ``window_s`` seconds at ``fps``, one every ``hop_s``, or with
    ``whole_clips`` all of a clip at that many instants. ``split`` and ``folds`` as in ``SplitSettings``, where
    ``auto`` is the data's own split if it names one and no folds are asked for, else by group; ``people`` as in
    ``ExampleSettings``; ``heads``, ``epochs``, ``seed`` and ``threads`` as in ``TrainingSettings``.
    ``baselines`` are trained and evaluated for comparison.
    """

    model: str = DEFAULT_MODEL
    features: tuple[str, ...] | None = None
    window_s: float = 2.0
    hop_s: float = 0.5
    fps: float = 30.0
    whole_clips: int | None = None
    people: Literal["all", "most_moving"] = "all"
    heads: Literal["separate", "unified"] = "separate"
    split: Literal["auto", "group", "data", "blocks", "random", "time"] = "auto"
    folds: int | None = None
    epochs: int | None = None
    class_weights: Literal["even", "balanced"] = "balanced"
    seed: int = 0
    threads: int = 0
    baselines: bool = True

    def __post_init__(self) -> None:
        if self.whole_clips is not None:
            in_range(self.whole_clips, name="whole_clips", low=2, high=10_000)
        if self.features is not None and not self.features:
            raise InvalidValueError("features must name at least one set, or be left out")
        if self.epochs is not None:
            in_range(self.epochs, name="epochs", low=1, high=100_000)

    def for_data(self, examples: Examples) -> "LearningSettings":
        """The same with ``auto`` decided."""
        if self.split != "auto":
            return self
        own = self.folds is None and names_split(examples)
        return replace(self, split="data" if own else "group")

    @property
    def clock(self) -> Clock:
        """The clock of an example's rows."""
        if self.whole_clips is not None:
            return WholeClip(self.whole_clips)
        return WindowSpec(length_s=self.window_s, hop_s=self.hop_s, fps=self.fps)

    def spec(self, skeleton: str, *, flat: bool) -> FeatureSpec:
        """The features for sequences of ``skeleton``: in the image where they are known there (``flat``)."""
        suited = _FEATURES_OF.get(self.model, _FLAT) if flat else _DEEP
        return FeatureSpec(self.features or suited, skeleton)

    @property
    def examples(self) -> ExampleSettings:
        """The people whose windows are taken."""
        return ExampleSettings(people=self.people)

    @property
    def splitting(self) -> SplitSettings:
        """How the examples are split."""
        return SplitSettings(
            by="group" if self.split == "auto" else self.split, folds=self.folds, seed=self.seed
        )

    def training(self, windows: int | None = None) -> TrainingSettings:
        """How the network is trained on so many windows: on few, each is seen more often, so that there are
        enough steps to learn in."""
        recipe = RECIPES.get(self.model)
        chosen = recipe() if recipe else replace(default_recipe(), architecture=self.model)
        batches = max(1, (windows or _LEAST_STEPS * chosen.batch) // chosen.batch)
        enough = min(_MOST_EPOCHS, ceil(_LEAST_STEPS / batches))
        weights = "even" if self.model == "published" else self.class_weights
        return replace(
            chosen,
            epochs=self.epochs or max(chosen.epochs, enough),
            heads=self.heads,
            class_weights=weights,
            seed=self.seed,
            threads=self.threads,
        )
