"""Probabilities for windows from a classifier that is fitted in moments: for data audits, not for use."""

import warnings

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, IntArray

_SEGMENTS = 6
_FOLDS = 5
_RIDGE = 0.1
_SHARPNESS = 6.0
_FAR = 4.0


def out_of_fold_probabilities(
    values: Float32Array, labels: IntArray, groups: IntArray, *, classes: int
) -> Float64Array:
    """(N, K) for windows (N, L, F), each from windows of other groups only.

    Ridge regression onto the classes with a Gaussian kernel whose width is the median distance, on simple
    statistics of the features; a softmax turns scores into probabilities. Every class has the same weight, and in
    it every group, whatever the number of windows. Missing values are ignored.
    """
    described = _statistics(values)
    squares = (described**2).sum(axis=1)
    apart = np.maximum(0.0, squares[:, None] + squares - 2 * described @ described.T)
    kernel = np.exp(-apart / max(float(np.median(apart)), 1e-9))
    fold, wanted = _folds(groups), np.eye(classes)[labels]
    ridge = _RIDGE / _weights(labels, groups)
    out = np.full((len(values), classes), 1.0 / classes)
    for number in range(fold.max() + 1):
        rest, held = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        if len(rest):
            weights = np.linalg.solve(kernel[np.ix_(rest, rest)] + np.diag(ridge[rest]), wanted[rest])
            scores = np.exp(_SHARPNESS * (kernel[np.ix_(held, rest)] @ weights))
            out[held] = scores / scores.sum(axis=1, keepdims=True)
    return out


def _weights(labels: IntArray, groups: IntArray) -> Float64Array:
    """(N,) the weight of each window, with a mean of 1."""
    _, pair, counts = np.unique(np.stack([labels, groups]), axis=1, return_inverse=True, return_counts=True)
    weights = 1.0 / counts[pair.ravel()]
    of_class = np.bincount(labels, weights)
    weights = weights / of_class[labels]
    return np.asarray(weights / weights.mean())


def _folds(groups: IntArray) -> IntArray:
    """(N,) a fold for each window; a group stays whole."""
    names, position = np.unique(groups, return_inverse=True)
    order = np.random.default_rng(0).permutation(len(names)) % min(_FOLDS, len(names))
    return np.asarray(order[position])


def _statistics(values: Float32Array) -> Float64Array:
    """(N, D) the course of each feature in a few segments, its spread and its mean step, each made even."""
    segments = np.array_split(np.arange(values.shape[1]), min(_SEGMENTS, values.shape[1]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the mean of nothing is NaN, as intended
        parts = [np.nanmean(values[:, rows], axis=1) for rows in segments]
        parts += [np.nanstd(values, axis=1), np.nanmean(np.abs(np.diff(values, axis=1)), axis=1)]
        out = np.concatenate(parts, axis=1).astype(np.float64)
        mean, spread = np.nanmean(out, axis=0), np.nanstd(out, axis=0)
    even = (out - mean) / np.where(spread > 0, spread, 1.0)
    return np.asarray(np.clip(np.nan_to_num(even), -_FAR, _FAR))
