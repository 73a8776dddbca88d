"""What a person looks like, remembered apart from where it is, so that a wrong guess can be put right.

While two people are near each other their colours mix and their motion says little. What was known of each
before is therefore kept as it was; what is seen after they part is gathered anew, and once there is enough
of it the two are compared. Whoever then looks far more like the other takes the other's identity back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from laban.core.arrays import Float32Array, Float64Array

_SLOWEST = 0.02
_SLOWEST_RECENT = 0.1
_LARGEST_SHARE = 0.5
_SHAPE_SPREAD = 0.3


@dataclass(eq=False)
class Mean:
    """A mean that weighs every sample alike at first, and later a new one by ``slowest`` for each frame.

    ``looks`` counts the samples, ``frames`` the usual frames that they stand for. What is NaN in a sample says
    nothing, and is taken from the first sample that has it.
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
            self.value = np.where(np.isnan(sample), self.value, np.where(np.isnan(self.value), sample, moved))


@dataclass(eq=False)
class Looks:
    """The means of somebody's colours and of the proportions of the body."""

    clothes: Mean
    shape: Mean

    def add(self, clothes: Float32Array | None, shape: Float64Array, *, frames: float = 1.0) -> None:
        self.clothes.add(clothes, frames=frames)
        self.shape.add(shape, frames=frames)


def known_looks() -> Looks:
    """Looks that change slowly: what is known of a person."""
    return Looks(Mean(_SLOWEST), Mean(_SLOWEST))


def recent_looks() -> Looks:
    """Looks that change fast: what was seen since people parted."""
    return Looks(Mean(_SLOWEST_RECENT), Mean(_SLOWEST_RECENT))


@dataclass(eq=False)
class Identity:
    """A person: its number and what is known of its looks."""

    person: int
    known: Looks = field(default_factory=known_looks)


def difference(one: Looks, other: Looks, *, shape_weight: float) -> float | None:
    """How unlike two looks are: half the L1 distance of the colours, and that of the proportions, 0 to about 1.

    None where nothing is known of one of them.
    """
    clothes = _clothes_difference(one.clothes.value, other.clothes.value)
    shape = _shape_difference(one.shape.value, other.shape.value)
    if clothes is None and shape is None:
        return None
    return (0.0 if clothes is None else clothes) + (0.0 if shape is None else shape_weight * shape)


def _clothes_difference(one: Float64Array | None, other: Float64Array | None) -> float | None:
    if one is None or other is None:
        return None
    return 0.5 * float(np.abs(one - other).sum())


def _shape_difference(one: Float64Array | None, other: Float64Array | None) -> float | None:
    if one is None or other is None:
        return None
    apart = np.abs(one - other)
    apart = apart[np.isfinite(apart)]
    return min(float(apart.mean()) / _SHAPE_SPREAD, 1.0) if len(apart) else None


def differences(recent: Sequence[Looks], known: Sequence[Looks], *, shape_weight: float) -> Float64Array:
    """(N, M) how unlike each recent look is to each known one; NaN where that cannot be said."""
    out = np.full((len(recent), len(known)), np.nan)
    for row, one in enumerate(recent):
        for column, other in enumerate(known):
            value = difference(one, other, shape_weight=shape_weight)
            out[row, column] = np.nan if value is None else value
    return out
