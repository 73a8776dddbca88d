"""Landmarks prepared for measuring: upright, y upward, with estimated points that have no landmark."""

from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import numpy as np

from laban.core.arrays import Float64Array, FloatArray
from laban.core.skeleton import BLAZEPOSE33, Skeleton

C7_UP, C7_BACK = 0.22, 0.035
"""The assumed position of the seventh neck vertebra, in torso lengths from the middle of the shoulders along the
trunk and behind it: the mean of five profiles of three people on which it was marked by hand (0.20 to 0.24 up, 0.01
ahead to 0.08 behind)."""

TRAGUS_BACK, TRAGUS_UP = 0.09, 0.027
"""The assumed position of the ear's opening, in torso lengths from BlazePose's ear behind it along the line to the
eye, and above: in the same profiles BlazePose drew the ear 0.06 to 0.12 too far forward. Other skeletons' ears are
taken as they are."""

EAR_SD = 0.03
"""The remaining variation between images, in torso lengths (1.5 cm)."""

C7_TO_EAR_SD = 0.04
"""The combined error across the line between them, in torso lengths (2 cm)."""

TORSO_SHARE, TORSO_SHARE_SD = 0.30, 0.02
"""Torso length as a share of body height: 0.288 between the joints (Winter 2009, figure 4.1), 0.29 to 0.34 as
landmarks draw it on seven standing people."""


@dataclass(frozen=True, eq=False)
class Bodies:
    """Points (..., J, 2) of one skeleton in pixels, x right, y up, as a level camera would have them.

    ``ahead`` (...) is 1 where the body faces the right edge of the image, -1 the left; ``leftward`` (...) is 1
    where the person's left is at the right of the image (seen from the front), -1 seen from the back. Where one of
    them does not apply, its value does not matter. ``world_m`` (..., J, 3) are metres, NaN where there are none.
    """

    points: Float64Array
    skeleton: Skeleton
    ahead: Float64Array
    leftward: Float64Array
    world_m: Float64Array
    _middles: dict[str, Float64Array] = field(default_factory=dict, init=False, repr=False)

    def at(self, joint: str) -> Float64Array:
        """(..., 2) a landmark; NaN everywhere if the skeleton has none of that name."""
        place = self.skeleton.positions.get(joint)
        if place is None:
            return np.full((*self.points.shape[:-2], 2), np.nan)
        return self.points[..., place, :]

    def middle(self, joint: str) -> Float64Array:
        """(..., 2) the middle between a left and a right landmark; of the corners of the eyes where there are such,
        else of the eyes."""
        known = self._middles.get(joint)  # most measures ask for the same few
        if known is None:
            left, right = _sides_of(joint, self.skeleton)
            known = self._middles[joint] = np.asarray((self.at(left) + self.at(right)) / 2)
        return known

    def forward(self, vector: Float64Array) -> Float64Array:
        """(...) the part of vectors (..., 2) that points to where the body faces, seen from the side."""
        return np.asarray(vector[..., 0] * self.ahead)

    def to_left(self, vector: Float64Array) -> Float64Array:
        """(...) the part that points to the person's left, seen from the front or back."""
        return np.asarray(vector[..., 0] * self.leftward)

    @cached_property
    def torso_px(self) -> Float64Array:
        """(...) from the middle of the shoulders to that of the hips."""
        return np.asarray(np.linalg.norm(self.middle("shoulder") - self.middle("hip"), axis=-1))

    @cached_property
    def ear(self) -> Float64Array:
        """(..., 2) the ear's opening, seen from the side; see ``TRAGUS_BACK``."""
        drawn = self.middle("ear")
        if self.skeleton.name != BLAZEPOSE33.name:
            return drawn
        line = drawn - self.middle("eye_outer")
        length = np.linalg.norm(line, axis=-1, keepdims=True)
        back = line / np.where(length > 0, length, np.nan)
        # A quarter turn of what points back: upward, whichever way the body faces.
        up = np.stack([back[..., 1], -back[..., 0]], axis=-1) * self.ahead[..., None]
        size = self.torso_px[..., None]
        return np.asarray(drawn + size * (TRAGUS_BACK * back + TRAGUS_UP * up))

    @cached_property
    def c7(self) -> Float64Array:
        """(..., 2) the stand-in for the seventh neck vertebra, seen from the side; see ``C7_UP``."""
        shoulder = self.middle("shoulder")
        along = shoulder - self.middle("hip")
        behind = np.stack([-along[..., 1], along[..., 0]], axis=-1) * self.ahead[..., None]
        return np.asarray(shoulder + C7_UP * along + C7_BACK * behind)

    def turned(self, roll_deg: float) -> "Bodies":
        """The same seen by a camera rotated further, as ``upright`` corrects it."""
        return replace(self, points=_turned(self.points, roll_deg))


@lru_cache(maxsize=256)
def _sides_of(joint: str, skeleton: Skeleton) -> tuple[str, str]:
    return corner_of_eye(f"left_{joint}", skeleton), corner_of_eye(f"right_{joint}", skeleton)


def corner_of_eye(joint: str, skeleton: Skeleton) -> str:
    """The joint itself, but the eye for an outer corner that ``skeleton`` lacks."""
    return joint if skeleton.has(joint) else joint.replace("eye_outer", "eye")


def widened(bodies: Bodies, factor: Float64Array) -> Bodies:
    """The same with all that lies across stretched by ``factor`` (...): a body turned a little, as seen
    straight."""
    stretch = np.stack([factor, np.ones_like(factor)], axis=-1)
    return replace(bodies, points=bodies.points * stretch[..., None, :])


def upright(image_px: FloatArray, *, roll_deg: float) -> Float64Array:
    """(..., J, 2) pixels as a level camera would have them, y up; ``roll_deg`` as in ``Level``.

    >>> upright(np.array([[[0.0, -1.0]]]), roll_deg=0.0)[0, 0].tolist()
    [0.0, 1.0]
    """
    flipped = image_px.astype(np.float64) * np.array([1.0, -1.0])
    return _turned(flipped, roll_deg)


def _turned(points: Float64Array, angle_deg: float) -> Float64Array:
    """Points rotated anticlockwise, y up: a body that leaned clockwise by the angle stands upright."""
    cosine, sine = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    x, y = points[..., 0], points[..., 1]
    # Written out: a matrix product may round one row differently from many, and a stream has single rows.
    return np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=-1)
