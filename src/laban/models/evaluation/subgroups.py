"""Figures for each part of the people that a table names: whether a model serves all of them alike."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from laban.models.card import Task
from laban.models.evaluation.clip_scores import ClipScores
from laban.models.evaluation.metrics import Figures, figures
from laban.models.examples import Examples


@dataclass(frozen=True)
class SubgroupFigures:
    """The figures over clips whose ``column`` says ``value``; "" where it says nothing."""

    column: str
    value: str
    figures: Figures

    def to_json(self) -> dict[str, Any]:
        reached = {name: self.figures[name] for name in ("accuracy", "macro_f1")}
        return {"column": self.column, "value": self.value, "count": self.figures.count, **reached}


def figures_by_subgroup(examples: Examples, scores: ClipScores, *, task: Task) -> tuple[SubgroupFigures, ...]:
    """The figures of each value of each column of ``Clip.subgroups``, in the order of their names."""
    told = [examples.clips[clip].subgroups for clip in scores.clip]
    columns = sorted({column for one in told for column in one})
    out = []
    for column in columns:
        values = np.array([one.get(column, "") for one in told], dtype=object).astype(str)
        for value in np.unique(values):
            rows = np.flatnonzero(values == value)
            found = figures(task, scores.label[rows], scores.predicted[rows])
            out.append(SubgroupFigures(column, str(value), found))
    return tuple(out)
