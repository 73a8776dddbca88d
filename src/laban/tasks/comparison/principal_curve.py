"""The principal curve of a movement, and its turning points."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from laban.core.arrays import BoolArray, Float64Array
from laban.features.extrema import pivots, robust_range
from laban.tasks.comparison.measures import Measures
from laban.tasks.comparison.preprocess import features_of, filled_column, filled_columns, running_mean

Place = Literal["sideways", "height"]
PLACES: tuple[Place, ...] = ("sideways", "height")

PLACE_UNIT = 0.09
"""A noticeable change of place in torso lengths: a jump is small, and the whole body does it."""

_SMOOTHED_S = 0.2
_USUAL = 0.5  # of the time: measures known less often are left out
_ENOUGH = 0.5  # of the usual measures: with fewer an instant counts as not seen
_TURN = 0.4  # of the curve's range: a smaller way back is no turn


@dataclass(frozen=True, eq=False)
class Signal:
    """``values`` (T,) of one curve over a movement; ``known`` (T,) where it was measured and not filled.

    ``variance`` is in units of what one would notice. ``place``: the curve is not of the body's shape but of its
    place, in such units: across the image or up.
    """

    values: Float64Array
    known: BoolArray
    variance: float = 1.0
    place: Place | None = None

    @property
    def is_place(self) -> bool:
        return self.place is not None


def main_signal(measures: Measures) -> Signal:
    """The first principal component of all angles and coordinates, smoothed."""
    return main_signals(measures, count=1)[0]


def main_signals(measures: Measures, *, count: int) -> tuple[Signal, ...]:
    """The first principal components; nothing known gives flat curves.

    Gaps are interpolated; measures missing most of the time are left out. Signs are chosen so that the first large
    loading is positive, which makes equal movements give equal curves.
    """
    features = features_of(measures)
    present = np.isfinite(features)
    usual = present.mean(axis=0) >= _USUAL
    known = present[:, usual].mean(axis=1) >= _ENOUGH if usual.any() else np.zeros(len(features), dtype=bool)
    features = np.where(usual, features, 0.0)
    filled = smoothed(filled_columns(features), measures.times_s)
    centred = filled - filled.mean(axis=0)
    variances, directions = np.linalg.eigh(centred.T @ centred)
    signals = []
    for place in range(len(variances) - 1, len(variances) - 1 - count, -1):
        direction = directions[:, place]
        direction = direction * np.sign(direction[np.argmax(np.abs(direction))])
        signals.append(Signal(centred @ direction, known, float(variances[place]) / len(centred)))
    return tuple(signals)


def place_signals(place_torso: Float64Array, *, least_torso: float) -> Iterator[Signal]:
    """The body's place, to the right and up; without axes that are mostly unknown or change by less than
    ``least_torso``."""
    for column, place in zip(place_torso.T, PLACES, strict=True):
        known = np.isfinite(column)
        filled = filled_column(column)
        if known.mean() >= _USUAL and robust_range(filled) >= least_torso:
            padded = np.pad(filled, 1, mode="edge")
            values = (padded[:-2] + padded[1:-1] + padded[2:]) / 3 / PLACE_UNIT
            yield Signal(values, known, float(values.var()), place=place)


def smoothed(values: Float64Array, times_s: Float64Array) -> Float64Array:
    """(T, ...) a running mean, taken twice, over a fifth of a second of an even clock."""
    return running_mean(values, times_s, width_s=_SMOOTHED_S)


def turning_points(values: Float64Array) -> list[int]:
    """The rows at which a curve turns, without its ends; none for a flat one."""
    reach = robust_range(values)
    return [int(row) for row in pivots(values, least=_TURN * reach)] if reach > 0 else []
