"""Baselines that a model should beat: the most frequent label, the nearest example, random convolutions."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, IntArray
from laban.core.checks import choose
from laban.errors import InvalidValueError, MissingExtraError
from laban.models.baselines.majority import Majority
from laban.models.baselines.minirocket import MiniRocket
from laban.models.baselines.nearest import NearestByDtw

__all__ = [
    "BASELINES",
    "Baseline",
    "BaselineScores",
    "Majority",
    "MiniRocket",
    "NearestByDtw",
    "run_baselines",
]

_MOST = 5000
"""The largest number of windows that a baseline learns from."""


class Baseline(Protocol):
    """Learns from values (N, L, F), NaN where unknown, and labels (N,); then scores (M, K) others."""

    def fit(self, values: Float32Array, labels: IntArray, *, classes: int) -> None: ...

    def scores(self, values: Float32Array) -> Float64Array: ...


BASELINES: Mapping[str, Callable[[], Baseline]] = MappingProxyType(
    {"majority": Majority, "1-NN DTW": NearestByDtw, "MiniRocket": MiniRocket}
)
"""The baselines, by name."""


@dataclass(frozen=True, eq=False)
class BaselineScores:
    """``scores`` (M, K), rows that sum to 1, and how long learning and scoring took; None where an extra is not
    installed. ``note`` says so, or that only some of the windows were used."""

    name: str
    scores: Float64Array | None
    seconds: float = 0.0
    note: str = ""


def run_baselines(
    train: Float32Array,
    labels: IntArray,
    test: Float32Array,
    *,
    classes: int,
    names: Sequence[str] = tuple(BASELINES),
) -> tuple[BaselineScores, ...]:
    """Each baseline's scores of ``test`` (M, L, F), learned from ``train`` (N, L, F) with its ``labels`` (N,).

    Unlabelled (-1) examples are left out. A baseline whose extra is missing is noted, not an error.
    """
    held = labels >= 0
    if not held.any():
        raise InvalidValueError("baselines need labelled examples to learn from, got none")
    rows, note = _chosen(np.flatnonzero(held))
    return tuple(_run(name, train[rows], labels[rows], test, classes, note) for name in names)


def _chosen(rows: IntArray) -> tuple[IntArray, str]:
    """As many windows as all baselines can learn from within minutes."""
    if len(rows) <= _MOST:
        return rows, ""
    chosen = np.sort(np.random.default_rng(0).choice(rows, _MOST, replace=False))
    return chosen, f"learned from {_MOST} of {len(rows)} windows, drawn at random"


def _run(
    name: str, train: Float32Array, labels: IntArray, test: Float32Array, classes: int, note: str
) -> BaselineScores:
    begun = time.perf_counter()
    try:
        baseline = choose(name, BASELINES, what="baseline")()
        baseline.fit(train, labels, classes=classes)
        scores = baseline.scores(test) if len(test) else np.zeros((0, classes))
    except MissingExtraError as error:
        return BaselineScores(name, None, note=str(error))
    return BaselineScores(name, scores, time.perf_counter() - begun, "" if name == "majority" else note)
