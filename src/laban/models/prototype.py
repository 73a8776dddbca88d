"""One class made from a few clips: the direction of its windows in a model's embedding, and its own threshold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from laban.core.arrays import Float64Array, FloatArray
from laban.errors import FormatError, InvalidValueError
from laban.models.embedding_space import EmbeddingSpace, packed, unit, unpacked

_SIMULATED = 300  # windows a class
_STRANGERS, _OWN, _GIVEN = 0.9, 0.05, 0.1  # quantiles of similarities that the threshold follows from


@dataclass(frozen=True, eq=False)
class Prototype:
    """A class that was added to ``task``: the ``direction`` (E,) of its windows, and the similarity to it that a
    window must reach. ``clips`` is the number of clips it was made from."""

    task: str
    label: str
    direction: Float64Array
    threshold: float
    clips: int

    def to_json(self) -> dict[str, object]:
        """As a card holds it."""
        return {
            "task": self.task,
            "label": self.label,
            "direction": packed(self.direction),
            "threshold": self.threshold,
            "clips": self.clips,
        }

    @classmethod
    def from_json(cls, value: Any) -> "Prototype":
        """From the value of ``to_json``; raises FormatError for anything else."""
        try:
            return cls(
                str(value["task"]),
                str(value["label"]),
                unit(unpacked(value["direction"])),
                float(value["threshold"]),
                int(value["clips"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise FormatError(f"not a class prototype: {error}") from error


def prototype_of(space: EmbeddingSpace, clips: Sequence[FloatArray], *, task: str, label: str) -> Prototype:
    """The prototype of a class from the embeddings (N, E) of the windows of each of a few clips.

    The threshold lies half way between what one in ten windows of the trained classes reaches and what all but
    one in twenty would reach of a class that spreads as those do; and no higher than what all but one in ten of
    the clips' own windows reach.
    """
    if not clips or any(not len(one) for one in clips):
        raise InvalidValueError("a new class needs one to five clips, each with somebody in it for a window")
    middle = np.mean([space.place(one).mean(axis=0) for one in clips], axis=0)
    if not np.isfinite(middle).all() or not np.linalg.norm(middle) > 0:
        raise InvalidValueError("the model's embedding of these clips has no direction; give other clips")
    direction = unit(middle)
    strangers = space.strayed(space.place(space.means), count=_SIMULATED) @ direction
    own = space.strayed(middle[None], count=_SIMULATED, scale=np.sqrt(1 + 1 / len(clips))) @ direction
    given = space.direction(np.concatenate(list(clips))) @ direction
    between = (np.quantile(strangers, _STRANGERS) + np.quantile(own, _OWN)) / 2
    return Prototype(task, label, direction, float(min(between, np.quantile(given, _GIVEN))), len(clips))
