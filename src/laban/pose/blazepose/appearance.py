"""What a person wears, as a small histogram of colours: a help to tell people apart when they meet."""

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, ImageArray

_LEFT_SHOULDER, _RIGHT_SHOULDER, _LEFT_HIP, _RIGHT_HIP, _LEFT_KNEE, _RIGHT_KNEE = 11, 12, 23, 24, 25, 26
_STEPS = 10
_LEVELS = 4
_BINS = _LEVELS**3


def describe(crop_rgb: ImageArray, unit_xy: Float64Array) -> Float32Array:
    """(128,) colour histograms of the torso and of the thighs, each summing to a half.

    ``unit_xy`` (33, 2) are the landmarks in the square ``crop_rgb``, 0 to 1.

    Thighs outside the crop, or no longer than a few pixels, leave their half to whatever pixels there are.
    """
    points = unit_xy * crop_rgb.shape[0]
    torso = _quad(points, (_LEFT_SHOULDER, _RIGHT_SHOULDER), (_LEFT_HIP, _RIGHT_HIP))
    thighs = _quad(points, (_LEFT_HIP, _RIGHT_HIP), (_LEFT_KNEE, _RIGHT_KNEE))
    halves = [_histogram(crop_rgb, samples) for samples in (torso, thighs)]
    return (np.concatenate(halves) / 2).astype(np.float32)


def _quad(points: Float64Array, top: tuple[int, int], bottom: tuple[int, int]) -> Float64Array:
    """(S * S, 2) samples spread over the quadrilateral between two pairs of points, away from its rim."""
    steps = np.linspace(0.15, 0.85, _STEPS)
    across, down = (grid.reshape(-1, 1) for grid in np.meshgrid(steps, steps))
    upper = points[top[0]] * (1 - across) + points[top[1]] * across
    lower = points[bottom[0]] * (1 - across) + points[bottom[1]] * across
    return np.asarray(upper * (1 - down) + lower * down)


def _histogram(image_rgb: ImageArray, samples: Float64Array) -> Float64Array:
    side = image_rgb.shape[0]
    columns, rows = samples.astype(np.int64).clip(0, side - 1).T
    levels = image_rgb[rows, columns].astype(np.int64) * _LEVELS // 256
    code = (levels[:, 0] * _LEVELS + levels[:, 1]) * _LEVELS + levels[:, 2]
    return np.bincount(code, minlength=_BINS) / len(code)
