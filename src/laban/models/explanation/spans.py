"""Overlapping spans of rows that are hidden one after the other, and their effects brought back to single rows."""

import numpy as np

from laban.core.arrays import BoolArray, Float64Array, FloatArray

LEAST_NATS = 1e-3
"""Smaller effects are rounding errors."""

_LEAST_APART = 0.5  # of the distance of even instants: the peaks of one moment are one instant


def spans_over(rows: int, *, share: float) -> BoolArray:
    """(S, L) the rows of each span of a window of L ``rows``, each row in two but for the first and last.

    ``share`` is the length of a span as a share of the window.

    >>> spans_over(4, share=0.5).astype(int).tolist()
    [[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]]
    """
    width = min(rows, max(1, round(share * rows)))
    starts = np.unique(np.append(np.arange(0, rows - width, max(1, width // 2)), rows - width))
    row = np.arange(rows)[None]
    return np.asarray((row >= starts[:, None]) & (row < starts[:, None] + width))


def spread_over(spans: BoolArray, effects: FloatArray) -> Float64Array:
    """(L, ...) for each row the mean of the ``effects`` (S, ...) of the ``spans`` (S, L) that contain it, weighted
    by how near their middle is."""
    width = spans.sum(axis=1, keepdims=True)
    place = np.cumsum(spans, axis=1) - 0.5
    weight = np.where(spans, 1.001 - np.abs(2 * place / width - 1), 0.0)
    return np.tensordot((weight / weight.sum(axis=0)).T, effects, axes=1)


def strong_runs(
    effects: FloatArray, *, share: float = 0.5, least: float = LEAST_NATS
) -> tuple[tuple[int, int], ...]:
    """Runs of rows, from and up to but without, whose ``effects`` (L,) reach ``share`` of the strongest one,
    strongest first; none where no effect is more than ``least``.

    >>> strong_runs(np.array([0.0, 2.0, 1.5, 0.2, 3.0]))
    ((4, 5), (1, 3))
    """
    peak = float(effects.max(initial=0.0))
    strong = np.concatenate([[False], (effects >= share * peak) & (peak > least), [False]])
    edges = np.flatnonzero(np.diff(strong.astype(np.int8))).reshape(-1, 2)
    runs = [(int(first), int(last)) for first, last in edges]
    return tuple(sorted(runs, key=lambda run: -float(effects[slice(*run)].max())))


def peaks_apart(effects: FloatArray, *, count: int) -> tuple[int, ...]:
    """Up to ``count`` rows with the highest ``effects`` (L,), in order; peaks of one moment are one. A row of minus
    infinity is never among them.

    >>> peaks_apart(np.array([0.0, 1.0, 5.0, 4.9, 0.0, 3.0]), count=2)
    (2, 5)
    """
    apart = max(1, round(_LEAST_APART * len(effects) / count))
    chosen: list[int] = []
    for row in np.argsort(-effects, kind="stable"):
        if len(chosen) == count or not np.isfinite(effects[row]):
            break
        if all(abs(row - other) >= apart for other in chosen):
            chosen.append(int(row))
    return tuple(sorted(chosen))
