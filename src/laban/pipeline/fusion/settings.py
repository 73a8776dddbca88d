"""The settings of ``laban train --inputs pose,video``: those of both recognisers, which share what they can."""

from dataclasses import dataclass
from typing import Literal

from laban.core.checks import choose
from laban.errors import InvalidValueError
from laban.pipeline.action.training.settings import LearningSettings
from laban.pipeline.video.training.settings import DEFAULT_NETWORK, ClipLearningSettings

Inputs = Literal["pose", "pose,video"]

_INPUTS = ("pose", "video")
_UNSHARED = ("blocks", "time")


@dataclass(frozen=True)
class PixelSettings:
    """What the recogniser from pixels has of its own; see ``ClipLearningSettings``."""

    network: str = DEFAULT_NETWORK
    frames: int = 20
    size: str = "448x288"
    versions: int = 3


@dataclass(frozen=True)
class FusionSettings:
    """How a recogniser from poses and pixels is made: ``pose`` and ``video`` agree on split, folds, seed, threads,
    epochs and the weights of classes."""

    pose: LearningSettings
    video: ClipLearningSettings

    @classmethod
    def of(cls, pose: LearningSettings, pixels: PixelSettings) -> "FusionSettings":
        """The recogniser from pixels with the settings of that from poses where both have them.

        Raises InvalidValueError for what has no meaning for pixels.
        """
        if pose.whole_clips is not None:
            raise InvalidValueError(
                "--whole-clips makes no windows, which longer videos are answered in; leave it out with --inputs "
                "pose,video"
            )
        if pose.split in _UNSHARED:
            raise InvalidValueError(
                f"--split {pose.split} parts clips otherwise than a recogniser from pixels can; with --inputs "
                "pose,video choose group, data or random"
            )
        video = ClipLearningSettings(
            network=pixels.network,
            frames=pixels.frames,
            size=pixels.size,
            versions=pixels.versions,
            split="group" if pose.split == "random" else _of_clips(pose.split),
            folds=pose.folds,
            epochs=pose.epochs,
            class_weights=pose.class_weights,
            others=pose.baselines,
            seed=pose.seed,
            threads=pose.threads,
        )
        return cls(pose, video)


def inputs_of(text: str) -> Inputs:
    """What recognisers are to learn from, written as ``pose``, or ``pose,video`` in any order.

    Raises InvalidValueError for anything else.

    >>> inputs_of("video, pose")
    'pose,video'
    """
    names = [name.strip().lower() for name in text.split(",")]
    for name in names:
        choose(name, dict.fromkeys(_INPUTS), what="input")
    if set(names) == {"video"}:
        raise InvalidValueError("--inputs video alone is laban train-video; use that, or --inputs pose,video")
    return "pose" if set(names) == {"pose"} else "pose,video"


def _of_clips(split: str) -> Literal["auto", "group", "data"]:
    known: dict[str, Literal["auto", "group", "data"]] = {"auto": "auto", "group": "group", "data": "data"}
    return choose(split, known, what="split")
