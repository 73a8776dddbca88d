"""The appearance of a person as a small colour histogram, which helps to tell people apart when they meet."""

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, ImageArray

_STEPS = 8
_LEVELS = 4
_BINS = _LEVELS**3
_CORNERS = np.array([[11, 12, 23, 24], [23, 24, 25, 26]])
"""Shoulders and hips span the torso, hips and knees the thighs."""


def _spread() -> Float64Array:
    """(S * S, 4) weights of the four corners at points spread over a quadrilateral, away from its edges."""
    steps = np.linspace(0.15, 0.85, _STEPS)
    across, down = (grid.reshape(-1, 1) for grid in np.meshgrid(steps, steps))
    upper, lower = 1 - down, down
    return np.hstack([upper * (1 - across), upper * across, lower * (1 - across), lower * across])


_WEIGHTS = _spread()


def describe(crop_rgb: ImageArray, unit_xy: Float64Array) -> Float32Array:
    """(128,) colour histograms of the torso and of the thighs, each summing to a half.

    ``unit_xy`` (33, 2) are the landmarks in the square ``crop_rgb``, 0 to 1. Where a part lies outside the crop,
    the pixels at its edge stand for it.
    """
    side = crop_rgb.shape[0]
    samples = (_WEIGHTS @ (unit_xy[_CORNERS] * side)).astype(np.int64).clip(0, side - 1)
    levels = crop_rgb[samples[..., 1], samples[..., 0]] >> 6
    codes = levels @ np.array([_LEVELS * _LEVELS, _LEVELS, 1])
    codes[1] += _BINS
    counts = np.bincount(codes.ravel(), minlength=2 * _BINS)
    return np.asarray(counts / codes.size, dtype=np.float32)
