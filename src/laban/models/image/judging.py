"""The figures of a classifier of pictures: what metrics.json and the report hold.

``judged`` gives ``pictures`` (``metrics.Figures.to_json`` with 95 % ``intervals`` by group), ``calibration``
as in ``laban.models.evaluation`` (``evaluate``, ``subgroups``, ``label_errors``, ``hardest``): positions, labels
and probabilities.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from laban.core.arrays import Float64Array, FloatArray, IntArray
from laban.models.card import Task
from laban.models.evaluation.bootstrap import intervals
from laban.models.evaluation.calibration import calibration_error, reliability, softmax
from laban.models.evaluation.label_errors import doubts
from laban.models.evaluation.metrics import UNANSWERED, Figures, figures

_HARDEST, _DOUBTS = 12, 20


def predicted_of(logits: FloatArray) -> IntArray:
    """(N,) the most probable class; ``UNANSWERED`` where the logits are NaN because there is nobody to
    judge."""
    answered = np.asarray(np.isfinite(logits).all(axis=1))
    best = np.where(answered[:, None], logits, 0.0).argmax(axis=1)
    return np.where(answered, best, UNANSWERED)


def judged(
    task: Task,
    labels: IntArray,
    logits: FloatArray,
    *,
    temperature: float,
    groups: Sequence[str],
    subgroups: Sequence[Mapping[str, str]],
    seed: int = 0,
) -> dict[str, Any]:
    """All figures of answers ``logits`` (N, K), NaN where none was given, to pictures of the classes
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
        "calibration": _calibration(logits[answered], labels[answered], temperature),
        "subgroups": _by_subgroup(task, labels, said, subgroups),
        "hardest": _hardest(task, labels, told, answered),
        "doubts": _doubted(task, told[answered], labels[answered], np.flatnonzero(answered)),
    }


def shifted_row(name: str, task: Task, labels: IntArray, logits: FloatArray) -> dict[str, Any]:
    """The figures of the pictures that could be shifted."""
    found: Figures = figures(task, labels, predicted_of(logits))
    return {
        "name": name,
        "count": len(labels),
        "accuracy": found["accuracy"] if len(labels) else None,
        "macro_f1": found["macro_f1"] if len(labels) else None,
        "note": "",
    }


def _calibration(logits: FloatArray, labels: IntArray, temperature: float) -> dict[str, Any]:
    def told(probabilities: Float64Array) -> dict[str, Any]:
        return {
            "ece": calibration_error(probabilities, labels) if len(labels) else None,
            "ece_mass": calibration_error(probabilities, labels, equal="mass") if len(labels) else None,
            "bins": [one.to_json() for one in reliability(probabilities, labels, bins=10)],
        }

    return {
        "temperature": temperature,
        "before": told(softmax(logits)),
        "after": told(softmax(logits, temperature=temperature)),
    }


def _by_subgroup(
    task: Task, labels: IntArray, said: IntArray, subgroups: Sequence[Mapping[str, str]]
) -> list[dict[str, Any]]:
    rows = []
    for column in sorted({name for one in subgroups for name in one}):
        values = np.array([one.get(column, "") for one in subgroups], dtype=object).astype(str)
        for value in np.unique(values):
            chosen = values == value
            found = figures(task, labels[chosen], said[chosen])
            reached = {name: found[name] for name in ("accuracy", "macro_f1")}
            rows.append({"column": column, "value": str(value), "count": found.count, **reached})
    return rows


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
