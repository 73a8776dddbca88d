"""Repairing left and right where the network confuses them for a moment.

The joints of a person move a little from frame to frame. Where the joints given fit the expected ones far better
with left and right exchanged, the labels were exchanged, and are put back: of the whole body first, then of the
arms and of the legs alone. Somebody who turns round passes through a view in which both fit alike, so nothing is
exchanged then; and a labelling that the network keeps up for longer than a moment is believed.
"""

from dataclasses import dataclass

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, IntArray
from laban.core.skeleton import BLAZEPOSE33

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


def _part(deciding: tuple[str, ...], moved: tuple[str, ...] | None = None) -> _Part:
    sides = ("left", "right")
    names = [f"{side}_{joint}" for joint in deciding for side in sides]
    moving = {f"{side}_{joint}" for joint in moved for side in sides} if moved else set(BLAZEPOSE33.names)
    order = np.arange(len(BLAZEPOSE33))
    for index, name in enumerate(BLAZEPOSE33.names):
        if name in moving:
            order[index] = BLAZEPOSE33.flip[index]
    return _Part(np.array([BLAZEPOSE33.index(name) for name in names]), order)


_PARTS = (
    _part(("shoulder", "hip")),
    _part(("elbow", "wrist"), ("elbow", "wrist", "pinky", "index", "thumb")),
    _part(("knee", "ankle"), ("knee", "ankle", "heel", "foot_index")),
)


class Sides:
    """The memory of one person's joints, and which parts are being put back."""

    def __init__(self, settings: SidesSettings) -> None:
        self._settings = settings
        self._before: list[tuple[float, Float64Array]] = []
        self._exchanged_since_s: list[float | None] = [None] * len(_PARTS)

    def order(self, image_px: Float32Array, *, torso_px: float, time_s: float) -> IntArray:
        """(33,) the order in which to take the joints given, so that left and right stay what they were."""
        points = image_px.astype(np.float64)
        order = np.arange(len(points))
        expected = self._expected(time_s)
        if expected is not None:
            for index, part in enumerate(_PARTS):
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
        return np.asarray(last + (last - first) * min((time_s - last_s) / (last_s - first_s), 2.0))

    def _believe(self, points: Float64Array, time_s: float) -> IntArray:
        """Takes every joint as given from here on: were one part believed alone, the others would not fit it."""
        self._before = [(time_s, points)]
        self._exchanged_since_s = [None] * len(_PARTS)
        return np.arange(len(points))

    def _exchanged_since(
        self, index: int, points: Float64Array, expected: Float64Array, *, torso_px: float, time_s: float
    ) -> float | None:
        """Since when a part has been exchanged without a break, now included; None where it is not."""
        part = _PARTS[index]
        as_given = _misfit(points, expected, part.deciding) / torso_px
        fits = as_given < self._settings.least or (
            _misfit(points[part.exchanged], expected, part.deciding) / torso_px
            > self._settings.ratio * as_given
        )
        before_s = self._exchanged_since_s[index]
        since_s = None if fits else time_s if before_s is None else before_s
        self._exchanged_since_s[index] = since_s
        return since_s


def _misfit(points: Float64Array, expected: Float64Array, joints: IntArray) -> float:
    apart = points[joints] - expected[joints]
    return float(np.sqrt(np.einsum("jc,jc->j", apart, apart)).sum()) / len(joints)
