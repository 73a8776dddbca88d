"""The figures of answers to single images, made of the same parts as those of a task of movements.

``evaluate_images`` gives ``pictures`` (``metrics.Figures.to_json`` with 95 % ``intervals`` by group), and
``calibration``, ``subgroups`` and ``doubts`` as ``laban.models.evaluation.evaluate`` does for clips; images are
told by their position.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from laban.core.arrays import Float64Array, FloatArray, IntArray
from laban.models.card import Task
from laban.models.evaluation.bootstrap import intervals
from laban.models.evaluation.calibration import calibration_json, softmax
from laban.models.evaluation.label_errors import doubts
from laban.models.evaluation.metrics import UNANSWERED, Figures, figures
from laban.models.evaluation.subgroups import figures_by_subgroup

_HARDEST, _DOUBTS = 12, 20


def predicted_of(logits: FloatArray) -> IntArray:
    """(N,) the most probable class; ``UNANSWERED`` where the logits are NaN because there is nobody to
    judge."""
    answered = np.asarray(np.isfinite(logits).all(axis=1))
    best = np.where(answered[:, None], logits, 0.0).argmax(axis=1)
    return np.where(answered, best, UNANSWERED)


def evaluate_images(
    task: Task,
    labels: IntArray,
    logits: FloatArray,
    *,
    temperature: float,
    groups: Sequence[str],
    subgroups: Sequence[Mapping[str, str]],
    seed: int = 0,
) -> dict[str, Any]:
    """All figures of answers ``logits`` (N, K), NaN where none was given, to images of the classes
    ``labels`` (N,).

    What was not answered counts as wrong; calibration and doubts are of what was.
    """
    said = predicted_of(logits)
    found = figures(task, labels, said)
    answered = said != UNANSWERED
    told = softmax(np.where(answered[:, None], logits, 0.0), temperature=temperature)
    held = intervals(labels, said, groups, classes=len(task.labels), seed=seed)
    return {
        "labels": list(task.labels),
        "pictures": found.to_json() | {"intervals": {name: one.to_json() for name, one in held.items()}},
        "unanswered": int((~answered).sum()),
        "calibration": calibration_json(
            softmax(logits[answered]), told[answered], labels[answered], temperature=temperature
        ),
        "subgroups": [one.to_json() for one in figures_by_subgroup(task, labels, said, subgroups)],
        "hardest": _hardest(task, labels, told, answered),
        "doubts": _doubted(task, told[answered], labels[answered], np.flatnonzero(answered)),
    }


def corrupted_row(name: str, task: Task, labels: IntArray, logits: FloatArray) -> dict[str, Any]:
    """The figures of the images that a corruption could be tried on."""
    found: Figures = figures(task, labels, predicted_of(logits))
    return {
        "name": name,
        "count": len(labels),
        "accuracy": found["accuracy"] if len(labels) else None,
        "macro_f1": found["macro_f1"] if len(labels) else None,
        "note": "",
    }


def _hardest(task: Task, labels: IntArray, told: Float64Array, answered: np.ndarray) -> list[dict[str, Any]]:
    """Those answered wrongly first, then those whose own class was least probable."""
    own = told[np.arange(len(labels)), labels]
    order = [int(at) for at in np.argsort(own) if answered[at]][:_HARDEST]
    return [
        {
            "index": at,
            "label": task.labels[labels[at]],
            "said": task.labels[int(told[at].argmax())],
            "probability": float(told[at].max()),
            "own_probability": float(own[at]),
        }
        for at in order
    ]


def _doubted(task: Task, told: Float64Array, labels: IntArray, places: IntArray) -> list[dict[str, Any]]:
    return [
        {
            "index": int(places[one.index]),
            "label": task.labels[one.given],
            "likely": task.labels[one.likely],
            "margin": one.margin,
        }
        for one in doubts(told, labels)[:_DOUBTS]
    ]
