"""The lowest frame rate that a model was trained on, per task, as its card holds it."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from laban.models.card import ModelCard

FRAME_RATES = "frame_rates"
"""Under this name a card's ``about`` holds ``{task: {"least_fps": F}}``; a task may be absent."""

_LEAST = "least_fps"
_RARE_PERCENT = 5


def trained_rates(clips_fps: Mapping[str, Iterable[float]]) -> dict[str, dict[str, float]]:
    """What a card holds, from the frames per second of the clips that each task was trained on.

    The lowest is taken as their fifth percentile: a few slow clips do not teach a model slow clips. Tasks without
    clips of a known rate are left out.

    >>> trained_rates({"wave": [25.0, 30.0, 30.0], "jump": []})
    {'wave': {'least_fps': 25.5}}
    """
    known = {task: [one for one in rates if np.isfinite(one)] for task, rates in clips_fps.items()}
    return {
        task: least_rate(float(np.percentile(rates, _RARE_PERCENT))) for task, rates in known.items() if rates
    }


def least_rate(fps: float) -> dict[str, float]:
    """What a card holds for a task that was trained on clips of at least ``fps`` frames per second."""
    return {_LEAST: round(fps, 2)}


def least_fps(card: ModelCard, task: str) -> float | None:
    """The lowest frame rate that ``task`` was trained on; None where the card does not say.

    Windows are resampled to the model's clock, so that a rate above the clock's is never needed.
    """
    held = _held(card.about, task)
    if isinstance(held, bool) or not isinstance(held, int | float) or not 0 < held < np.inf:
        return None
    return float(min(held, getattr(card.clock, "fps", np.inf)))


def _held(about: Mapping[str, object], task: str) -> Any:
    tasks = about.get(FRAME_RATES)
    one = tasks.get(task) if isinstance(tasks, Mapping) else None
    return one.get(_LEAST) if isinstance(one, Mapping) else None
