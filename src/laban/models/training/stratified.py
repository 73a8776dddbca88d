"""Distributes whole groups over parts so that every part gets its share of every label."""

import numpy as np

from laban.core.arrays import Float64Array, IntArray

_DEALS = 24  # orders tried; the most even one is taken


def assign(counts: Float64Array, *, shares: Float64Array, seed: int) -> IntArray:
    """(G,) the part of each group, none of them empty where there are as many groups as parts.

    ``counts`` (G, C) how much of each label a group has; ``shares`` (P,) how much of each a part should get. Groups
    are dealt one by one, the largest first, each to the part that is then nearest to its shares; of several
    orders the one with the least squared distance is taken.
    """
    source = np.random.default_rng(seed)
    total = np.maximum(counts.sum(axis=0), 1e-12)
    parts = np.concatenate([counts / total, np.full((len(counts), 1), 1 / max(len(counts), 1))], axis=1)
    best: IntArray = np.zeros(len(counts), dtype=np.int64)
    least = np.inf
    for _ in range(_DEALS):
        order = np.argsort(-counts.sum(axis=1) + 1e-9 * source.random(len(counts)), kind="stable")
        # shuffles groups of nearly the same size
        order = order[np.argsort(np.arange(len(order)) + source.uniform(0, 3, len(order)), kind="stable")]
        dealt = _deal(parts, order, shares)
        cost = _cost(parts, dealt, shares)
        if cost < least - 1e-12:
            best, least = dealt, cost
    return best


def _deal(parts: Float64Array, order: IntArray, shares: Float64Array) -> IntArray:
    have = np.zeros((len(shares), parts.shape[1]))
    dealt = np.zeros(len(parts), dtype=np.int64)
    empty = set(range(len(shares)))
    for place, group in enumerate(order):
        lacking = (have - shares[:, None]) / shares[:, None]
        gained = (have + parts[group] - shares[:, None]) / shares[:, None]
        change = (shares[:, None] * (gained**2 - lacking**2)).sum(axis=1)
        allowed = sorted(empty) if len(order) - place <= len(empty) else range(len(shares))
        chosen = min(allowed, key=lambda part: (change[part], part))
        have[chosen] += parts[group]
        dealt[group] = chosen
        empty.discard(chosen)
    return dealt


def _cost(parts: Float64Array, dealt: IntArray, shares: Float64Array) -> float:
    have = np.stack([parts[dealt == part].sum(axis=0) for part in range(len(shares))])
    return float(((have - shares[:, None]) ** 2 / shares[:, None]).sum())
