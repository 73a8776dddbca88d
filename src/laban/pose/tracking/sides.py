"""Repairing left and right where the network confuses them for a moment.

The joints of a person move a little from frame to frame. Where the joints given fit the expected ones far better
with left and right exchanged, the labels were exchanged, and are put back: of the whole body first, then of the
arms and of the legs alone. Somebody who turns round passes through a view in which both fit alike, so nothing is
exchanged then; and a labelling that the network keeps up for longer than a moment is believed. Frames more than
a quarter of a second apart are not compared, because people turn round in less: below four frames a second the
labels stay as the network gave them.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, IntArray
from laban.core.skeleton import BLAZEPOSE33, Skeleton

_MAX_GAP_S = 0.25


@dataclass(frozen=True)
class SidesSettings:
    """``ratio``: how much better the exchanged labels must fit; ``least``: how badly, in torso lengths, the labels
    given must fit; ``believe_s``: how long the network must insist to be believed."""

    ratio: float = 0.4
    least: float = 0.25
    believe_s: float = 0.5


@dataclass(frozen=True, eq=False)
class _Part:
    """The joints that decide for one part of the body, and the order that exchanges it."""

    deciding: IntArray
    exchanged: IntArray


_TRUNK = ("shoulder", "hip")
_ARM = ("elbow", "wrist", "pinky", "index", "thumb", "hand", "hand_tip")
_LEG = ("knee", "ankle", "heel", "foot_index", "foot", "big_toe", "small_toe")


@lru_cache(maxsize=16)
def _parts(skeleton: Skeleton) -> tuple[_Part, ...]:
    """The whole body, the arms and the legs, of which two joints a side decide."""
    return (
        _part(skeleton, _TRUNK, skeleton.names),
        *(_part(skeleton, limb[:2], _on_both_sides(limb)) for limb in (_ARM, _LEG)),
    )


def _part(skeleton: Skeleton, deciding: tuple[str, ...], moving: tuple[str, ...]) -> _Part:
    order = np.arange(len(skeleton))
    for index, name in enumerate(skeleton.names):
        if name in moving:
            order[index] = skeleton.flip[index]
    present = [name for name in _on_both_sides(deciding) if skeleton.has(name)]
    return _Part(np.array([skeleton.index(name) for name in present], dtype=np.intp), order)


def _on_both_sides(joints: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{side}_{joint}" for joint in joints for side in ("left", "right"))


class Sides:
    """The memory of one person's joints, and which parts are being put back."""

    def __init__(self, settings: SidesSettings, *, skeleton: Skeleton = BLAZEPOSE33) -> None:
        self._settings = settings
        self._parts = _parts(skeleton)
        self._before: list[tuple[float, Float64Array]] = []
        self._exchanged_since_s: list[float | None] = [None] * len(self._parts)

    def order(self, image_px: Float32Array, *, torso_px: float, time_s: float) -> IntArray:
        """(J,) the order in which to take the joints given, so that left and right stay what they were."""
        points = image_px.astype(np.float64)
        order = np.arange(len(points))
        expected = self._expected(time_s)
        if expected is not None:
            for index, part in enumerate(self._parts):
                since_s = self._exchanged_since(
                    index, points[order], expected, torso_px=torso_px, time_s=time_s
                )
                if since_s is None:
                    continue
                if time_s - since_s > self._settings.believe_s:
                    return self._believe(points, time_s)
                order = order[part.exchanged]
        self._before = [*self._before[-1:], (time_s, points[order])]
        return order

    def _expected(self, time_s: float) -> Float64Array | None:
        """Where the joints would be if each went on as it did, hips and all; None without a recent memory."""
        if not self._before or time_s - self._before[-1][0] > _MAX_GAP_S:
            self._before = []
            return None
        last_s, last = self._before[-1]
        if len(self._before) < 2:
            return last
        first_s, first = self._before[0]
        further = last + (last - first) * min((time_s - last_s) / (last_s - first_s), 2.0)
        return np.where(np.isnan(first), last, further)

    def _believe(self, points: Float64Array, time_s: float) -> IntArray:
        """Takes every joint as given from here on: were one part believed alone, the others would not fit it."""
        self._before = [(time_s, points)]
        self._exchanged_since_s = [None] * len(self._parts)
        return np.arange(len(points))

    def _exchanged_since(
        self, index: int, points: Float64Array, expected: Float64Array, *, torso_px: float, time_s: float
    ) -> float | None:
        """Since when a part has been exchanged without a break, now included; None where it is not."""
        fits = self._fits(self._parts[index], points, expected, torso_px=torso_px)
        before_s = self._exchanged_since_s[index]
        since_s = None if fits else time_s if before_s is None else before_s
        self._exchanged_since_s[index] = since_s
        return since_s

    def _fits(self, part: _Part, points: Float64Array, expected: Float64Array, *, torso_px: float) -> bool:
        """Whether a part is labelled as expected, or not so badly that its labels must be exchanged.

        Joints that are unknown do not decide; where none is left, the labels are believed.
        """
        other = points[part.exchanged]
        known = part.deciding[np.isfinite((points + other + expected)[part.deciding]).all(axis=1)]
        if len(known) == 0:
            return True
        as_given = _misfit(points, expected, known) / torso_px
        exchanged = _misfit(other, expected, known) / torso_px
        return as_given < self._settings.least or exchanged > self._settings.ratio * as_given


def _misfit(points: Float64Array, expected: Float64Array, joints: IntArray) -> float:
    apart = points[joints] - expected[joints]
    return float(np.sqrt(np.einsum("jc,jc->j", apart, apart)).sum()) / len(joints)
