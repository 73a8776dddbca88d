"""Corrects left and right where the network confuses them for a moment.

The joints of a person move a little from frame to frame. Where the joints fit the expected ones far better with
left and right exchanged, the labels were exchanged, and are restored: of the whole body first, then of the
arms and of the legs alone. A person who turns round passes through a view in which both fit equally, so nothing is
exchanged then; and labels that the network keeps for longer than a moment are accepted. Frames more than
a quarter of a second apart are not compared, because people turn round in less: below four frames a second the
labels stay as the network gave them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from laban.core.arrays import Float32Array, Float64Array, IntArray
from laban.core.skeleton import BLAZEPOSE33, Skeleton
from laban.pose.tracking.joints import has_nan

_MAX_GAP_S = 0.25


@dataclass(frozen=True)
class LeftRightSettings:
    """``ratio``: how much better the exchanged labels must fit; ``least``: how badly, in torso lengths, the given
    labels must fit; ``accept_after_s``: how long the network must keep its labels until they are accepted."""

    ratio: float = 0.4
    least: float = 0.25
    accept_after_s: float = 0.5


@dataclass(frozen=True, eq=False)
class _Part:
    """A part of the body: its rows among the deciding joints, and the permutations that exchange its sides."""

    rows: slice
    swapped: IntArray
    exchanged: IntArray


@dataclass(frozen=True, eq=False)
class _Plan:
    """The joints of a skeleton that decide, part by part: (D,) positions, and where each part begins."""

    deciding: IntArray
    parts: tuple[_Part, ...]
    starts: IntArray
    counts: IntArray


_TRUNK = ("shoulder", "hip")
_ARM = ("elbow", "wrist", "pinky", "index", "thumb", "hand", "hand_tip")
_LEG = ("knee", "ankle", "heel", "foot_index", "foot", "big_toe", "small_toe")


@lru_cache(maxsize=16)
def _plan(skeleton: Skeleton) -> _Plan:
    """The whole body, the arms and the legs, with two deciding joints per side."""
    moved = (skeleton.names, *(_on_both_sides(limb) for limb in (_ARM, _LEG)))
    named = [_present(skeleton, joints) for joints in (_TRUNK, _ARM[:2], _LEG[:2])]
    deciding = [one for part in named for one in part]
    ends = np.cumsum([len(part) for part in named])
    parts = [
        _part(skeleton, moving, deciding, slice(int(end) - len(part), int(end)))
        for part, moving, end in zip(named, moved, ends, strict=True)
        if part
    ]
    counts = np.array([len(part) for part in named if part], dtype=np.intp)
    return _Plan(np.array(deciding, dtype=np.intp), tuple(parts), np.cumsum(counts) - counts, counts)


def _present(skeleton: Skeleton, joints: tuple[str, ...]) -> list[int]:
    return [skeleton.index(name) for name in _on_both_sides(joints) if skeleton.has(name)]


def _part(skeleton: Skeleton, moving: tuple[str, ...], deciding: list[int], rows: slice) -> _Part:
    order = np.arange(len(skeleton))
    for index, name in enumerate(skeleton.names):
        if name in moving:
            order[index] = skeleton.flip[index]
    # Both sides of a joint decide, so the counterpart of a deciding joint is one too.
    return _Part(rows, np.array([deciding.index(one) for one in order[deciding]], dtype=np.intp), order)


def _on_both_sides(joints: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{side}_{joint}" for joint in joints for side in ("left", "right"))


@dataclass(frozen=True, eq=False)
class _Memory:
    """The deciding joints (D, 2) in the last two frames, and the factor of extrapolation."""

    first: Float64Array
    last: Float64Array
    further: float


class LeftRightCorrector:
    """The recent deciding joints of one person, and which parts are being exchanged."""

    def __init__(self, settings: LeftRightSettings, *, skeleton: Skeleton = BLAZEPOSE33) -> None:
        self.settings = settings
        self._as_given = np.arange(len(skeleton))
        self.plan = _plan(skeleton)
        self._before: list[tuple[float, Float64Array]] = []
        self._exchanged_since_s: list[float | None] = [None] * len(self.plan.parts)

    def order(self, image_px: Float32Array, *, torso_px: float, time_s: float) -> IntArray:
        """(J,) the order of the given joints in which left and right are consistent with before."""
        (order,) = orders([self], image_px[None].astype(np.float64), torso_px=[torso_px], time_s=time_s)
        return self._as_given if order is None else order

    def recall(self, time_s: float) -> _Memory | None:
        """The recent deciding joints; None without any."""
        if not self._before or time_s - self._before[-1][0] > _MAX_GAP_S:
            self._before = []
            return None
        (first_s, first), (last_s, last) = self._before[0], self._before[-1]
        further = min((time_s - last_s) / (last_s - first_s), 2.0) if len(self._before) > 1 else 0.0
        return _Memory(first, last, further)

    def keep(self, points: Float64Array, *, time_s: float) -> None:
        """Stores the deciding joints (D, 2)."""
        self._before = [*self._before[-1:], (time_s, points)]

    def believe(self) -> None:
        """Takes every joint as given: with one part alone accepted, the others would not fit it."""
        self._exchanged_since_s = [None] * len(self.plan.parts)

    def compare(
        self, points: Float64Array, expected: Float64Array, *, torso_px: float, time_s: float
    ) -> IntArray | None:
        """(J,) the order that fits best, part by part; None for the given order."""
        order: IntArray | None = None
        given = points
        for index, part in enumerate(self.plan.parts):
            since_s = self._exchanged_since(index, points, expected, torso_px=torso_px, time_s=time_s)
            if since_s is None:
                continue
            if time_s - since_s > self.settings.accept_after_s:
                self.believe()
                self._before = [(time_s, given)]
                return None
            order = part.exchanged if order is None else order[part.exchanged]
            points = points[part.swapped]
        self.keep(points, time_s=time_s)
        return order

    def _exchanged_since(
        self, index: int, points: Float64Array, expected: Float64Array, *, torso_px: float, time_s: float
    ) -> float | None:
        """Since when a part has been exchanged without interruption, including now; None where it is not."""
        fits = self._fits(self.plan.parts[index], points, expected, torso_px=torso_px)
        before_s = self._exchanged_since_s[index]
        since_s = None if fits else time_s if before_s is None else before_s
        self._exchanged_since_s[index] = since_s
        return since_s

    def _fits(self, part: _Part, points: Float64Array, expected: Float64Array, *, torso_px: float) -> bool:
        """Whether a part is labelled as expected, or not so badly that its labels must be exchanged.

        Unknown joints do not decide; where none is left, the labels are accepted.
        """
        want = expected[part.rows]
        given, other = points[part.rows] - want, points[part.swapped[part.rows]] - want
        known = np.isfinite(given + other).all(axis=1)
        if not known.any():
            return True
        as_given = _length(given[known]) / torso_px
        exchanged = _length(other[known]) / torso_px
        return as_given < self.settings.least or exchanged > self.settings.ratio * as_given


def orders(
    people: Sequence[LeftRightCorrector], image_px: Float64Array, *, torso_px: Sequence[float], time_s: float
) -> list[IntArray | None]:
    """For each of N people of one skeleton, with joints (N, J, 2), the order in which left and right are consistent
    with before; None for the given order.

    Nearly always all labels fit, so that is tested for all people at once, and only the others are examined.
    """
    if not people:
        return []
    points = image_px.take(people[0].plan.deciding, axis=1)
    recalled = [one.recall(time_s) for one in people]
    remembered = [row for row, memory in enumerate(recalled) if memory is not None]
    out: list[IntArray | None] = [None] * len(people)
    for row in set(range(len(people))).difference(remembered):
        people[row].keep(points[row], time_s=time_s)
    if not remembered or not len(people[0].plan.parts):
        return out
    expected = _expected([memory for memory in recalled if memory is not None])
    sizes = np.array([torso_px[row] for row in remembered])
    now = points if len(remembered) == len(people) else points[remembered]
    misfit = _worst_misfit(now, expected, people[0].plan) / sizes
    for index, (row, worst) in enumerate(zip(remembered, misfit.tolist(), strict=True)):
        if worst < people[row].settings.least:
            people[row].believe()
            people[row].keep(points[row], time_s=time_s)
        else:
            out[row] = people[row].compare(
                points[row], expected[index], torso_px=torso_px[row], time_s=time_s
            )
    return out


def _expected(recalled: Sequence[_Memory]) -> Float64Array:
    """(N, D, 2) the joints extrapolated from their recent motion."""
    first = np.array([one.first for one in recalled])
    last = np.array([one.last for one in recalled])
    further = last + (last - first) * np.array([one.further for one in recalled])[:, None, None]
    return np.where(np.isnan(first), last, further) if has_nan(further) else further


def _worst_misfit(points: Float64Array, expected: Float64Array, plan: _Plan) -> Float64Array:
    """(N,) the mean distance in pixels of the worst fitting part; NaN where a joint is unknown."""
    apart = points - expected
    lengths = np.sqrt(np.vecdot(apart, apart))
    return np.asarray(np.maximum.reduce(np.add.reduceat(lengths, plan.starts, axis=1) / plan.counts, axis=1))


def _length(apart: Float64Array) -> float:
    """The mean length of the vectors (N, 2)."""
    return float(np.add.reduce(np.sqrt(np.vecdot(apart, apart)))) / len(apart)
