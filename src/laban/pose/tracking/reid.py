"""Re-identification: appearance kept apart from position, so that wrong identities can be corrected.

While two people are near each other their colours mix and their motion is ambiguous. The earlier appearance of each
is therefore kept unchanged; after they part a new one is collected, and once there is enough of it the two are
compared. A person who is far more similar to the other then takes the other's identity.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from laban.core.arrays import Float32Array, Float64Array
from laban.pose.tracking.joints import has_nan

_SLOWEST = 0.02
_SLOWEST_RECENT = 0.1
_LARGEST_SHARE = 0.5
_SHAPE_SPREAD = 0.3


@dataclass(eq=False)
class Mean:
    """A mean that weights every sample equally at first, and later a new one by ``slowest`` for each frame.

    ``looks`` counts the samples, ``frames`` the usual frames that they count as. NaN in a sample is
    ignored, and filled by the first sample that has a value.
    """

    slowest: float
    looks: int = 0
    frames: float = 0.0
    value: Float64Array | None = None

    def add(self, sample: Float64Array | Float32Array | None, *, frames: float = 1.0) -> None:
        if sample is None:
            return
        self.looks += 1
        self.frames += frames
        if self.value is None:
            self.value = np.asarray(sample, dtype=np.float64)
        else:
            share = max(self.slowest * frames, frames / self.frames)
            moved = self.value + min(share, _LARGEST_SHARE) * (sample - self.value)
            if has_nan(moved):
                moved = np.where(np.isnan(sample), self.value, np.where(np.isnan(self.value), sample, moved))
            self.value = moved


@dataclass(eq=False)
class AppearanceFeatures:
    """The means of a person's colours and body proportions."""

    appearance: Mean
    shape: Mean

    def add(self, appearance: Float32Array | None, shape: Float64Array, *, frames: float = 1.0) -> None:
        self.appearance.add(appearance, frames=frames)
        self.shape.add(shape, frames=frames)


def known_looks() -> AppearanceFeatures:
    """Appearance features that change slowly: those of a known person."""
    return AppearanceFeatures(Mean(_SLOWEST), Mean(_SLOWEST))


def recent_looks() -> AppearanceFeatures:
    """Appearance features that change fast: those since people parted."""
    return AppearanceFeatures(Mean(_SLOWEST_RECENT), Mean(_SLOWEST_RECENT))


@dataclass(eq=False)
class Identity:
    """A person: number and known appearance."""

    person: int
    known: AppearanceFeatures = field(default_factory=known_looks)


def difference(one: AppearanceFeatures, other: AppearanceFeatures, *, shape_weight: float) -> float | None:
    """The distance of two appearances: half the L1 distance of the colours plus that of the proportions, 0 to about
    1.

    None where nothing is known of one of them.
    """
    value = float(differences([one], [other], shape_weight=shape_weight)[0, 0])
    return None if math.isnan(value) else value


def differences(
    recent: Sequence[AppearanceFeatures], known: Sequence[AppearanceFeatures], *, shape_weight: float
) -> Float64Array:
    """(N, M) the distance of each recent appearance to each known one; NaN where unknown."""
    appearance = appearance_differences(
        [one.appearance.value for one in recent], [one.appearance.value for one in known]
    )
    shape = shape_weight * _shape_differences(
        [one.shape.value for one in recent], [one.shape.value for one in known]
    )
    if not has_nan(appearance) and not has_nan(shape):
        return appearance + shape
    sum_of_known = np.nan_to_num(appearance) + np.nan_to_num(shape)
    return np.where(np.isnan(appearance) & np.isnan(shape), np.nan, sum_of_known)


def appearance_differences(
    first: Sequence[Float64Array | None],
    second: Sequence[Float64Array | Float32Array | None],
    *,
    unknown: float = np.nan,
) -> Float64Array:
    """(N, M) half the L1 distance of histograms that sum to 1, in [0, 1]; ``unknown`` where one has none."""
    rows, columns = _known(first), _known(second)
    out = np.full((len(first), len(second)), unknown)
    if not rows or not columns:
        return out
    apart = np.array([first[row] for row in rows])[:, None] - np.array([second[one] for one in columns])
    table = 0.5 * np.add.reduce(np.abs(apart), axis=2)
    if table.shape == out.shape:
        return np.asarray(table)
    out[np.ix_(rows, columns)] = table
    return out


def _known(values: Sequence[Float64Array | Float32Array | None]) -> list[int]:
    return [row for row, one in enumerate(values) if one is not None]


def _shape_differences(
    first: Sequence[Float64Array | None], second: Sequence[Float64Array | None]
) -> Float64Array:
    """(N, M) mean distance of the proportions that both have, 0 to 1; NaN where they share none."""
    rows, columns = _known(first), _known(second)
    out = np.full((len(first), len(second)), np.nan)
    if rows and columns:
        apart = np.abs(
            np.array([first[row] for row in rows])[:, None] - np.array([second[one] for one in columns])
        )
        shared = np.add.reduce(~np.isnan(apart), axis=2, dtype=np.float64)
        shared[shared == 0] = np.nan
        mean = np.add.reduce(np.nan_to_num(apart), axis=2) / shared
        out[np.ix_(rows, columns)] = np.minimum(mean / _SHAPE_SPREAD, 1.0)
    return out
