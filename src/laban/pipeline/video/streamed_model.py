"""What a model of clips answers for one clip, and the settings by which its answers become spans."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from laban.core.arrays import Float32Array, Float64Array
from laban.models.card import Head
from laban.models.evaluation.calibration import softmax
from laban.models.inputs import ClipInput
from laban.models.protocol import ClipModel
from laban.tasks.action.answers import WindowScores
from laban.tasks.action.timeline import ActionSettings, Rules


class ClipAnswer(NamedTuple):
    """The probabilities (K,) of one clip of a stream, and its embedding (E,)."""

    start_s: float
    end_s: float
    probabilities: Float64Array
    embedding: Float32Array

    @property
    def scores(self) -> WindowScores:
        """The same for spans."""
        return WindowScores(self.probabilities, True)


Amend = Callable[[ClipAnswer], Float64Array]
"""From the answer for a clip to the probabilities (K,) that are told in place of its own."""


@dataclass(frozen=True, eq=False)
class StreamedModel:
    """A model of clips, and how its answers become spans. With ``amend``, what else is known of a clip changes its
    answer."""

    model: ClipModel
    given: ClipInput
    head: Head
    settings: ActionSettings
    amend: Amend | None = None

    @property
    def rules(self) -> Rules:
        """The rules of its task."""
        return self.settings.rules(self.model.card, self.head.task)

    def answer(self, features: Float32Array, *, start_s: float, end_s: float) -> ClipAnswer:
        """The answer for a clip whose frames have the features (T, F)."""
        found = self.model.answers(features[None])
        probabilities = softmax(found.logits[0], temperature=self.head.temperature)
        answer = ClipAnswer(start_s, end_s, np.asarray(probabilities[0]), found.embedding[0])
        return answer if self.amend is None else answer._replace(probabilities=self.amend(answer))
