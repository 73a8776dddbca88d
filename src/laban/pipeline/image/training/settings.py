"""The settings of ``laban train-image``, and what follows from them for views, splits and training."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from laban.core.checks import in_range
from laban.errors import InvalidValueError
from laban.models.examples import Clip
from laban.models.image.augmentation import ImageAugmentation
from laban.models.image.settings import ImageTrainingSettings
from laban.models.image.view import View
from laban.models.training.splits import SplitSettings
from laban.models.training.training_settings import Augmentation, TrainingSettings

LANDMARKS = "landmarks"
_VALIDATION = ("val", "valid", "validation", "dev")
_TEST = "test"


@dataclass(frozen=True)
class ImageLearningSettings:
    """How a classifier of images is made.

    ``backbone`` looks at the image (``efficientnet_lite0``) or at the person's landmarks (``landmarks``).
    ``tune``, ``versions``, ``class_weights``, ``seed`` and ``threads`` as in ``ImageTrainingSettings``; ``epochs``
    those of the head, ``tune_epochs`` those of the backbone. ``crop`` shows the person or the whole image, a
    person with ``margin`` around. ``split``: ``auto`` is the data's own where it names one, else ``group``.
    ``group`` is a pattern whose first bracket in an image's name is its group. With ``mirror`` images
    are learned mirrored too. ``shifts`` evaluates the test under corruptions.
    """

    backbone: Literal["efficientnet_lite0", "landmarks"] = "efficientnet_lite0"
    tune: Literal["frozen", "partly", "free"] = "partly"
    crop: Literal["person", "whole"] = "person"
    margin: float = 1.2
    split: Literal["auto", "group", "data", "random"] = "auto"
    group: str | None = None
    epochs: int | None = None
    tune_epochs: int | None = None
    versions: int = 6
    mirror: bool = True
    class_weights: Literal["even", "balanced"] = "balanced"
    shifts: bool = True
    pose_model: Literal["lite", "full", "heavy"] = "full"
    detector: Literal["auto", "blazepose", "yolox"] = "auto"
    seed: int = 0
    threads: int = 0

    def __post_init__(self) -> None:
        for name in ("epochs", "tune_epochs"):
            if getattr(self, name) is not None:
                in_range(getattr(self, name), name=name, low=0 if name == "tune_epochs" else 1, high=10_000)
        in_range(self.versions, name="versions", low=1, high=1000)
        if self.group is not None and _groups_in(self.group) != 1:
            raise InvalidValueError(
                f"group must be a pattern with one bracket, such as '(.+)_', got {self.group!r}"
            )

    @property
    def view(self) -> View:
        """The part of an image that is the input."""
        return View(margin=self.margin, whose=self.crop)

    @property
    def of_landmarks(self) -> bool:
        """Whether the model learns from landmarks rather than pixels."""
        return self.backbone == LANDMARKS

    @property
    def training(self) -> ImageTrainingSettings:
        """How a classifier of image pixels is trained."""
        plain = ImageTrainingSettings()
        return replace(
            plain,
            tune=self.tune,
            head_epochs=self.epochs or plain.head_epochs,
            tune_epochs=plain.tune_epochs if self.tune_epochs is None else self.tune_epochs,
            versions=self.versions,
            class_weights=self.class_weights,
            changes=ImageAugmentation(mirror=0.5 if self.mirror else 0.0),
            seed=self.seed,
            threads=self.threads,
        )

    def landmark_training(self) -> TrainingSettings:
        """How a head on landmarks is trained. Mirrored bodies are added beforehand, for a mirror may change
        the class."""
        return TrainingSettings(
            architecture="mlp",
            options={"units": 32, "members": 10, "hidden": 0.2},
            augmentation=Augmentation(
                mirror=0.0,
                turn_deg=8.0,
                yaw_deg=20.0,
                speed=0.0,
                shift=0.0,
                hide=0.3,
                hidden_share=0.3,
                jitter=0.04,
            ),
            epochs=self.epochs or 30,
            batch=64,
            learning_rate=2e-3,
            weight_decay=0.3,
            label_smoothing=0.1,
            class_weights=self.class_weights,
            seed=self.seed,
            threads=self.threads,
        )

    def splitting(self, clips: Sequence[Clip]) -> tuple[SplitSettings, tuple[Clip, ...], tuple[str, ...]]:
        """How the images are split, their clips for that split, and notes."""
        named = tuple(replace(clip, group=self._group_of(clip)) for clip in clips)
        splits = {clip.split for clip in named if clip.split}
        by = self.split
        if by == "auto":
            by = (
                "data"
                if "train" in splits and len(splits) > 1 and all(clip.split for clip in named)
                else "group"
            )
        notes: tuple[str, ...] = ()
        if by == "data" and _TEST not in splits:
            named = tuple(
                replace(clip, split=_TEST if clip.split in _VALIDATION else clip.split) for clip in named
            )
            notes = ("The data names no test part: its validation part is the test, and chooses nothing.",)
        elif by == "group" and len({clip.group for clip in named}) == len(named):
            notes = (
                "Every image is its own group: where several show one person or scene, metrics are too optimistic; "
                "name groups in a table, or by a pattern with --group.",
            )
        return SplitSettings(by=by, validation=0.15, test=0.25, seed=self.seed), named, notes

    def _group_of(self, clip: Clip) -> str:
        found = re.search(self.group, clip.name) if self.group else None
        return found.group(1) if found else clip.group


def _groups_in(pattern: str) -> int:
    try:
        return re.compile(pattern).groups
    except re.error as error:
        raise InvalidValueError(f"group is no pattern: {error}, got {pattern!r}") from error
