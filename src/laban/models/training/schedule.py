"""Stages of training with their learning rates, and the settings that all stages share."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Schedule = Literal["constant", "cosine"]


@dataclass(frozen=True)
class LoopSettings:
    """The settings of the training loop itself: see ``TrainingSettings``, whose fields these are."""

    seed: int = 0
    threads: int = 0
    clip_gradient: float = 5.0
    average: float = 0.0
    patience: int = 0


@dataclass(frozen=True)
class Stage:
    """Epochs in which the same parameters learn.

    The learning rate rises from the share ``first`` of ``rate`` to ``rate`` over the share ``warmup`` of the stage,
    and then stays (``constant``) or falls to 0 along a cosine (``cosine``), which begins where the warm-up ends, or
    at the share ``decay_from``, with a step down at the end of the warm-up.
    """

    epochs: int
    rate: float
    schedule: Schedule = "cosine"
    warmup: float = 0.0
    first: float = 1e-3
    decay_from: float | None = None

    def rate_at(self, part: float) -> float:
        """The learning rate when ``part`` of the stage is over, 0 to 1.

        >>> [round(Stage(10, 0.1, warmup=0.5).rate_at(part), 3) for part in (0.0, 0.25, 0.5, 0.75, 1.0)]
        [0.0, 0.05, 0.1, 0.05, 0.0]
        """
        if part < self.warmup:
            return self.rate * max(part / self.warmup, self.first)
        if self.schedule == "constant":
            return self.rate
        begin = self.warmup if self.decay_from is None else self.decay_from
        left = (part - begin) / max(1 - begin, 1e-9)
        return self.rate * 0.5 * (1 + math.cos(math.pi * min(left, 1.0)))


def stage_at(stages: Sequence[Stage], epoch: int) -> tuple[int, Stage, int]:
    """The position of the stage that an epoch, numbered from 1, belongs to, the stage, and the epochs before it.

    >>> stage_at((Stage(2, 0.1), Stage(3, 0.01)), 3)[::2]
    (1, 2)
    """
    before = 0
    for index, stage in enumerate(stages):
        if epoch <= before + stage.epochs:
            return index, stage, before
        before += stage.epochs
    raise ValueError(f"epoch {epoch} lies after the {before} epochs of all stages")
