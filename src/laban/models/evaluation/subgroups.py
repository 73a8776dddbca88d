"""Metrics per subgroup that a table names: whether a model serves all people equally well."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from laban.core.answers import known
from laban.core.answers.metrics import SubgroupAnswer
from laban.core.arrays import IntArray
from laban.models.card import Task
from laban.models.evaluation.metrics import Metrics, metrics_of


@dataclass(frozen=True)
class SubgroupMetrics:
    """The metrics over clips whose ``column`` is ``value``; "" where it is empty."""

    column: str
    value: str
    metrics: Metrics

    def answer(self) -> SubgroupAnswer:
        """The answer that is printed and written."""
        accuracy, macro_f1 = (known(self.metrics[name]) for name in ("accuracy", "macro_f1"))
        return SubgroupAnswer(self.column, self.value, self.metrics.count, accuracy, macro_f1)


def metrics_by_subgroup(
    task: Task, truth: IntArray, predicted: IntArray, subgroups: Sequence[Mapping[str, str]]
) -> tuple[SubgroupMetrics, ...]:
    """The metrics for each value of each column, in the order of their names; ``subgroups`` holds the columns'
    values for each of N clips or images."""
    columns = sorted({column for one in subgroups for column in one})
    out = []
    for column in columns:
        values = np.array([one.get(column, "") for one in subgroups], dtype=object).astype(str)
        for value in np.unique(values):
            rows = np.flatnonzero(values == value)
            found = metrics_of(task, truth[rows], predicted[rows])
            out.append(SubgroupMetrics(column, str(value), found))
    return tuple(out)
