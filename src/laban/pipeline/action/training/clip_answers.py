"""What a network of windows answers for whole clips."""

from typing import TYPE_CHECKING

import numpy as np

from laban.models.evaluation.calibration import softmax
from laban.models.evaluation.clip_scores import clip_scores, log_probabilities
from laban.models.evaluation.held_out import outputs_of
from laban.models.examples import Examples
from laban.pipeline.training.held_out import ClipLogits

if TYPE_CHECKING:
    from laban.models.training.trained import Trained


def clip_answers(trained: "Trained", examples: Examples) -> ClipLogits:
    """The answers for the clips of ``examples`` to the network's only task; see ``clip_scores``."""
    from laban.models.training.torch_model import TorchModel

    (head,) = trained.card.heads
    if not len(examples):
        return ClipLogits(np.zeros(0, np.int64), np.zeros((0, len(head.task.labels))))
    outputs = outputs_of(TorchModel.of(trained), examples)
    told = softmax(outputs.logits[0], temperature=head.temperature)
    scores = clip_scores(examples, told, task=head.task)
    return ClipLogits(scores.clip, log_probabilities(scores.probabilities))
