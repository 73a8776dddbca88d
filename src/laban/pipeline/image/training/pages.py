"""Test images for the report, with the evidence of the classifier."""

from collections.abc import Callable

import numpy as np

from laban.core.arrays import Float32Array, IntArray
from laban.models.card import Task
from laban.models.evaluation.calibration import softmax
from laban.models.evaluation.image_metrics import predicted_of
from laban.models.image.class_activation import evidence
from laban.pipeline.image.gathering import Gathered
from laban.render.image.heat import draw_evidence
from laban.render.report.classifier import ExampleImage

_EACH = 4

Places = Callable[[IntArray], Float32Array | None]


def looked_at(
    gathered: Gathered,
    test: IntArray,
    places: Places,
    logits: Float32Array,
    *,
    labels: IntArray,
    task: Task,
    temperature: float,
) -> list[ExampleImage]:
    """For each class the test images with the worst and the best answers."""
    names = task.labels
    told = softmax(np.nan_to_num(logits), temperature=temperature)
    said = predicted_of(logits)
    chosen = _chosen(labels[test], told, said)
    maps = places(test[chosen]) if len(chosen) else None
    examples: list[ExampleImage] = []
    for order, at in enumerate(chosen.tolist()):
        image = gathered.exact[test[at]]
        heat = None if maps is None else draw_evidence(image, evidence(maps[order], int(said[at])))
        examples.append((image, heat, names[labels[test[at]]], names[said[at]], float(told[at].max())))
    return examples


def _chosen(labels: IntArray, told: np.ndarray, said: IntArray) -> IntArray:
    """Positions of a few images of each class: half of them the worst, half the best."""
    own = told[np.arange(len(labels)), labels]
    out: list[int] = []
    for label in np.unique(labels):
        held = np.flatnonzero((labels == label) & (said >= 0))
        order = held[np.argsort(own[held])]
        out += dict.fromkeys([*order[: _EACH // 2].tolist(), *order[::-1][: _EACH // 2].tolist()])
    return np.array(out, dtype=np.int64)
