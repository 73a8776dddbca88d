"""How much metrics might vary with other people and scenes: bootstrap over groups."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from laban.core.answers import known
from laban.core.answers.metrics import Bounds
from laban.core.arrays import Float64Array, IntArray
from laban.errors import InvalidValueError
from laban.models.evaluation.metrics import STATISTICS, confusion_of

_LEAST_GROUPS = 2


@dataclass(frozen=True)
class Interval:
    """From ``low`` to ``high`` in 95 of 100 resamples; NaN where there are fewer than two groups."""

    low: float
    high: float

    @property
    def bounds(self) -> Bounds:
        """Both ends, None where they are not known."""
        return known(self.low), known(self.high)


def intervals(
    truth: IntArray,
    predicted: IntArray,
    groups: Sequence[str],
    *,
    classes: int,
    resamples: int = 2000,
    seed: int = 0,
) -> dict[str, Interval]:
    """The 95 % interval of each of ``STATISTICS``: whole groups are drawn with replacement, because windows of
    one person are not independent (percentile bootstrap: Efron and Tibshirani 1993, chapter 13)."""
    tables = group_tables(truth, predicted, groups, classes=classes)
    drawn = _draws(len(tables), resamples=resamples, seed=seed) @ tables.reshape(len(tables), -1)
    tables_drawn = drawn.reshape(len(drawn), classes, classes + 1)
    return {name: _interval(how(tables_drawn), len(tables)) for name, how in STATISTICS.items()}


def difference(
    truth: IntArray,
    first: IntArray,
    second: IntArray,
    groups: Sequence[str],
    *,
    classes: int,
    statistic: str = "accuracy",
    resamples: int = 2000,
    seed: int = 0,
) -> Interval:
    """The interval of the difference of ``first`` (N,) minus ``second`` (N,), both on the same draws."""
    how = STATISTICS[statistic]
    reached = []
    for predicted in (first, second):
        tables = group_tables(truth, predicted, groups, classes=classes)
        drawn = _draws(len(tables), resamples=resamples, seed=seed) @ tables.reshape(len(tables), -1)
        reached.append(how(drawn.reshape(len(drawn), classes, classes + 1)))
    return _interval(reached[0] - reached[1], len(set(groups)))


def group_tables(truth: IntArray, predicted: IntArray, groups: Sequence[str], *, classes: int) -> IntArray:
    """(G, K, K + 1) the confusion matrix of each group, in the order of the groups' names."""
    if not len(truth) == len(predicted) == len(groups):
        raise InvalidValueError(
            f"{len(truth)} labels, {len(predicted)} answers and {len(groups)} groups must be equally many"
        )
    names, of = np.unique(np.asarray(groups, dtype=object).astype(str), return_inverse=True)
    held = [np.flatnonzero(of == number) for number in range(len(names))]
    return (
        np.stack([confusion_of(truth[rows], predicted[rows], classes=classes) for rows in held])
        if held
        else (np.zeros((0, classes, classes + 1), dtype=np.int64))
    )


def _draws(groups: int, *, resamples: int, seed: int) -> IntArray:
    """(R, G) how often each group is drawn."""
    source = np.random.default_rng(seed)
    return source.multinomial(groups, np.full(groups, 1 / max(groups, 1)), size=resamples)


def _interval(values: Float64Array, groups: int) -> Interval:
    known = values[np.isfinite(values)]
    if groups < _LEAST_GROUPS or not len(known):
        return Interval(float("nan"), float("nan"))
    low, high = np.quantile(known, [0.025, 0.975])
    return Interval(float(low), float(high))
